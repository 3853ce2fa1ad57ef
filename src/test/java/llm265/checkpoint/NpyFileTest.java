package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  @TempDir Path folder;

  private Path file(int version, String header, byte[] data) throws IOException {
    byte[] text = header.getBytes(version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) version).put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    bytes.put(text).put(data).flip();
    byte[] file = new byte[bytes.remaining()];
    bytes.get(file);
    return Files.write(folder.resolve("array.npy"), file);
  }

  private static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }   \n"
        .formatted(descr, fortran ? "True" : "False", shape);
  }

  private void assertRefused(Path path, String problem) {
    assertThatThrownBy(() -> NpyFile.open(path))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(problem);
  }

  private static double[] values(Checkpoint checkpoint) {
    TensorView tensor = checkpoint.tensors().getFirst();
    double[] values = new double[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionIsRead(int version) throws IOException {
    Path path = file(version, header("<i2", false, "(3,)"), new byte[] {1, 0, (byte) 0xFF, (byte) 0xFF, 0, 1});
    try (Checkpoint read = Checkpoint.open(path)) {
      assertThat(read.format()).isEqualTo("npy");
      assertThat(read.byName("array").orElseThrow().toString()).isEqualTo("array I16 [3]");
      assertThat(values(read)).containsExactly(1, -1, 256);
    }
  }

  @Test
  void fortranOrderIsTurnedIntoRowMajor() throws IOException {
    // Element (i, j, k) of a 2x3x2 array holds 100i + 10j + k, first index fastest.
    byte[] data = new byte[12];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 2; k++) {
          data[i + 2 * j + 6 * k] = (byte) (100 * i + 10 * j + k);
        }
      }
    }
    try (Checkpoint read = Checkpoint.open(file(1, header("|i1", true, "(2, 3, 2)"), data))) {
      assertThat(values(read)).containsExactly(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121);
    }
    try (NpyFile read = NpyFile.open(file(1, header("|i1", true, "(2, 0)"), new byte[0]))) {
      assertThat(read.tensors().getFirst().toString()).isEqualTo("array I8 [2, 0]");
    }
  }

  @Test
  void bigEndianValuesAreTurnedAround() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(32).putDouble(1.5).putDouble(-2).putDouble(3e300).putDouble(0);
    try (Checkpoint read = Checkpoint.open(file(1, header(">f8", false, "(4,)"), data.array()))) {
      assertThat(values(read)).containsExactly(1.5, -2, 3e300, 0);
    }
    try (Checkpoint read = Checkpoint.open(file(1, header(">f8", true, "(2, 2)"), data.array()))) {
      assertThat(values(read)).containsExactly(1.5, 3e300, -2, 0);
    }
    ByteBuffer complex = ByteBuffer.allocate(16).putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    try (NpyFile read = NpyFile.open(file(1, header(">c8", true, "(1, 2)"), complex.array()))) {
      MemorySegment bytes = read.tensors().getFirst().data();
      assertThat(bytes.get(LittleEndian.FLOAT, 4)).isEqualTo(2);
      assertThat(bytes.get(LittleEndian.FLOAT, 8)).isEqualTo(3);
    }
  }

  @Test
  void pythonsSpellingsAreUnderstood() throws IOException {
    String header = "{\"shape\": ( 2L,1 ) ,\n 'descr' :'f4','fortran_order':False}";
    try (NpyFile read = NpyFile.open(file(1, header, new byte[8]))) {
      assertThat(read.tensors().getFirst().toString()).isEqualTo("array F32 [2, 1]");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
      {'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)} ; structured
      {'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}     ; neither True nor False
      {'descr': '<f4', 'fortran_order': False, 'shape': (1 1)} ; comma is missing
      {'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} ; not a number
      {'descr': '<f4', 'fortran_order': False, 'shape': (1.0,)} ; comma is missing
      {'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)} ; not a number
      {'descr': '<f4', 'fortran_order': False, 'shape': [1]}  ; '(' was expected
      {'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999, 999999999)} ; 2^63 values or more
      {'descr': '<f4', 'fortran_order': False, 'shape': (2,)} ; needs 8 bytes, not 4
      {'descr': '<f4', 'fortran_order': False, 'shape': (0,)} ; needs 0 bytes, not 4
      {'descr': '<f4', 'fortran_order': False}                ; keys are
      {'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)} ; twice
      {'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1} ; not one of npy's
      {'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x ; text follows
      {'descr': '<f4                                          ; does not end
      {'descr': '<V2', 'fortran_order': False, 'shape': (2,)} ; convert bfloat16
      {'descr': '|O', 'fortran_order': False, 'shape': (2,)}  ; "|O" are not supported
      {'descr': '|f4', 'fortran_order': False, 'shape': (1,)} ; not supported
      {'descr': '<U1', 'fortran_order': False, 'shape': (1,)} ; not supported
      {'descr': '', 'fortran_order': False, 'shape': (1,)}    ; not supported
      ``                                                      ; '{' was expected
      """)
  void aHeaderThatIsNoHeaderIsRefused(String header, String problem) throws IOException {
    assertRefused(file(1, header, new byte[4]), problem);
  }

  @Test
  void cutAndForeignFilesAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file(1, header("<f4", false, "(1,)"), new byte[4]));
    for (int length = 0; length < whole.length; length++) {
      Path path = Files.write(folder.resolve("cut.npy"), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> NpyFile.open(path)).isInstanceOf(ModelFormatException.class);
    }
    assertRefused(file(4, header("<f4", false, "(1,)"), new byte[4]), "version 4");
    assertRefused(Files.writeString(folder.resolve("text.npy"), "\u007f not an array at all"), "does not begin");
    assertRefused(file(2, " ".repeat(70_000), new byte[4]), "too long");
  }

  @Test
  void writesTheBytesThatNumpyWrites() throws IOException {
    Path path = folder.resolve("out.npy");
    try (OutputFile output = OutputFile.create(path)) {
      NpyFile.write(output, TensorView.copyOf("t", new long[] {2}, 1, 2));
      output.commit();
    }
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    ByteBuffer expected = ByteBuffer.allocate(128 + 8).order(ByteOrder.LITTLE_ENDIAN);
    expected.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    expected.putShort((short) 118).put(text.getBytes(StandardCharsets.US_ASCII));
    expected.put(" ".repeat(117 - text.length()).getBytes(StandardCharsets.US_ASCII)).put((byte) '\n');
    expected.putFloat(1).putFloat(2);
    assertThat(path).hasBinaryContent(expected.array());
  }

  @ParameterizedTest
  @FieldSource("llm265.dtype.DType#SAFETENSORS")
  void whatIsWrittenIsReadBack(DType dtype) throws IOException {
    long[] shape = {3, 100_000 / 3};
    byte[] bytes = new byte[(int) dtype.byteSize(shape[0] * shape[1] / 4 * 4)];
    new java.util.Random(dtype.ordinal()).nextBytes(bytes);
    shape[1] = shape[1] / 4 * 4;
    TensorView tensor =
        new TensorView("t", dtype, shape, MemorySegment.ofArray(bytes).asSlice(0, dtype.byteSize(3 * shape[1])));
    try (OutputFile output = OutputFile.create(folder.resolve("t.npy"))) {
      if (!dtype.isReadable() && dtype != DType.C64) {
        assertThatThrownBy(() -> NpyFile.write(output, tensor)).isInstanceOf(IllegalArgumentException.class);
        return;
      }
      NpyFile.write(output, tensor);
      output.commit();
    }
    try (Checkpoint read = Checkpoint.open(folder.resolve("t.npy"))) {
      TensorView back = read.byName("t").orElseThrow();
      assertThat(back.shape()).isEqualTo(shape);
      assertThat(back.dtype()).isEqualTo(NpyFile.writtenType(dtype));
      if (back.dtype() == dtype) {
        assertThat(back.data().mismatch(tensor.data())).isEqualTo(-1);
      } else {
        double[] expected = new double[(int) tensor.count()];
        tensor.read(0, expected, 0, expected.length);
        assertThat(values(read)).containsExactly(expected);
      }
    }
  }
}
