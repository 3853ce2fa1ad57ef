package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import llm265.TensorEncoderTest;
import llm265.checkpoint.SafetensorsReader;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compressed models in several files, and entries in pieces. */
class CompressedModelTest {
  private static final TensorView FIRST =
      TensorView.copyOf("a", new long[] {64, 96}, TensorEncoderTest.gaussian(64 * 96, 1));
  private static final TensorView SECOND =
      TensorView.copyOf("b", new long[] {96, 64}, TensorEncoderTest.gaussian(64 * 96, 2));
  private static final TensorView BIAS = TensorView.copyOf("bias", new long[] {5}, 1, 2, 3, 4, 5);

  @TempDir private Path folder;
  private Path index;

  @BeforeEach
  void writeFiles() throws IOException {
    compress("model-00001-of-00002.safetensors", FIRST);
    compress("model-00002-of-00002.safetensors", SECOND, BIAS);
    index = Files.writeString(folder.resolve("model.safetensors.index.json"), """
        {"metadata": {"total_size": 1}, "weight_map": {"a": "model-00001-of-00002.safetensors",
        "b": "model-00002-of-00002.safetensors", "bias": "model-00002-of-00002.safetensors"}}""");
  }

  private Path plain(TensorView... tensors) throws IOException {
    Path plain = folder.resolve("plain");
    try (SafetensorsWriter writer = SafetensorsWriter.create(plain, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of("format", "pt"));
    }
    return plain;
  }

  private void compress(String name, TensorView... tensors) throws IOException {
    Path plain = plain(tensors);
    ModelCompressor.lossless().compress(plain, folder.resolve(name));
    Files.delete(plain);
  }

  @Test
  void severalFilesAreOneModel() throws IOException {
    for (Path path : List.of(index, folder)) {
      try (CompressedModel model = CompressedModel.open(path)) {
        assertThat(model.path()).isEqualTo(index);
        assertThat(model.tensors()).extracting(CompressedModel.Tensor::name).containsExactly("a", "b", "bias");
        assertThat(model.metadata()).isEqualTo(Map.of("format", "pt"));
        assertThat(model.decode("b")).isEqualTo(TensorEncoderTest.gaussian(64 * 96, 2));
        assertThat(model.decode("bias")).containsExactly(1, 2, 3, 4, 5);
        assertThat(model.bytes()).isEqualTo(Files.size(folder.resolve("model-00001-of-00002.safetensors"))
            + Files.size(folder.resolve("model-00002-of-00002.safetensors")));
      }
    }
  }

  @Test
  void theyBecomeOneFile() throws IOException {
    Path whole = folder.resolve("whole");
    ModelDecompressor.create().decompress(folder, whole);
    try (SafetensorsReader file = SafetensorsReader.open(whole)) {
      assertThat(file.tensors()).extracting(TensorView::toString)
          .containsExactly(FIRST.toString(), SECOND.toString(), BIAS.toString());
      assertThat(file.tensors().get(1).data().mismatch(SECOND.data())).isEqualTo(-1);
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
    }
  }

  @Test
  void aFileThatIsNotCompressedIsNamed() throws IOException {
    Path other = folder.resolve("model-00001-of-00002.safetensors");
    Files.move(plain(FIRST), other, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> CompressedModel.open(index))
        .withMessage(other + ": is not compressed: it has no llm265 index");
  }

  @Test
  void everyCodingGivesItsValuesInPieces() throws IOException {
    try (CompressedModel model = CompressedModel.open(folder)) {
      for (TensorView original : List.of(FIRST, SECOND, BIAS)) {
        CompressedModel.Tensor tensor =
            model.tensors().stream().filter(each -> each.name().equals(original.name())).findFirst().orElseThrow();
        CodedTensor coded = tensor.coded();
        long at = 0;
        for (int piece = 0; piece < coded.pieces(); piece++) {
          assertThat(coded.firstOf(piece)).isEqualTo(at);
          MemorySegment data = coded.piece(piece, Workers.CALLER);
          assertThat(data.mismatch(original.data().asSlice(4 * at, data.byteSize()))).isEqualTo(-1);
          at += data.byteSize() / 4;
        }
        assertThat(at).isEqualTo(original.count()).isEqualTo(coded.firstOf(coded.pieces()));
        float[] two = new float[2];
        coded.decode(3, two, Workers.CALLER);
        float[] expected = new float[2];
        original.read(3, expected, 0, 2);
        assertThat(two).containsExactly(expected);
      }
    }
  }

  @Test
  void aKeptTensorIsCheckedBeforeItsFirstPiece() {
    MemorySegment data = MemorySegment.ofArray(new byte[20]);
    CodedTensor kept = new KeptTensor(new FileEntry(folder, "bias", DType.F32, new long[] {5}, data), 1);
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> kept.piece(0, Workers.CALLER))
        .withMessageContaining("tensor \"bias\" is damaged: its CRC-32C does not match");
  }
}
