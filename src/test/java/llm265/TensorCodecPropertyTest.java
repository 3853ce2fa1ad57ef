package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.decode.StreamHeader;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/** Tensors of all shapes, types and values: what comes back, and how near. */
class TensorCodecPropertyTest {
  private enum Source {
    GAUSSIAN {
      @Override
      float next(Random random) {
        return (float) random.nextGaussian();
      }
    },
    HEAVY_TAILED {
      @Override
      float next(Random random) {
        double x = random.nextGaussian();
        return (float) (x * x * x * x * x);
      }
    },
    OFF_CENTRE {
      @Override
      float next(Random random) {
        return (float) (1000 + random.nextGaussian());
      }
    },
    UNIFORM {
      @Override
      float next(Random random) {
        return random.nextFloat();
      }
    },
    SPARSE {
      @Override
      float next(Random random) {
        return random.nextInt(500) == 0 ? (float) random.nextGaussian() : 0;
      }
    },
    TWO_VALUES {
      @Override
      float next(Random random) {
        return random.nextBoolean() ? 3 : -1;
      }
    },
    CONSTANT {
      @Override
      float next(Random random) {
        return 0.1f;
      }
    },
    TINY {
      @Override
      float next(Random random) {
        return (float) (1e-30 * random.nextGaussian());
      }
    },
    DENORMAL {
      @Override
      float next(Random random) {
        return Float.intBitsToFloat(random.nextInt(100)) * (random.nextBoolean() ? 1 : -1);
      }
    },
    HUGE {
      @Override
      float next(Random random) {
        return (float) (1e37 * random.nextGaussian());
      }
    },
    EXTREME {
      @Override
      float next(Random random) {
        return random.nextBoolean() ? Float.MAX_VALUE : -Float.MAX_VALUE;
      }
    },
    NOT_FINITE {
      @Override
      float next(Random random) {
        return random.nextBoolean() ? Float.NaN : random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
      }
    },
    GAUSSIAN_WITH_SPECIALS {
      @Override
      float next(Random random) {
        return switch (random.nextInt(300)) {
          case 0 -> Float.NaN;
          case 1 -> Float.NEGATIVE_INFINITY;
          case 2 -> Float.MAX_VALUE;
          case 3 -> -0f;
          case 4 -> Float.MIN_VALUE;
          default -> (float) random.nextGaussian();
        };
      }
    };

    abstract float next(Random random);
  }

  @Provide
  Arbitrary<long[]> shapes() {
    return Arbitraries.longs().between(0, 40).array(long[].class).ofMinSize(0).ofMaxSize(3);
  }

