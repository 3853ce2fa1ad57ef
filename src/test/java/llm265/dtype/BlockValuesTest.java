package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BlockValuesTest {
  private static final int BLOCKS = 256;

  static Stream<DType> blockTypes() {
    return Arrays.stream(DType.values()).filter(type -> type.kind() == DType.Kind.BLOCK);
  }

  private static byte[] anyBlocks(DType type, int count) {
    byte[] blocks = new byte[count * type.blockBytes()];
    new Random(type.ordinal()).nextBytes(blocks);
    return blocks;
  }

  private static float[] decoded(DType type, byte[] blocks) {
    float[] values = new float[(int) type.valuesIn(blocks.length)];
    ValueCodec.read(type, MemorySegment.ofArray(blocks), 0, values, 0, values.length);
    return values;
  }

  /** Checksums of what the ggml library decodes from random bytes, with one bit pattern for all NaN. */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, e87e7498", "Q4_1, 66caa32e", "Q5_0, 6e564259", "Q5_1, 62263019", "Q8_0, 7e9a521e", "Q2_K, 6794ce7b",
    "Q3_K, 7c4397ab", "Q4_K, 320fdd26", "Q5_K, 9b47bdfc", "Q6_K, 7b292709", "IQ4_NL, 9313b9eb", "IQ4_XS, c5d71be4",
    "MXFP4, b3738361", "NVFP4, 1763dd62", "Q1_0, 760afbab", "Q2_0, cf7373e9", "TQ1_0, a8f964ef", "TQ2_0, cfa2bfca"
  })
  void anyBytesDecodeAsInGgml(DType type, String checksum) {
    CRC32 crc = new CRC32();
    for (float value : decoded(type, anyBlocks(type, BLOCKS))) {
      int bits = Float.floatToIntBits(value);
      for (int i = 0; i < Integer.BYTES; i++) {
        crc.update(bits >>> (8 * i));
      }
    }
    assertThat(Long.toHexString(crc.getValue())).isEqualTo(checksum);
  }

  @ParameterizedTest
  @MethodSource("blockTypes")
  void anyRunOfValuesCanBeRead(DType type) {
    byte[] blocks = anyBlocks(type, 150);
    float[] all = decoded(type, blocks);
    MemorySegment data = MemorySegment.ofArray(blocks);
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      int first = random.nextInt(all.length);
      int count = random.nextInt(Math.min(i < 50 ? 300 : all.length, all.length - first) + 1);
      float[] expected = new float[count + 4];
      Arrays.fill(expected, 7);
      float[] floats = expected.clone();
      System.arraycopy(all, first, expected, 3, count);
      ValueCodec.read(type, data, first, floats, 3, count);
      assertThat(floats).isEqualTo(expected);
      double[] doubles = new double[count + 4];
      Arrays.fill(doubles, 7);
      ValueCodec.read(type, data, first, doubles, 3, count);
      assertThat(Arrays.stream(doubles).mapToObj(value -> (float) value))
          .isEqualTo(Stream.iterate(0, k -> k + 1).limit(count + 4L).map(k -> expected[k]).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("blockTypes")
  void readingBeyondTheDataIsRefused(DType type) {
    MemorySegment data = MemorySegment.ofArray(anyBlocks(type, 2));
    int count = 2 * type.blockValues();
    float[] values = new float[count];
    assertThatThrownBy(() -> ValueCodec.read(type, data, 1, values, 0, count)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ValueCodec.read(type, data, -1, values, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> ValueCodec.read(type, data, 0, values, 1, count)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void rowsAreWholeBlocks() {
    MemorySegment two = MemorySegment.ofArray(new byte[36]);
    assertThat(new TensorView("x", DType.Q4_0, new long[] {2, 32}, two).count()).isEqualTo(64);
    assertThatThrownBy(() -> new TensorView("x", DType.Q4_0, new long[] {32, 2}, two))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rows do not fill whole blocks of 32");
    assertThatThrownBy(() -> new TensorView("x", DType.Q4_0, new long[0], MemorySegment.ofArray(new byte[18])))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("blocks of 32");
  }

  @Test
  void blocksAreConvertedToFloats() {
    byte[] blocks = new byte[34 * 600];
    for (int at = 0; at < blocks.length; at += 34) {
      // The scale is 0.5.
      blocks[at + 1] = 0x38;
      for (int i = 0; i < 32; i++) {
        blocks[at + 2 + i] = (byte) (at + i);
      }
    }
    MemorySegment half = FloatConversion.convert(MemorySegment.ofArray(blocks), DType.Q8_0, DType.F16);
    assertThat(half.byteSize()).isEqualTo(2 * 32 * 600);
    float[] values = new float[32 * 600];
    ValueCodec.read(DType.F16, half, 0, values, 0, values.length);
    assertThat(values).isEqualTo(decoded(DType.Q8_0, blocks));
    assertThat(values[32 * 599 + 3]).isEqualTo((byte) (34 * 599 + 3) * 0.5f);
  }
}
