package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import llm265.parallel.Workers;
import llm265.tensor.Codec;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Tensors of every type come back bit for bit. */
class LosslessTest {
  private static final List<DType> KEPT =
      DType.SAFETENSORS.stream().filter(type -> !type.name().startsWith("F4") && !type.name().startsWith("F6")).toList();

  private enum Bits {
    RANDOM {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        random.nextBytes(data);
      }
    },
    CONSTANT {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        for (int i = 0; i < data.length; i++) {
          data[i] = value[i % valueBytes];
        }
      }
    },
    /** As small integers of both signs are. */
    SMALL {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        for (int i = 0; i < data.length; i += valueBytes) {
          int value = (int) (20 * random.nextGaussian());
          for (int k = 0; k < valueBytes; k++) {
            data[i + k] = (byte) (value >> Math.min(31, 8 * k));
          }
        }
      }
    },
    /** Steps along a row, which neighbours predict. */
    SMOOTH {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        for (int i = 0; i < data.length; i += valueBytes) {
          data[i + valueBytes - 1] = (byte) (i / valueBytes / 3 + random.nextInt(2));
        }
      }
    },
    /** All patterns of floats that are not ordinary numbers are among them. */
    SPECIAL {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        for (int i = 0; i < data.length; i += valueBytes) {
          if (random.nextInt(4) == 0) {
            data[i + valueBytes - 1] = (byte) (random.nextBoolean() ? 0x7F : random.nextBoolean() ? 0xFF : 0x80);
            data[i + Math.max(0, valueBytes - 2)] |= (byte) (random.nextBoolean() ? 0xFF : 0xF0);
            data[i] = (byte) random.nextInt(256);
          }
        }
      }
    },
    /** Ramps that wrap around. */
    RAMP {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        int step = random.nextInt(300);
        for (int i = 0; i < data.length; i++) {
          data[i] = (byte) (i / valueBytes * step >> Math.min(31, 8 * (i % valueBytes)));
        }
      }
    },
    /** Mostly 0, else anything: levels that lie far apart, of which samples have no room for all. */
    SPARSE {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        int share = 1 + random.nextInt(30);
        for (int i = 0; i < data.length; i++) {
          data[i] = (byte) (random.nextInt(share) == 0 ? random.nextInt() : 0);
        }
      }
    },
    /** Order and noise by turns: levels of some macroblocks take more than their symbols. */
    PATCHES {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        for (int i = 0; i < data.length; i++) {
          data[i] = (byte) (i / valueBytes / 500 % 2 == 0 ? random.nextInt() : i / valueBytes % 4);
        }
      }
    },
    /** 0 and 1. */
    MASK {
      @Override
      void fill(Random random, byte[] data, int valueBytes) {
        int share = 2 + random.nextInt(30);
        for (int i = 0; i < data.length; i += valueBytes) {
          data[i] = (byte) (random.nextInt(share) == 0 ? 1 : 0);
        }
      }
    };

    abstract void fill(Random random, byte[] data, int valueBytes);
  }

  @Provide
  Arbitrary<long[]> shapes() {
    return Arbitraries.longs().between(0, 40).array(long[].class).ofMinSize(0).ofMaxSize(3);
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void anyTensorComesBackBitForBit(
      @ForAll("shapes") long[] shape, @ForAll Bits bits, @ForAll Codec codec, @ForAll boolean bypass, @ForAll long seed) {
    DType type = KEPT.get((int) Math.floorMod(seed, (long) KEPT.size()));
    Random random = new Random(seed);
    byte[] data = new byte[(int) type.byteSize(Shape.count(shape))];
    bits.fill(random, data, type.bits() / 8);
    TensorView tensor = new TensorView("t", type, shape, MemorySegment.ofArray(data));
    byte[] stream = TensorEncoder.lossless().withCodec(codec).withTransformBypass(bypass).encode(tensor);
    TensorDecoder decoder = TensorDecoder.open(stream);
    assertThat(decoder.info().dtype()).isEqualTo(type);
    assertThat(decoder.info().shape()).isEqualTo(shape);
    assertThat(decoder.info().isLossless()).isTrue();
    assertThat(decoder.info().snr()).isInfinite();
    assertThat(decode(decoder)).isEqualTo(data);
    decoder.verify();
    int values = (int) Shape.count(shape);
    int from = values == 0 ? 0 : random.nextInt(values);
    int count = values == 0 ? 0 : random.nextInt(values - from);
    byte[] part = new byte[(int) type.byteSize(count)];
    decoder.decodeValuesInto(from, MemorySegment.ofArray(part));
    assertThat(part).isEqualTo(Arrays.copyOfRange(data, from * type.bits() / 8, (from + count) * type.bits() / 8));
  }

  private static byte[] decode(TensorDecoder decoder) {
    byte[] decoded = new byte[(int) decoder.info().dtype().byteSize(decoder.info().values())];
    decoder.decodeInto(MemorySegment.ofArray(decoded));
    return decoded;
  }

  @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
  void ffmpegDecodesTheSamePictures(
      @ForAll("shapes") long[] shape, @ForAll Bits bits, @ForAll boolean bypass, @ForAll boolean monochrome,
      @ForAll long seed) {
    DType type = KEPT.get((int) Math.floorMod(seed, (long) KEPT.size()));
    byte[] data = new byte[(int) type.byteSize(Shape.count(shape))];
    bits.fill(new Random(seed), data, type.bits() / 8);
    byte[] stream = TensorEncoder.lossless().withTransformBypass(bypass).withMonochrome(monochrome)
        .encode(new TensorView("t", type, shape, MemorySegment.ofArray(data)));
    List<OraclePicture> theirs = FfmpegOracle.decode(stream);
    List<Picture> ours = new ArrayList<>();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT,
        Workers.CALLER, decoded -> ours.add(decoded.picture()));
    assertThat(theirs).hasSameSizeAs(ours);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(theirs.get(i).firstDifferenceFrom(ours.get(i))).isEmpty();
    }
  }

  private static TensorView gaussian(DType type, double scale, long... shape) {
    Random random = new Random(7);
    float[] values = new float[(int) Shape.count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(values.length)]);
    if (type.isFloat()) {
      ValueCodec.write(type, data, 0, values, 0, values.length);
    }
    for (int i = 0; !type.isFloat() && i < values.length; i++) {
      int value = Math.round(values[i]);
      for (int k = 0; k < type.bits() / 8; k++) {
        data.set(ValueLayout.JAVA_BYTE, (long) i * type.bits() / 8 + k, (byte) (value >> Math.min(31, 8 * k)));
      }
    }
    return new TensorView("t", type, shape, data);
  }

  private static double bits(TensorView tensor) {
    return 8.0 * TensorEncoder.lossless().encode(tensor).length / tensor.count();
  }

  /**
   * Exponents of Gaussian values have 2.55 bits, whatever the scale; mantissa and sign are 8, 11 and 24 bits of noise, nearly.
   */
  @Test
  void floatsTakeLittleMoreThanTheirEntropy() {
    assertThat(bits(gaussian(DType.BF16, 0.02, 512, 512))).isBetween(10.5, 10.72);
    assertThat(bits(gaussian(DType.BF16, 300, 512, 512))).isBetween(10.5, 10.72);
    assertThat(bits(gaussian(DType.F16, 0.02, 512, 512))).isBetween(13.4, 13.72);
    assertThat(bits(gaussian(DType.F32, 0.02, 512, 512))).isBetween(26.4, 26.72);
    assertThat(bits(gaussian(DType.F64, 0.02, 512, 512))).as("rounded to floats: 29 bits are 0").isBetween(26.4, 26.75);
  }

  @Test
  void blocksTakeNoMoreThanPictures() {
    TensorView floats = gaussian(DType.BF16, 0.02, 512, 512);
    TensorView integers = gaussian(DType.I8, 32, 512, 512);
    assertThat(8.0 * TensorEncoder.lossless().withCodec(Codec.TRINITY).encode(floats).length / floats.count())
        .isBetween(10.4, 10.5);
    assertThat(8.0 * TensorEncoder.lossless().withCodec(Codec.TRINITY).encode(integers).length / integers.count())
        .isBetween(7.0, 7.1);
  }

  @Test
  void integersTakeLittleMoreThanTheirEntropy() {
    // log2(sigma) + 2.05 bits, and up to 3 %.
    assertThat(bits(gaussian(DType.I8, 32, 512, 512))).isBetween(7.0, 7.26);
    assertThat(bits(gaussian(DType.I8, 3, 512, 512))).isBetween(3.6, 3.85);
    assertThat(bits(gaussian(DType.I32, 20, 512, 512))).isBetween(6.3, 6.55);
    assertThat(bits(gaussian(DType.I16, 1000, 512, 512))).isBetween(12.0, 12.25);
    assertThat(bits(gaussian(DType.U8, 0, 512, 512))).as("all alike").isLessThan(0.02);
  }

  @Test
  void valuesThatAreTheSameInManyBitsTakeNoMoreForThem() {
    float[] values = new float[1 << 16];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(Float.floatToRawIntBits((float) random.nextGaussian()) & 0xFFFF_0000);
    }
    TensorView tensor = TensorView.copyOf("t", new long[] {256, 256}, values);
    assertThat(bits(tensor)).as("bfloat16 in binary32").isLessThan(10.8);
  }

  @Test
  void structureBetweenNeighboursIsUsed() {
    byte[] data = new byte[256 * 256];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (128 + 100 * Math.sin(i % 256 / 20.0) * Math.cos(i / 256 / 15.0));
    }
    TensorView tensor = new TensorView("t", DType.U8, new long[] {256, 256}, MemorySegment.ofArray(data));
    assertThat(bits(tensor)).isLessThan(2.5);
  }

  /** No tensor takes more than on pictures in bypass mode, which predict neighbours by their modes. */
  @Test
  void integersThatAreCarriedTakeNoMoreThanThoseInBypassMode() {
    Random random = new Random(6);
    for (int kind = 0; kind < 6; kind++) {
      byte[] data = new byte[256 * 256];
      for (int i = 0; i < data.length; i++) {
        int x = i % 256;
        int y = i / 256;
        data[i] = (byte) switch (kind) {
          case 0 -> 128 + 100 * Math.sin(x / 20.0) * Math.cos(y / 15.0);
          case 1 -> 128 + 100 * Math.sin(x / 20.0) * Math.cos(y / 15.0) + 3 * random.nextGaussian();
          case 2 -> x + 2 * y;
          case 3 -> x > y ? 1 : 0;
          case 4 -> 20 * random.nextGaussian();
          default -> 77;
        };
      }
      TensorView tensor = new TensorView("t", DType.U8, new long[] {256, 256}, MemorySegment.ofArray(data));
      assertThat(TensorEncoder.lossless().encode(tensor).length).as("kind %s", kind)
          .isLessThanOrEqualTo(TensorEncoder.lossless().withTransformBypass(true).encode(tensor).length);
    }
  }

  /** What hardware decoders take: High profile, 8 bits, 4:2:0. */
  @Test
  void picturesAreOfTheHighProfile() {
    for (DType type : List.of(DType.BF16, DType.I8, DType.I32)) {
      byte[] stream = TensorEncoder.lossless().encode(gaussian(type, 20, 64, 64));
      assertThat(stream[5]).as("profile_idc of %s", type).isEqualTo((byte) 100);
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, Workers.CALLER,
          decoded -> assertThat(decoded.picture().format().chroma()).isEqualTo(ChromaFormat.YUV420));
    }
    assertThat(TensorEncoder.lossless().withTransformBypass(true).encode(gaussian(DType.I8, 20, 64, 64))[5])
        .as("profile_idc in bypass mode").isEqualTo((byte) 244);
  }

  @Test
  void largeTensorsAreCutIntoTilesThatCanBeDecodedApart() {
    TensorView tensor = gaussian(DType.BF16, 1, 3000, 1000);
    byte[] stream = TensorEncoder.lossless().encode(tensor);
    TensorDecoder decoder = TensorDecoder.open(stream);
    assertThat(decoder.info().tiles().count()).isGreaterThan(1);
    float[] rows = decoder.decodeSlices(2500, 2600);
    float[] expected = new float[100 * 1000];
    tensor.read(2500 * 1000, expected, 0, expected.length);
    assertThat(rows).isEqualTo(expected);
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      assertThat(TensorEncoder.lossless().withThreads(executor, 3).encode(tensor)).isEqualTo(stream);
    }
    // A fault in the first tile is none of the last one's.
    byte[] damaged = stream.clone();
    damaged[stream.length / 6] ^= 1;
    assertThat(TensorDecoder.open(damaged).decodeSlices(2500, 2600)).isEqualTo(expected);
  }

  @Test
  void typesWhoseValuesFillNoBytesAreRefused() {
    TensorView tensor = new TensorView("t", DType.F4, new long[] {16}, MemorySegment.ofArray(new byte[8]));
    assertThatIllegalArgumentException().isThrownBy(() -> TensorEncoder.lossless().encode(tensor)).withMessageContaining("F4");
  }
}
