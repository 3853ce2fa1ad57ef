package llm265.checkpoint.torch;

import static llm265.checkpoint.torch.TorchFiles.integer;
import static llm265.checkpoint.torch.TorchFiles.latin1;
import static llm265.checkpoint.torch.TorchFiles.pickle;
import static llm265.checkpoint.torch.TorchFiles.tensor;
import static llm265.checkpoint.torch.TorchFiles.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.UnreadTensor;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of PyTorch 1.13 and libtorch 2.13, and what PyTorch says is in them; make-fixtures.py beside them says how. */
class TorchReaderTest {
  @TempDir Path folder;

  private Path fixture(String name) throws IOException {
    try (InputStream in = TorchReaderTest.class.getResourceAsStream(name)) {
      return Files.write(folder.resolve(name), in.readAllBytes());
    }
  }

  private static JsonNode expected(String name) throws IOException {
    try (InputStream in = TorchReaderTest.class.getResourceAsStream(name)) {
      return new ObjectMapper().readTree(in);
    }
  }

  private Path write(String opcodes, byte[]... storages) throws IOException {
    return TorchFiles.write(folder.resolve("a.pt"), pickle(opcodes), storages);
  }

  @ParameterizedTest
  @CsvSource({
    "state-dict, state-dict", "strides, strides", "strides-protocol-4, strides", "libtorch, strides", "types, types",
    "training, training", "wrapped, wrapped", "parameters, parameters", "alone, alone", "newer, newer", "unread, unread"
  })
  void valuesAreThoseOfPyTorch(String file, String content) throws IOException {
    JsonNode all = expected(content + ".json");
    try (Checkpoint checkpoint = Checkpoint.open(fixture(file + ".pt"))) {
      assertThat(checkpoint.format()).isEqualTo("pytorch");
      assertThat(checkpoint.tensors()).extracting(TensorView::name).containsExactlyInAnyOrderElementsOf(all::fieldNames);
      for (TensorView tensor : checkpoint.tensors()) {
        JsonNode one = all.get(tensor.name());
        assertThat(tensor.dtype().name()).as(tensor.name()).isEqualTo(one.get("dtype").asText());
        assertThat(new ObjectMapper().valueToTree(tensor.shape()).toString()).isEqualTo(one.get("shape").toString());
        String data = HexFormat.of().formatHex(tensor.data().toArray(LittleEndian.BYTE));
        assertThat(data).as(tensor.name()).isEqualTo(one.get("data").asText());
      }
    }
  }

