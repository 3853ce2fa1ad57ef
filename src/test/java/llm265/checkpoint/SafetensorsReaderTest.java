package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsReaderTest {
  @TempDir Path folder;

  private Path file(byte[] header, int dataBytes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    for (int i = 0; i < dataBytes; i++) {
      bytes.put((byte) i);
    }
    return Files.write(folder.resolve("a.safetensors"), bytes.array());
  }

  private Path file(String header, int dataBytes) throws IOException {
    return file(header.getBytes(StandardCharsets.UTF_8), dataBytes);
  }

  private void assertRefused(String header, int dataBytes, String problem) throws IOException {
    Path path = file(header, dataBytes);
    assertThatThrownBy(() -> SafetensorsReader.open(path))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(problem)
        .message()
        .hasLineCount(1);
  }

  @Test
  void tensorsComeInTheOrderOfTheirDataWhateverTheHeadersOrder() throws IOException {
    Path path =
        file(
            """
            {"second":{"shape":[2,1],"data_offsets":[3,7],"dtype":"I16"},
             "__metadata__":{"b":"1","a":"\\u00e9"},
             "none":{"dtype":"F64","shape":[0,5],"data_offsets":[3,3],"some":{"later":["key",1.5e3]}},
             "first":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}  \n\t\r """,
            7);
    try (SafetensorsReader reader = SafetensorsReader.open(path)) {
      assertThat(reader.tensors())
          .extracting(TensorView::toString)
          .containsExactly("first U8 [3]", "none F64 [0, 5]", "second I16 [2, 1]");
      float[] values = new float[2];
      reader.byName("second").orElseThrow().read(0, values, 0, 2);
      assertThat(values).containsExactly(0x0403, 0x0605);
      assertThat(reader.metadata().toString()).isEqualTo("{b=1, a=\u00e9}");
      assertThat(reader.byName("third")).isEmpty();
    }
  }

  @Test
  void afterClosingTheDataAreOutOfReach() throws IOException {
    TensorView tensor;
    try (SafetensorsReader reader =
        SafetensorsReader.open(file("{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}", 1))) {
      tensor = reader.tensors().getFirst();
      assertThat(tensor.data().isReadOnly()).isTrue();
    }
    assertThatThrownBy(() -> tensor.read(0, new float[1], 0, 1)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      [0,9]  | U8  | [9] | beyond the file's 8 bytes
      [0,7]  | U8  | [7] | 1 bytes after the last tensor belong to none
      [1,8]  | U8  | [7] | leave a hole after byte 0
      [8,0]  | U8  | [8] | run backwards
      [0,8]  | U8  | [7] | needs 7 bytes, not 8
      [0,8]  | F32 | [] | needs 4 bytes, not 8
      [0,8]  | F4  | [17] | do not fill whole bytes
      [0,8]  | F99 | [8] | unknown dtype "F99"
      [0,8]  | u8  | [8] | unknown dtype "u8"
      [0,8]  | U8  | [-8] | out of range
      [0,8]  | U8  | [-0] | out of range
      [0,8]  | U8  | [8.0] | not an integer
      [0,8]  | U8  | [8e0] | not an integer
      [0,8]  | U8  | ["8"] | not an integer
      [0,8]  | U8  | [[8]] | not an integer
      [0,8]  | U8  | 8 | not an array
      [0,8]  | U8  | null | not an array
      [0,8]  | U8  | [9223372036854775808] | out of range
      [0,8]  | U8  | [4294967296,4294967296] | 2^63 values or more
      [0,8]  | F64 | [2305843009213693952] | 2^63 bits or more
      [0]    | U8  | [8] | not two numbers
      [0,4,8] | U8 | [8] | not two numbers
      [0,99999999999999999999] | U8 | [8] | out of range
      """)
  void aTensorThatDoesNotFitItsDataIsNamed(String offsets, String dtype, String shape, String problem)
      throws IOException {
    String entry = "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(dtype, shape, offsets);
    assertRefused("{\"the.name\":" + entry + "}", 8, problem);
    if (!problem.contains("belong to none")) {
      assertRefused("{\"the.name\":" + entry + "}", 8, "\"the.name\"");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      []                          | does not begin with '{'
      `  {}`                      | does not begin with '{'
      {                           | not valid JSON
      {}x                         | not valid JSON
      {} {}                       | text follows
      {"a":1}                     | not described by an object
      {"a":{}}                    | has no dtype
      {"a":{"dtype":"U8"}}        | has no shape
      {"a":{"dtype":"U8","shape":[0]}} | has no data_offsets
      {"a":{"dtype":null,"shape":[0],"data_offsets":[0,0]}} | dtype of tensor "a" is not a string
      {"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}} | Duplicate
      {"__metadata__":{"k":1}}    | "k" is not a string
      {"__metadata__":{"k":"1","k":"2"}} | Duplicate
      {"__metadata__":{},"__metadata__":{}} | Duplicate
      {"__metadata__":[]}         | not an object
      {"\\ud800":{}}              | surrogate
      {"\\udc00":{}}              | surrogate
      {"__metadata__":{"k":"\\udc00"}} | not Unicode text
      {"__metadata__":{"k":"\\ud800."}} | not Unicode text
      {a:{}}                      | not valid JSON
      {"a":NaN}                   | not valid JSON
      """)
  void aHeaderThatIsNoHeaderIsRefused(String header, String problem) throws IOException {
    assertRefused(header, 0, problem);
  }

  @Test
  void duplicateNamesAreRefused() throws IOException {
    String entry = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    assertRefused("{\"a\":" + entry + ",\"\\u0061\":" + entry + "}", 0, "Duplicate");
  }

  @Test
  void overlappingTensorsAreRefused() throws IOException {
    assertRefused(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}",
        6,
        "[2, 6] of tensor \"b\" overlap");
  }

  @Test
  void whatIsNotUtf8IsRefused() throws IOException {
    byte[][] all = {
      "{}".getBytes(StandardCharsets.UTF_16LE),
      {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'},
      {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'},
      {'{', '}', (byte) 0xFF},
    };
    for (byte[] header : all) {
      Path path = file(header, 0);
      assertThatThrownBy(() -> SafetensorsReader.open(path)).isInstanceOf(ModelFormatException.class);
    }
  }

  @Test
  void namesInMessagesAreShortAndOnOneLine() throws IOException {
    String name = "x\\n\\u0007" + "y".repeat(10_000);
    Path path = file("{\"" + name + "\":{\"dtype\":\"?\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0);
    assertThatThrownBy(() -> SafetensorsReader.open(path))
        .message()
        .contains("\"x\\u000a\\u0007yyy")
        .hasLineCount(1)
        .hasSizeLessThan(path.toString().length() + 200);
  }

  @Test
  void theHeadersLengthIsHeldAgainstTheFile() throws IOException {
    assertThatThrownBy(() -> SafetensorsReader.open(Files.write(folder.resolve("s"), new byte[7])))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("only 7 bytes");
    for (long length : new long[] {3, 100_000_000, 100_000_001, Long.MAX_VALUE, -1}) {
      ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Path path = Files.write(folder.resolve("s"), bytes.array());
      assertThatThrownBy(() -> SafetensorsReader.open(path))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("header of " + Long.toUnsignedString(length) + " bytes");
    }
    assertRefused("", 0, "does not begin with '{'");
  }

  @Test
  void deepNestingIsRefusedInBoundedTime() throws IOException {
    assertRefused("{\"a\":{\"x\":" + "[".repeat(1_000_000), 0, "not valid JSON");
    assertRefused("{\"a\":{\"x\":" + "{\"x\":".repeat(1_000_000), 0, "not valid JSON");
    assertRefused("{\"a\":{\"shape\":[" + "1,".repeat(1_000_000), 0, "more than 64 numbers");
    assertRefused("{\"a\":{\"shape\":[" + "1".repeat(1_000_000), 0, "not valid JSON");
  }

  @Test
  void onlyRegularFilesAreMapped() {
    assertThatThrownBy(() -> SafetensorsReader.open(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> SafetensorsReader.open(folder.resolve("missing")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aFileLargerThan2GibIsRead() throws IOException {
    long size = (5L << 30) + 3;
    String header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},".formatted(size - 2, size - 2)
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[%d,%d]}}".formatted(size - 2, size);
    Path path = file(header, 0);
    // A sparse file: it takes no space where nothing is written.
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x3F}), 8 + header.length() + size - 2);
    }
    try (Checkpoint reader = Checkpoint.open(path)) {
      float[] value = new float[1];
      reader.byName("b").orElseThrow().read(0, value, 0, 1);
      assertThat(value).containsExactly(1);
      reader.byName("a").orElseThrow().read(size - 3, value, 0, 1);
      assertThat(value).containsExactly(0);
    }
  }
}