  @Provide
  Arbitrary<RateTarget> targets() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(0.5, 8).map(RateTarget.Bits::new),
        Arbitraries.doubles().between(0, 50).map(RateTarget.Snr::new),
        Arbitraries.integers().between(0, 51).map(RateTarget.Qp::new));
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void anyTensorSurvives(
      @ForAll("shapes") long[] shape,
      @ForAll Source source,
      @ForAll("targets") RateTarget target,
      @ForAll long seed) {
    survives(TensorEncoder.at(target), shape, source, seed);
  }

  @Provide
  Arbitrary<RateTarget> fineTargets() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(3, 12).map(RateTarget.Bits::new),
        Arbitraries.doubles().between(15, 75).map(RateTarget.Snr::new),
        Arbitraries.doubles().between(0.01, 1).map(RateTarget.MaxError::new),
        Arbitraries.integers().between(0, 51).map(RateTarget.Qp::new));
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void anyTensorSurvivesWithSamplesOfMoreBits(
      @ForAll("shapes") long[] shape,
      @ForAll Source source,
      @ForAll("fineTargets") RateTarget target,
      @ForAll @IntRange(min = 9, max = 14) int bitDepth,
      @ForAll boolean monochrome,
      @ForAll long seed) {
    survives(TensorEncoder.at(target).withDepth(bitDepth).withMonochrome(monochrome), shape, source, seed);
  }

  @Provide
  Arbitrary<RateTarget> targetsWithoutPictures() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(0.3, 8).map(RateTarget.Bits::new),
        Arbitraries.doubles().between(0, 50).map(RateTarget.Snr::new),
        Arbitraries.doubles().between(0.01, 1).map(RateTarget.MaxError::new));
  }

  @Provide
  Arbitrary<long[]> smallShapes() {
    return Arbitraries.longs().between(0, 25).array(long[].class).ofMinSize(0).ofMaxSize(3);
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void anyTensorSurvivesWithoutPictures(
      @ForAll("smallShapes") long[] shape,
      @ForAll Source source,
      @ForAll("targetsWithoutPictures") RateTarget target,
      @ForAll long seed) {
    survivesWithoutPictures(shape, source, target, Effort.FAST, seed);
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  @Tag("long")
  void manyTensorsSurviveWithoutPictures(
      @ForAll("shapes") long[] shape,
      @ForAll Source source,
      @ForAll("targetsWithoutPictures") RateTarget target,
      @ForAll Effort effort,
      @ForAll long seed) {
    survivesWithoutPictures(shape, source, target, effort, seed);
  }

  /** Whatever the number of threads, the bytes are the same. */
  private static void survivesWithoutPictures(long[] shape, Source source, RateTarget target, Effort effort, long seed) {
    TensorEncoder encoder = TensorEncoder.at(target).withCodec(Codec.TRINITY).withEffort(effort);
    survives(encoder, shape, source, seed);
    TensorView tensor = tensor(DType.BF16, shape, source, seed);
    assertThat(encoder.withThreads(ForkJoinPool.commonPool(), 3).encode(tensor)).isEqualTo(encoder.encode(tensor));
  }

  private static void survives(TensorEncoder encoder, long[] shape, Source source, long seed) {
    DType dtype = new DType[] {DType.F32, DType.F16, DType.BF16}[(int) Math.floorMod(seed, 3L)];
    TensorView tensor = tensor(dtype, shape, source, seed);
    byte[] stream = encoder.encode(tensor);
    TensorDecoder decoder = TensorDecoder.open(stream);
    MemorySegment decoded = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
    decoder.decodeInto(decoded);

    assertThat(decoder.info().dtype()).isEqualTo(dtype);
    assertThat(decoder.info().shape()).isEqualTo(shape);
    assertSpecialsAreExact(tensor, new TensorView("", dtype, shape, decoded));
    assertErrorIsAsTheHeaderSays(tensor, decoder, stream);
    assertRangeEqualsWhole(decoder, seed);
  }

  private static TensorView tensor(DType dtype, long[] shape, Source source, long seed) {
    int count = (int) Shape.count(shape);
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = source.next(random);
    }
    MemorySegment data = MemorySegment.ofArray(new byte[(int) dtype.byteSize(count)]);
    ValueCodec.write(dtype, data, 0, values, 0, count);
    return new TensorView("", dtype, shape, data);
  }

  private static float[] values(TensorView tensor) {
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  /** Values that are not finite come back bit by bit; no others become so. */
  private static void assertSpecialsAreExact(TensorView before, TensorView after) {
    float[] values = values(before);
    float[] decoded = values(after);
    long bytes = before.dtype().bits() / 8;
    for (int i = 0; i < values.length; i++) {
      assertThat(Float.isFinite(decoded[i])).isEqualTo(Float.isFinite(values[i]));
      if (!Float.isFinite(values[i])) {
        assertThat(after.data().asSlice(i * bytes, bytes).mismatch(before.data().asSlice(i * bytes, bytes))).isEqualTo(-1);
      }
    }
  }

  private static void assertErrorIsAsTheHeaderSays(TensorView tensor, TensorDecoder decoder, byte[] stream) {
    float[] values = values(tensor);
    float[] decoded = decoder.decode();
    double error = 0;
    double sum = 0;
    double squares = 0;
    int finite = 0;
    for (int i = 0; i < values.length; i++) {
      if (Float.isFinite(values[i])) {
        error += ((double) values[i] - decoded[i]) * ((double) values[i] - decoded[i]);
        sum += values[i];
        finite++;
      }
    }
    for (float value : values) {
      double deviation = Float.isFinite(value) ? value - sum / finite : 0;
      squares += deviation * deviation;
    }
    double rms = finite == 0 ? 0 : Math.sqrt(error / finite);
    double deviation = finite == 0 ? 0 : Math.sqrt(squares / finite);
    // The statistics are sums of squares about a centre; the rest is the header's 13 bits of mantissa.
    double least = 1e-6 * deviation + 1e-37;
    assertThat((double) StreamHeader.of(stream).rootMeanSquareError()).isBetween(rms * 0.9998 - least, rms * 1.0002 + least);
    assertThat((double) StreamHeader.of(stream).deviation())
        .isBetween(deviation * 0.9998 - 1e-37, deviation * 1.0002 + 1e-37);
    // At worst the mean stands for everything, as well as the type can hold it.
    double precision = decoder.info().dtype() == DType.F32 ? 0x1p-24 : decoder.info().dtype() == DType.F16 ? 0x1p-11 : 0x1p-8;
    double mean = finite == 0 ? 0 : Math.abs(sum / finite);
    assertThat(rms).isLessThanOrEqualTo(deviation * 1.0001 + 2 * mean * precision + 1e-44);
  }

  private static void assertRangeEqualsWhole(TensorDecoder decoder, long seed) {
    float[] whole = decoder.decode();
    Random random = new Random(seed + 1);
    int from = whole.length == 0 ? 0 : random.nextInt(whole.length);
    int count = whole.length == 0 ? 0 : random.nextInt(whole.length - from);
    assertThat(decoder.decodeValues(from, count)).isEqualTo(Arrays.copyOfRange(whole, from, from + count));
  }
}
