package llm265.reference.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import llm265.dtype.BlockEncoder;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Our decoders and encoders of block types against those of the ggml library, bit by bit. */
@Tag("long")
class GgmlBlocksTest {
  private static final int BLOCKS = 20_000;

  private static GgmlLibrary ggml;

  @BeforeAll
  static void find() throws IOException {
    Optional<GgmlLibrary> library = GgmlLibrary.find();
    assumeThat(library).as("the library could not be fetched").isPresent();
    ggml = library.orElseThrow();
  }

  static Stream<DType> blockTypes() {
    return Arrays.stream(DType.values()).filter(type -> type.kind() == DType.Kind.BLOCK);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    // All NaN are one.
    Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
    return bits;
  }

  private static void decodesAlike(DType type, byte[] blocks) {
    int count = blocks.length / type.blockBytes() * type.blockValues();
    float[] ours = new float[count];
    ValueCodec.read(type, MemorySegment.ofArray(blocks), 0, ours, 0, count);
    assertThat(bits(ours)).isEqualTo(bits(ggml.decode(type, blocks, count)));
  }

  private static float[] gauss(int count, long seed, double scale) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("blockTypes")
  void blocksHaveTheSameSize(DType type) {
    assertThat(ggml.rowSize(type, type.blockValues() * 7L)).isEqualTo(7L * type.blockBytes());
  }

  @ParameterizedTest
  @MethodSource("blockTypes")
  void anyBytesDecodeAlike(DType type) {
    byte[] blocks = new byte[BLOCKS * type.blockBytes()];
    new Random(type.ordinal()).nextBytes(blocks);
    decodesAlike(type, blocks);
  }

  @ParameterizedTest
  @MethodSource("blockTypes")
  void quantizedRowsDecodeAlike(DType type) {
    for (double scale : new double[] {1, 0.02, 1e-7, 3e4}) {
      decodesAlike(type, ggml.quantize(type, gauss(512 * type.blockValues(), 7, scale)));
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"Q4_0", "Q5_0", "Q8_0"})
  void rowsAreQuantizedAlike(DType type) {
    Random random = new Random(3);
    for (int scale = -50; scale < 24; scale++) {
      float[] values = gauss(32 * 500, scale, Math.scalb(1.0, scale));
      for (int i = 0; i < 500; i++) {
        // Ties of magnitude, halves, zeros.
        values[random.nextInt(values.length)] = Math.scalb(random.nextInt(9) - 4, scale);
      }
      assertQuantizedAlike(type, values);
    }
    assertQuantizedAlike(type, new float[32]);
    float[] spoiled = gauss(32 * 600, 4, 1);
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -0f, Float.MIN_VALUE, 1e38f};
    for (int i = 0; i < 600; i++) {
      spoiled[random.nextInt(spoiled.length)] = odd[random.nextInt(odd.length)];
    }
    assertQuantizedAlike(type, spoiled);
    for (int i = 0; i < 200; i++) {
      float[] any = new float[32];
      for (int j = 0; j < 32; j++) {
        any[j] = Float.intBitsToFloat(random.nextInt());
      }
      assertQuantizedAlike(type, any);
    }
  }

  private static void assertQuantizedAlike(DType type, float[] values) {
    byte[] ours = new byte[(int) type.byteSize(values.length)];
    BlockEncoder.write(type, values, 0, values.length, ours, 0);
    byte[] theirs = ggml.quantizeByReference(type, values);
    for (int at = 0; at < ours.length; at += type.blockBytes()) {
      int block = at / type.blockBytes();
      assertThat(Arrays.copyOfRange(ours, at, at + type.blockBytes()))
          .as(() -> Arrays.toString(Arrays.copyOfRange(values, block * 32, block * 32 + 32)))
          .isEqualTo(Arrays.copyOfRange(theirs, at, at + type.blockBytes()));
    }
  }
}
