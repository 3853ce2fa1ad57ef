package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged tensor streams with every tool in their headers: only the two documented exceptions, and never other values. */
class DamagedTensorStreamTest {
  private static final int ROWS = 96;
  private static final int COLUMNS = 80;

  private static float[] values(int kind) {
    Random random = new Random(kind);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      double value = random.nextGaussian();
      values[i] = (float) switch (kind) {
        case 0 -> value * Math.exp((i % COLUMNS - 40) / 12.0) * Math.exp((i / COLUMNS - 48) / 15.0);
        case 1 -> Math.sin(i / COLUMNS * 0.21) * (i % COLUMNS - 40) + Math.cos(i % COLUMNS) + 0.01 * value;
        default -> value * value * value;
      };
    }
    values[17] = kind == 1 ? values[17] : 1000;
    return values;
  }

  private static List<byte[]> streams() {
    List<byte[]> streams = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      TensorEncoder encoder = TensorEncoder.atBits(2).withEffort(Effort.BEST);
      streams.add(encoder.encode(values(kind), ROWS, COLUMNS));
      streams.add(encoder.withPlainSamples(true).encode(values(kind), ROWS, COLUMNS));
    }
    float[] weights = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      weights[i] = i;
    }
    streams.add(TensorEncoder.atBits(2).withChannelWeights(weights).encode(values(2), ROWS, COLUMNS));
    streams.add(TensorEncoder.atBits(5).withEffort(Effort.FAST).encode(values(0), ROWS, COLUMNS));
    streams.add(TensorEncoder.atBits(3).withDepth(12).encode(values(0), ROWS, COLUMNS));
    streams.add(TensorEncoder.atSnr(50).withDepth(12).encode(values(2), ROWS, COLUMNS));
    streams.add(TensorEncoder.lossless().encode(values(0), ROWS, COLUMNS));
    streams.add(TensorEncoder.lossless().encode(values(1), ROWS, COLUMNS));
    streams.add(TensorEncoder.lossless().withTransformBypass(true).encode(values(0), ROWS, COLUMNS));
    byte[] integers = new byte[2 * ROWS * COLUMNS];
    for (int i = 0; i < integers.length; i += 2) {
      int value = i % 97 - 50;
      integers[i] = (byte) value;
      integers[i + 1] = (byte) (value >> 8);
    }
    streams.add(TensorEncoder.lossless().encode(
        new TensorView("t", DType.I16, new long[] {ROWS, COLUMNS}, MemorySegment.ofArray(integers))));
    return streams;
  }

  @Test
  void everyToolIsInTheStreams() {
    List<String> tools = new ArrayList<>();
    streams().forEach(stream -> tools.addAll(TensorDecoder.open(stream).info().tools()));
    assertThat(String.join(",", tools))
        .contains("rows by scale", "columns by scale", "rotation", "pre-inverse", "channels by weight", "sign patterns",
            "samples of 12 bits", "raw bits", "exact: ", "carried");
  }

  @Test
  @Timeout(120)
  void damageIsToldAndNothingElseIsThrown() {
    damage(265, 400);
  }

  @Test
  @Tag("long")
  @Timeout(1200)
  void muchDamageIsToldAndNothingElseIsThrown() {
    damage(266, 15_000);
  }

  private static void damage(long seed, int count) {
    Random random = new Random(seed);
    for (byte[] stream : streams()) {
      float[] whole = TensorDecoder.decode(stream);
      // The header and the other sections stand in the first half.
      for (int i = 0; i < count; i++) {
        byte[] damaged = stream.clone();
        int changes = 1 + random.nextInt(4);
        for (int k = 0; k < changes; k++) {
          damaged[50 + random.nextInt(stream.length / 2)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 0xFF);
        }
        try {
          assertThat(TensorDecoder.decode(damaged)).isEqualTo(whole);
        } catch (MalformedStreamException | UnsupportedStreamException expected) {
          assertThat(expected.getMessage()).isNotBlank();
        }
      }
    }
  }
}
