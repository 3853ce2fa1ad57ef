package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import llm265.dtype.DType;
import llm265.h264.UnsupportedStreamException;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.KvPart;
import org.junit.jupiter.api.Test;

/** Profiles whose transforms know positions, and what appending tokens costs. */
class KvProfileTest {
  private static final int CHANNELS = 256;
  private static final int TOKENS = 160;
  private static final long FIRST_POSITION = 1000;

  /** Rotates neighbouring channels by an angle that grows with the position: rotary embedding, undone. */
  private record Unrotation(int channels) implements ChannelTransform {
    private static double angle(long position) {
      return 0.7 * position;
    }

    @Override
    public void forward(float[] rows, int at, int tokens, long firstPosition) {
      turn(rows, at, tokens, firstPosition, -1);
    }

    @Override
    public void inverse(float[] rows, int at, int tokens, long firstPosition) {
      turn(rows, at, tokens, firstPosition, 1);
    }

    private void turn(float[] rows, int at, int tokens, long firstPosition, int sign) {
      for (int t = 0; t < tokens; t++) {
        double cos = StrictMath.cos(angle(firstPosition + t));
        double sin = sign * StrictMath.sin(angle(firstPosition + t));
        for (int c = 0; c < channels; c += 2) {
          int i = at + t * channels + c;
          double x = rows[i];
          double y = rows[i + 1];
          rows[i] = (float) (cos * x - sin * y);
          rows[i + 1] = (float) (sin * x + cos * y);
        }
      }
    }
  }

  private static final class Profile implements CoefficientModels {
    @Override
    public CoefficientModel model(int layer, boolean keys, int headGroup) {
      float[] deviations = new float[CHANNELS];
      float[] means = new float[CHANNELS];
      Arrays.fill(deviations, 1.2f);
      Arrays.fill(means, keys ? 8 : 0);
      return new CoefficientModel(new Unrotation(CHANNELS), means, deviations);
    }

    @Override
    public byte[] hash() {
      byte[] hash = new byte[32];
      hash[0] = 1;
      return hash;
    }
  }

  private static KvView rotated(KvSpec spec) {
    float[] keys = KvSamples.keys(TOKENS, CHANNELS, 1);
    for (int i = 0; i < keys.length; i++) {
      keys[i] += 8;
    }
    new Unrotation(CHANNELS).inverse(keys, 0, TOKENS, FIRST_POSITION);
    MemorySegment[] both = {KvSamples.patterns(DType.F32, keys)};
    return KvView.rows(both, both, DType.F32, TOKENS, spec.kvHeads(), spec.headDim(), spec.valueDim());
  }

  private static double snr(KvCacheSource source, KvView view) {
    float[] keys = KvSamples.floats(DType.F32, KvSamples.rows(source.spec(), view, 0, KvPart.KEYS, 0, TOKENS));
    MemorySegment rows = MemorySegment.ofArray(new byte[4 * keys.length]);
    source.read(0, KvPart.KEYS, 0, source.spec().kvHeads(), 0, TOKENS, rows);
    return KvSamples.snr(keys, KvSamples.floats(DType.F32, rows));
  }

  @Test
  void aTransformThatKnowsPositionsIsWorthItsDecibels() {
    KvSpec spec = KvSpec.of("toy", 1, 4, 64, DType.F32).withRaw(3, 0);
    KvView view = rotated(spec);
    KvCacheWriter plain = KvCodec.of(spec, KvRate.bits(3, 3)).newSequence(FIRST_POSITION, null);
    plain.append(view, 0, TOKENS);
    KvCacheWriter writer = KvCodec.of(spec, KvRate.bits(3, 3), new Profile()).newSequence(FIRST_POSITION, null);
    writer.append(view, 0, TOKENS);
    assertThat(snr(writer, view)).isGreaterThan(snr(plain, view) + 6);
    MemorySegment file = MemorySegment.ofArray(writer.serialise());
    KvCacheReader reader = KvCacheReader.open(file, spec, new Profile());
    assertThat(snr(reader, view)).isEqualTo(snr(writer, view));
    assertThat(reader.statistics().contextBytes()).isLessThan(plain.statistics().contextBytes());
    assertThatThrownBy(() -> KvCacheReader.open(file, spec, null))
        .isInstanceOf(UnsupportedStreamException.class).hasMessageStartingWith("profile_hash: is 01");
  }

  @Test
  void appendingATokenAllocatesNothing() {
    KvSpec spec = KvSpec.of("toy", 2, 4, 64, DType.BF16).withPages(4096, 4).withRaw(0, 100);
    KvView view = KvSamples.view(spec, 64, 1);
    KvCacheWriter writer = KvCodec.of(spec, KvRate.bits(3, 3)).newSequence();
    for (int i = 0; i < 1100; i++) {
      writer.append(view, i % 64, 1);
    }
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 900; i++) {
      writer.append(view, i % 64, 1);
    }
    // Less than a token's own 2 KiB for all of them: what asking for it takes.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2048);
  }
}
