package llm265.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufReaderTest {
  private static final int F32 = 0;
  private static final int F16 = 1;
  private static final int Q4_0 = 2;
  private static final int I8 = 24;

  @TempDir Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private void isRefused(GgufBytes bytes, String message) throws IOException {
    isRefused(bytes.build(), message);
  }

  private void isRefused(byte[] bytes, String message) throws IOException {
    Path path = file("refused.gguf", bytes);
    assertThatThrownBy(() -> Checkpoint.open(path))
        .isInstanceOf(ModelFormatException.class).hasMessageStartingWith(path + ": ").hasMessageContaining(message);
  }

  private Path allTypes() throws IOException {
    try (InputStream resource = GgufReaderTest.class.getResourceAsStream("/llm265/gguf/all-types.gguf")) {
      return file("all-types.gguf", resource.readAllBytes());
    }
  }

  /** The ggml library wrote this file: each type's blocks, and the values that it decodes from them. */
  @Test
  void everyTypeIsReadAsGgmlReadsIt() throws IOException {
    Path path = allTypes();
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.format()).isEqualTo("gguf");
      assertThat(checkpoint.bytes()).isEqualTo(Files.size(path));
      int compared = 0;
      for (DType type : DType.values()) {
        if (type.kind() == DType.Kind.BLOCK) {
          TensorView tensor = checkpoint.byName(type + ".weight").orElseThrow();
          assertThat(tensor.dtype()).isEqualTo(type);
          float[] values = new float[256];
          tensor.read(0, values, 0, 256);
          float[] expected = new float[256];
          checkpoint.byName(type + ".values").orElseThrow().read(0, expected, 0, 256);
          assertThat(values).as(type.name()).isEqualTo(expected);
          compared++;
        }
      }
      assertThat(compared).isEqualTo(18);
      assertThat(checkpoint.tensors()).hasSize(40);
      assertThat(checkpoint.byName("half").orElseThrow().shape()).containsExactly(2, 3);
      assertThat(checkpoint.byName("cube").orElseThrow().shape()).containsExactly(2, 3, 5);
      assertThat(checkpoint.byName("cube").orElseThrow().dtype()).isEqualTo(DType.I32);
      float[] one = new float[1];
      checkpoint.byName("brain").orElseThrow().read(0, one, 0, 1);
      assertThat(one).containsExactly(1);
      assertThat(checkpoint.byName("double").orElseThrow().dtype()).isEqualTo(DType.F64);
    }
  }

  @Test
  void keysBecomeMetadataInWords() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(allTypes())) {
      assertThat(checkpoint.metadata()).containsExactly(
          entry("general.architecture", "llama"), entry("general.name", "all types \u00e9"), entry("general.file_type", "1"),
          entry("llama.attention.head_count", "4"), entry("llama.attention.head_count_kv", "2"), entry("test.u8", "200"),
          entry("test.i8", "-56"), entry("test.u16", "65534"), entry("test.i16", "-2"), entry("test.i32", "-3"),
          entry("test.u32", "4294967293"), entry("test.f32", "1.0E-6"), entry("test.bool", "true"),
          entry("test.u64", "18446744073709551612"), entry("test.i64", "-4"), entry("test.f64", "0.1"));
    }
  }

  @Test
  void theHeaderEndsWithTheLastTensorsEntry() throws IOException {
    GgufBytes bytes = new GgufBytes().u32("a", 1).tensor("t", F32, new byte[8], 2);
    try (Checkpoint checkpoint = Checkpoint.open(file("a.gguf", bytes.build()))) {
      assertThat(checkpoint.header().orElseThrow().toArray(LittleEndian.BYTE)).isEqualTo(bytes.header());
    }
  }

  @Test
  void versionTwoOtherAlignmentsAndOddShapesAreRead() throws IOException {
    GgufBytes bytes = new GgufBytes().version(2).alignment(8).tensor("scalar", F32, new byte[4])
        .tensor("empty", F16, new byte[0], 0, 5).tensor("x".repeat(300) + "\u00e9", I8, new byte[] {1, 2, 3}, 3, 1, 1, 1);
    try (Checkpoint checkpoint = Checkpoint.open(file("a", bytes.build()))) {
      assertThat(checkpoint.tensors()).extracting(tensor -> Arrays.toString(tensor.shape()))
          .containsExactly("[]", "[5, 0]", "[1, 1, 1, 3]");
      assertThat(checkpoint.tensors().getLast().data().toArray(LittleEndian.BYTE)).containsExactly(1, 2, 3);
    }
    try (Checkpoint checkpoint = Checkpoint.open(file("none.gguf", new GgufBytes().header()))) {
      assertThat(checkpoint.tensors()).isEmpty();
    }
  }

  /** What some writers leave out. */
  @Test
  void paddingAfterTheLastTensorMayBeMissing() throws IOException {
    byte[] bytes = new GgufBytes().tensor("t", I8, new byte[] {1, 2, 3}, 3).build();
    try (Checkpoint checkpoint = Checkpoint.open(file("a.gguf", Arrays.copyOf(bytes, bytes.length - 29)))) {
      assertThat(checkpoint.tensors()).hasSize(1);
    }
    isRefused(Arrays.copyOf(bytes, bytes.length - 30), "tensor \"t\": its data reach beyond the file's");
    isRefused(Arrays.copyOf(bytes, bytes.length + 1), "1 bytes after the last tensor belong to none");
  }

  @ParameterizedTest
  @CsvSource({
    "16, IQ2_XXS", "17, IQ2_XS", "18, IQ3_XXS", "19, IQ1_S", "21, IQ3_S", "22, IQ2_S", "29, IQ1_M", "9, Q8_1", "4, Q4_2"
  })
  void typesThatAreNotReadAreNamed(int id, String name) throws IOException {
    isRefused(new GgufBytes().tensor("blk.0.ffn_up.weight", id, new byte[0], 256),
        "tensor \"blk.0.ffn_up.weight\": is of type " + name + ", which is not read");
  }

  @Test
  void otherVersionsAreNamed() throws IOException {
    isRefused(new GgufBytes().version(1), "is a GGUF file of version 1: versions 2 and 3 are read");
    isRefused(new GgufBytes().version(4), "is a GGUF file of version 4");
    isRefused(new GgufBytes().version(0), "is a GGUF file of version 0");
    isRefused(new GgufBytes().version(3 << 24), "is a GGUF file of big-endian values, which is not read");
  }

  @Test
  void faultsOfKeysAreNamed() throws IOException {
    isRefused(new GgufBytes().u32("a", 1).u32("b", 2).u32("a", 3), "key \"a\": appears twice");
    isRefused(new GgufBytes().u32("", 1), "key 1: its name is empty");
    isRefused(new GgufBytes().entry("a", 13), "key \"a\": its value is of unknown type 13");
    isRefused(new GgufBytes().entry("a", -1), "key \"a\": its value is of unknown type 4294967295");
    isRefused(new GgufBytes().entry("a", 9, new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), "an array of arrays");
    isRefused(new GgufBytes().entry("a", 9, new byte[] {77, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), "unknown type 77");
    isRefused(new GgufBytes().entry("a", 9, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}),
        "72057594037927936 elements are more");
    isRefused(new GgufBytes().entry("a", 8, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}), "18446744073709551615 bytes of text");
    isRefused(new GgufBytes().more(0, 1L << 60), "1152921504606846976 keys are more than the file's 32 bytes");
    isRefused(new GgufBytes().alignment(24), "key general.alignment: 24 is no u32 that is a power of two");
    isRefused(new GgufBytes().u16("general.alignment", 32), "32 is no u32");
    isRefused("GGUF\3\0".getBytes(StandardCharsets.ISO_8859_1), "header: the file ends after 6 bytes, inside of the header");
  }

  @Test
  void faultsOfTensorsAreNamed() throws IOException {
    byte[] four = new byte[4];
    isRefused(new GgufBytes().tensor("t", F32, four, 1).tensor("t", F32, four, 1), "tensor \"t\": appears twice");
    isRefused(new GgufBytes().tensor("t", 99, four, 1), "tensor \"t\": is of unknown type 99, which is not read");
    isRefused(new GgufBytes().tensor("t", F32, four, 1, 1, 1, 1, 1), "tensor \"t\": 5 dimensions are more than 4");
    isRefused(new GgufBytes().tensor("t", F32, four, -1), "negative dimension");
    isRefused(new GgufBytes().tensor("t", F32, four, 1L << 40, 1L << 40), "2^63 values or more");
    isRefused(new GgufBytes().tensor("t", F32, four, 1L << 61), "2^63 bits or more");
    isRefused(new GgufBytes().tensor("t", F32, four, 1L << 50), "reach beyond the file's");
    isRefused(new GgufBytes().tensor("t", Q4_0, new byte[18], 16, 2), "rows of 16 values do not fill whole blocks of Q4_0");
    isRefused(new GgufBytes().tensorAt(32, "t", F32, four, 1), "its data begin at 32, but what is before it ends at 0");
    isRefused(new GgufBytes().tensor("s", F32, four, 1).tensorAt(0, "t", F32, four, 1), "but what is before it ends at 32");
    isRefused(new GgufBytes().tensorAt(-32, "t", F32, four, 1), "its data begin at 18446744073709551584");
    isRefused(new GgufBytes().more(3, 0), "3 tensors are more than the file's");
    byte[] bytes = new GgufBytes().tensor("t\u00e9", F32, four, 1).build();
    bytes[24 + 8 + 1] = 'A';
    isRefused(bytes, "tensor 1: its name is not UTF-8");
  }

  @Test
  void otherFilesAreNamedForWhatTheyAre() throws IOException {
    isRefused("version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII), "is a git-lfs pointer");
    isRefused(new byte[100], "does not begin like a GGUF file");
    byte[] gguf = new GgufBytes().tensor("t", F32, new byte[4], 1).build();
    for (String name : new String[] {"a.safetensors", "a.npy", "a.onnx", "a.json"}) {
      Path path = file(name, gguf);
      assertThatThrownBy(() -> Checkpoint.open(path)).isInstanceOf(ModelFormatException.class)
          .hasMessage(path + ": is a GGUF file: its tensors are read if its name ends in .gguf");
    }
  }

  private static GgufBytes part(int number, int count, int tensors) {
    return new GgufBytes().u16("split.no", number).u16("split.count", count).u32("split.tensors.count", tensors);
  }

  private void writeParts() throws IOException {
    file("m-00001-of-00003.gguf", new GgufBytes().u16("split.no", 0).text("general.name", "m").u16("split.count", 3)
        .u32("split.tensors.count", 3).alignment(64).build());
    file("m-00002-of-00003.gguf", part(1, 3, 3).tensor("a", I8, new byte[] {1, 2, 3}, 3)
        .tensor("b", I8, new byte[] {4}, 1).build());
    file("m-00003-of-00003.gguf", part(2, 3, 3).tensor("c", I8, new byte[] {5}, 1).build());
  }

  @Test
  void splitFilesAreOneCheckpointByAnyPart() throws IOException {
    writeParts();
    byte[] merged = new GgufBytes().text("general.name", "m").alignment(64).tensor("a", I8, new byte[] {1, 2, 3}, 3)
        .tensor("b", I8, new byte[] {4}, 1).tensor("c", I8, new byte[] {5}, 1).header();
    for (int part = 1; part <= 3; part++) {
      try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("m-0000" + part + "-of-00003.gguf"))) {
        assertThat(checkpoint.tensors()).extracting(TensorView::name).containsExactly("a", "b", "c");
        assertThat(checkpoint.byName("c").orElseThrow().data().toArray(LittleEndian.BYTE)).containsExactly(5);
        assertThat(checkpoint.metadata()).containsOnly(entry("general.name", "m"), entry("general.alignment", "64"));
        assertThat(checkpoint.header().orElseThrow().toArray(LittleEndian.BYTE)).isEqualTo(merged);
        assertThat(checkpoint.bytes()).isEqualTo(Files.size(folder.resolve("m-00001-of-00003.gguf"))
            + Files.size(folder.resolve("m-00002-of-00003.gguf")) + Files.size(folder.resolve("m-00003-of-00003.gguf")));
      }
    }
  }

  @Test
  void partsThatDoNotBelongTogetherAreRefused() throws IOException {
    writeParts();
    Path first = folder.resolve("m-00001-of-00003.gguf");
    file("m-00003-of-00003.gguf", part(1, 3, 3).tensor("c", I8, new byte[] {5}, 1).build());
    assertThatThrownBy(() -> Checkpoint.open(first)).hasMessageContaining("is part 3 of 3 by its name, but not by its keys");
    file("m-00003-of-00003.gguf", part(2, 3, 3).tensor("a", I8, new byte[] {5}, 1).build());
    assertThatThrownBy(() -> Checkpoint.open(first)).hasMessageContaining("tensor \"a\" is in another part, too");
    file("m-00003-of-00003.gguf", part(2, 3, 3).build());
    assertThatThrownBy(() -> Checkpoint.open(first)).hasMessageContaining("all parts have 2 tensors, but should have 3");
    file("m-00003-of-00003.gguf", new byte[0]);
    assertThatThrownBy(() -> Checkpoint.open(first)).isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("m-00003-of-00003.gguf: does not begin");
    Files.delete(folder.resolve("m-00003-of-00003.gguf"));
    assertThatThrownBy(() -> Checkpoint.open(first)).isInstanceOf(NoSuchFileException.class);
    Path renamed = Files.move(first, folder.resolve("renamed.gguf"));
    assertThatThrownBy(() -> Checkpoint.open(renamed)).isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("is one of 3 parts by its keys, but its name does not end in");
  }

  /** Of 130 GB and 2^35 values, which take no room where files may have holes. */
  @Test
  void hugeFilesAreRead() throws IOException {
    long rows = 1L << 30;
    byte[] header = new GgufBytes().tensorAt(0, "huge", F32, new byte[0], 32, rows)
        .tensorAt(128 * rows, "last", I8, new byte[0], 2).header();
    Path path = file("huge.gguf", header);
    long begin = (header.length + 31) & -32;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3F}), begin + 128 * rows - 4);
      channel.write(ByteBuffer.wrap(new byte[] {7, 8}), begin + 128 * rows);
    }
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      TensorView huge = checkpoint.byName("huge").orElseThrow();
      assertThat(huge.count()).isEqualTo(1L << 35);
      float[] values = new float[2];
      huge.read((1L << 35) - 2, values, 0, 2);
      assertThat(values).containsExactly(0, 1);
      MemorySegment last = checkpoint.byName("last").orElseThrow().data();
      assertThat(last.toArray(LittleEndian.BYTE)).containsExactly(7, 8);
    }
  }
}