  @Test
  void tensorsOfOtherKindsAreTold() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(fixture("unread.pt"))) {
      assertThat(checkpoint.unread()).containsExactly(
          new UnreadTensor("double", "values of type complex128"), new UnreadTensor("sparse", "sparse tensor"),
          new UnreadTensor("quantized", "quantized tensor"));
    }
  }

  @Test
  void textAndNumbersAreMetadata() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(fixture("training.pt"))) {
      assertThat(checkpoint.metadata()).containsEntry("epoch", "3").containsEntry("loss", "0.5")
          .containsEntry("name", "net \u00e9").containsEntry("done", "false")
          .containsEntry("huge", "1267650600228229401496703205376");
      assertThat(checkpoint.metadata().keySet()).noneMatch(key -> key.startsWith("history") || key.contains("param_groups"));
    }
  }

  @Test
  void contiguousTensorsAreViewsOfTheFile() throws IOException {
    try (TorchReader reader = TorchReader.open(fixture("strides.pt"))) {
      assertThat(reader.byName("contiguous").orElseThrow().data().isMapped()).isTrue();
      assertThat(reader.byName("row").orElseThrow().data().isMapped()).isTrue();
      assertThat(reader.byName("transposed").orElseThrow().data().isMapped()).isFalse();
    }
  }

  @Test
  void aShardedCheckpointIsReadByItsIndex() throws IOException {
    Files.move(fixture("alone.pt"), folder.resolve("pytorch_model-2.bin"));
    Files.move(fixture("wrapped.pt"), folder.resolve("pytorch_model-1.bin"));
    Path index = Files.writeString(folder.resolve("pytorch_model.bin.index.json"), """
        {"weight_map": {"b": "pytorch_model-1.bin", "pytorch_model-2": "pytorch_model-2.bin"}}
        """);
    try (Checkpoint checkpoint = Checkpoint.open(index)) {
      assertThat(checkpoint.format()).isEqualTo("pytorch");
      assertThat(checkpoint.tensors()).extracting(TensorView::name).containsExactly("model.a", "b", "pytorch_model-2");
    }
  }

  @Test
  void tensorsElsewhereKeepTheNamesOfTheirPaths() throws IOException {
    String one = tensor("0", 1, 0, 1, 1, 1, 1);
    String dict = "}" + text("w") + one + "s";
    Path path = write("}(" + text("model") + dict + text("ema") + dict + "u", new byte[4]);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.tensors()).extracting(TensorView::name).containsExactly("model.w", "ema.w");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      legacy.pt ; is a PyTorch checkpoint of the form before version 1.6, which is not read
      script.pt ; is a TorchScript model, which is a program
      """)
  void otherFormsAreRefusedByName(String name, String problem) throws IOException {
    Path path = fixture(name);
    assertThatThrownBy(() -> Checkpoint.open(path)).isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(path + ": " + problem);
  }

  @Test
  void bigEndianValuesAreRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      TorchFiles.put(zip, "a/data.pkl", pickle("}"));
      TorchFiles.put(zip, "a/byteorder", latin1("big"));
    }
    Path path = Files.write(folder.resolve("big.pt"), bytes.toByteArray());
    assertThatThrownBy(() -> Checkpoint.open(path)).hasMessageContaining("in byte order \"big\"");
  }

  @Test
  void compressedEntriesAreRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("a/data.pkl"));
      zip.write(pickle("}"));
    }
    Path path = Files.write(folder.resolve("a.pt"), bytes.toByteArray());
    assertThatThrownBy(() -> Checkpoint.open(path)).hasMessageContaining("entry \"a/data.pkl\" is compressed or encrypted");
  }

  /** Offset, rows, columns and their strides over a storage of six floats. */
  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      0 ; 2 ; 4 ; 4 ; 1 ; its values reach up to byte 32 of a storage of 24 bytes
      1 ; 2 ; 3 ; 3 ; 1 ; its values reach up to byte 28 of a storage of 24 bytes
      0 ; 2 ; 2 ; 5 ; 1 ; its values reach up to byte 28 of a storage of 24 bytes
      0 ; 9223372036854775807 ; 2 ; 2 ; 1 ; has 2^63 values or more
      0 ; 4611686018427387904 ; 1 ; 4 ; 1 ; strides lead beyond 2^63 values
      2305843009213693951 ; 1 ; 1 ; 1 ; 1 ; have 2^63 bits or more
      0 ; 1000000000000 ; 2 ; 0 ; 1 ; repeats values of the file until it is much larger
      0 ; 2 ; 3 ; -3 ; 1 ; a shape has something else than a number from 0 on in it
      -1 ; 2 ; 3 ; 3 ; 1 ; has an offset that is no number from 0 on
      """)
  void tensorsOutsideOfTheirStoragesAreRefused(
      long offset, long rows, long columns, long rowStride, long columnStride, String problem) throws IOException {
    Path path = write("}" + text("w") + tensor("0", 6, offset, rows, columns, rowStride, columnStride) + "s", new byte[24]);
    assertThatThrownBy(() -> Checkpoint.open(path)).isInstanceOf(ModelFormatException.class).hasMessageContaining(problem);
  }

  @Test
  void aStorageMustHaveAsManyBytesAsThePickleSays() throws IOException {
    Path path = write("}" + text("w") + tensor("0", 6, 0, 2, 3, 3, 1) + "s", new byte[28]);
    assertThatThrownBy(() -> Checkpoint.open(path))
        .hasMessageContaining("tensor \"w\": its storage \"0\" has 28 bytes, not 24");
    Path missing = write("}" + text("w") + tensor("1", 6, 0, 2, 3, 3, 1) + "s", new byte[28]);
    assertThatThrownBy(() -> Checkpoint.open(missing)).hasMessageContaining("has no entry \"archive/data/1\"");
  }

  /** From version 2.0 on a conjugate says that it is one. */
  @ParameterizedTest
  @ValueSource(strings = {"conj", "neg"})
  void valuesThatStillHaveToBeChangedAreNotRead(String pending) throws IOException {
    String plain = tensor("0", 1, 0, 1, 1, 1, 1);
    String changed = plain.substring(0, plain.length() - 2) + "}" + text(pending) + "\u0088stR";
    try (Checkpoint checkpoint = Checkpoint.open(write("}" + text("w") + changed + "s", new byte[4]))) {
      assertThat(checkpoint.unread()).containsExactly(new UnreadTensor("w", "values to be negated or conjugated"));
    }
  }

  @Test
  void largeTensorsAreTurnedInATemporaryFile() throws IOException {
    int rows = 5_000;
    int columns = 3_500;
    ByteBuffer values = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows * columns; i += 997) {
      values.putFloat(4 * i, i);
    }
    Path path = write("}" + text("w") + tensor("0", (long) rows * columns, 0, columns, rows, 1, columns) + "s", values.array());
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      TensorView turned = checkpoint.byName("w").orElseThrow();
      assertThat(turned.data().isMapped()).isTrue();
      assertThat(turned.data().isReadOnly()).isTrue();
      for (int i = 0; i < rows * columns; i += 997) {
        long at = (long) (i % columns) * rows + i / columns;
        assertThat(turned.data().get(LittleEndian.FLOAT, 4 * at)).isEqualTo(i);
      }
    }
  }

  /** ZIP64: sizes and places beyond 4 GiB, in a file with holes. */
  @Test
  void filesBeyondFourGibibytesAreMapped() throws IOException {
    long first = (5L << 30) / 4;
    byte[] pickle = pickle("}(" + text("a") + tensor("0", first, 0, first / 1024, 1024, 1024, 1)
        + text("b") + tensor("1", 2, 0, 1, 2, 2, 1) + text("size") + integer(first) + "u");
    Path path = folder.resolve("large.pt");
    try (FileChannel out = FileChannel.open(
        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      Zip64Writer zip = new Zip64Writer(out);
      zip.begin("large/data.pkl", pickle.length);
      out.write(ByteBuffer.wrap(pickle));
      zip.begin("large/data/0", 4 * first);
      out.position(out.position() + 4 * first - 4);
      out.write(ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3F}));
      zip.begin("large/data/1", 8);
      out.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0x40, 0, 0, 0x40, 0x40}));
      zip.end();
    }
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      float[] value = new float[2];
      checkpoint.byName("a").orElseThrow().read(first - 2, value, 0, 2);
      assertThat(value).containsExactly(0, 1);
      checkpoint.byName("b").orElseThrow().read(0, value, 0, 2);
      assertThat(value).containsExactly(2, 3);
    }
  }
}
