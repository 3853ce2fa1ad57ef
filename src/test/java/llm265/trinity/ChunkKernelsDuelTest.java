package llm265.trinity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Duels of scalar and vector kernels: levels, bytes, values and states must agree to the last bit, on hostile bytes, too. */
class ChunkKernelsDuelTest {
  private static final int LANES = ChunkKernels.LANES;

  private final SearchKernels searchDuel =
      KernelDuel.of(SearchKernels.class, new ScalarSearchKernels(), vector(SearchKernels.class, "VectorSearchKernels"));
  private final ChunkKernels duel =
      KernelDuel.of(ChunkKernels.class, new ScalarChunkKernels(), vector(ChunkKernels.class, "VectorChunkKernels"));
  private final Random random = new Random(7);

  private static <T> T vector(Class<T> kernels, String name) {
    try {
      return kernels.cast(Class.forName("llm265.vector.chunk." + name).getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Classes that go from value to value, or hold for whole steps. */
  private byte[] classes(int count, int number, int run) {
    byte[] classes = new byte[count];
    int valueClass = 0;
    for (int i = 0; i < count; i++) {
      valueClass = i % run == 0 ? random.nextInt(number) : valueClass;
      classes[i] = (byte) valueClass;
    }
    return number == 1 && random.nextBoolean() ? null : classes;
  }

  private byte[] classes(int count, int number) {
    int[] runs = {1, 3, LANES, 5 * LANES, 7 * LANES + 3, count};
    return classes(count, number, runs[random.nextInt(runs.length)]);
  }

  private Laws laws(int number) {
    int kind = random.nextInt(4);
    List<Distribution> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Alphabet alphabet = Alphabet.values()[kind < 3 ? kind : random.nextInt(3)];
      all.add(random.nextInt(3) == 0 ? new CountedTokens(anyFrequencies(alphabet))
          : new Law(alphabet, 20 + random.nextInt(60) + 30 * alphabet.ordinal(), 6 + random.nextInt(14), random.nextInt(16) - 8,
              random.nextInt(16), random.nextInt(8) - 4));
    }
    return new Laws(all);
  }

  /** Weights of all sizes, so that there are frequencies of 0, of 1, and close to all. */
  private TokenFrequencies anyFrequencies(Alphabet alphabet) {
    long[] weights = new long[2 * Alphabet.TOKENS];
    double spread = 25 * random.nextDouble();
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(4) == 0 ? 0 : (long) Math.exp(spread * random.nextDouble());
    }
    return TokenFrequencies.of(alphabet, weights);
  }

  private float[] values(int count) {
    float[] values = new float[count];
    int kind = random.nextInt(6);
    float deviation = (float) Math.exp(14 * random.nextDouble() - 4);
    float constant = deviation * (float) random.nextGaussian();
    for (int i = 0; i < count; i++) {
      values[i] = switch (kind) {
        case 0 -> constant;
        case 1 -> random.nextBoolean() ? -0.0f : 0;
        // Ties between neighbouring magnitudes
        case 2 -> random.nextInt(41) - 20;
        case 3 -> random.nextInt(9) == 0 ? Float.MAX_VALUE * (random.nextFloat() - 0.5f) : deviation;
        default -> (float) random.nextGaussian() * deviation * (random.nextInt(50) == 0 ? 30 : 1);
      };
    }
    return values;
  }

  private int steps() {
    return switch (random.nextInt(8)) {
      case 0 -> 1 + random.nextInt(5);
      case 1 -> SearchKernels.METRIC_STEPS * (1 + random.nextInt(3));
      case 2 -> 1 + random.nextInt(300);
      default -> 1 + random.nextInt(100);
    };
  }

  private int[] search(
      float[] values, int from, int steps, Trellis trellis, Laws laws, byte[] classes, int[] pathStates) {
    EncoderTables tables = laws.encoder();
    int count = LANES * steps;
    int[] codes = new int[count + 5];
    float step = (float) Math.exp(3 * random.nextDouble() - 2);
    float centre = random.nextInt(3) == 0 ? (float) random.nextGaussian() : 0;
    searchDuel.search(values, from, steps, centre, 1 / step, trellis,
        tables.costs(random.nextInt(4) == 0 ? 0 : random.nextDouble()), tables.length(), classes, pathStates, codes,
        new int[count * Math.ceilDiv(trellis.states(), 32)],
        new float[2 * LANES * trellis.states() + SearchKernels.BRANCHES]);
    return codes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4, 5, 6, 7, 8})
  void theSameLevelsAreFound(int stateBits) {
    for (int round = 0; round < (stateBits < 6 ? 40 : 10); round++) {
      int steps = stateBits < 6 ? steps() : 1 + random.nextInt(150);
      int number = 1 + random.nextInt(2) * random.nextInt(20);
      int from = random.nextInt(20);
      Trellis trellis = Trellis.of(stateBits);
      int[] pathStates = random.nextBoolean() ? null : random.ints(LANES, 0, trellis.states()).toArray();
      search(
          values(from + LANES * steps + 3), from, steps, trellis, laws(number), classes(LANES * steps, number), pathStates);
    }
  }

  @Test
  void costsOfAnyKindAreTakenAsTheyAre() {
    for (int round = 0; round < 60; round++) {
      int steps = 1 + random.nextInt(100);
      int length = random.nextBoolean() ? ChunkKernels.NARROW_LENGTH : ChunkKernels.WIDE_LENGTH;
      float[] costs = new float[2 * length];
      for (int i = 0; i < costs.length; i++) {
        costs[i] = random.nextInt(3);
      }
      Trellis trellis = Trellis.of(random.nextInt(2) * (2 + random.nextInt(4)));
      float[] values = new float[LANES * steps];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(400) / 4f - 50;
      }
      searchDuel.search(
          values, 0, steps, 0, 1, trellis, costs, length, null, null, new int[LANES * steps], new int[LANES * steps],
          new float[2 * LANES * trellis.states() + SearchKernels.BRANCHES]);
    }
  }

  /** Writes and reads chunks; returns their number of bytes. */
  private int code(int chunks, int steps, int number, boolean hostile) {
    Laws laws = laws(number);
    Trellis trellis = Trellis.of(random.nextBoolean() ? 0 : 2 + random.nextInt(4));
    byte[] classes = classes(chunks * LANES * steps, number);
    int room = LANES * steps * 4 + ChunkKernels.CLEARED;
    int[] states = new int[chunks * LANES];
    int[] at = new int[chunks];
    int[] ends = new int[chunks];
    int[] tails = new int[chunks];
    byte[] in = new byte[chunks * room + random.nextInt(7) + ChunkKernels.SLACK];
    random.nextBytes(in);
    for (int i = 0; i < chunks; i++) {
      byte[] own = classes == null ? null : Arrays.copyOfRange(classes, i * LANES * steps, (i + 1) * LANES * steps);
      int[] codes = search(values(LANES * steps), 0, steps, trellis, laws, own, null);
      EncoderTables tables = laws.encoder();
      int[] lanes = new int[LANES];
      tails[i] = tail(codes, steps, tables, own, lanes);
      ends[i] = (i + 1) * room + random.nextInt(2) * random.nextInt(5);
      at[i] = duel.encode(
          codes, steps, tails[i], tables.symbols(), tables.length(), tables.slots(), own, lanes, in, ends[i], new int[LANES]);
      System.arraycopy(lanes, 0, states, i * LANES, LANES);
    }
    int bytes = ends[0] - at[0];
    if (hostile) {
      corrupt(in, states, at, ends, tails, steps);
    }
    float[] out = new float[chunks * LANES * steps + 11];
    int outAt = random.nextInt(11);
    duel.decode(in, at, ends, tails, steps, trellis, states, laws.decoder(), laws.bases(), classes, (float) random.nextGaussian(),
        random.nextBoolean() ? 0 : random.nextFloat(), out, outAt, new int[chunks * LANES + ChunkKernels.DECODER_SCRATCH]);
    if (!hostile) {
      assertThat(at).isEqualTo(ends);
    }
    return bytes;
  }

  /** The longest tail, or a shorter one, and the states behind it: powers of two that reach 2^16 before it. */
  private int tail(int[] codes, int steps, EncoderTables tables, byte[] classes, int[] states) {
    int most = random.nextInt(3) == 0 ? 0 : random.nextInt(Math.min(steps, 255) + 1);
    for (int tail = most; ; tail--) {
      boolean fits = true;
      for (int lane = 0; lane < LANES && fits; lane++) {
        long start = 1;
        long state = pushed(codes, steps, tail, tables, classes, lane, start);
        while (state >>> 16 == 0) {
          start <<= 1;
          state = pushed(codes, steps, tail, tables, classes, lane, start);
        }
        fits = state >>> 32 == 0;
        states[lane] = (int) start;
      }
      if (fits) {
        return tail;
      }
    }
  }

  private static long pushed(int[] codes, int steps, int tail, EncoderTables tables, byte[] classes, int lane, long from) {
    long state = from;
    for (int t = steps - 1; t >= steps - tail && state >>> 32 == 0; t--) {
      int i = t * LANES + lane;
      int valueClass = classes == null ? 0 : classes[i];
      int symbol = tables.symbols()[EncoderTables.index(codes[i], valueClass, tables.length())];
      state = EncoderTables.push(state, symbol, codes[i], tables.slots(), valueClass * EncoderTables.SLOTS);
    }
    return state;
  }

  private void corrupt(byte[] in, int[] states, int[] at, int[] ends, int[] tails, int steps) {
    int kind = random.nextInt(4);
    for (int i = 0; i < at.length; i++) {
      int length = ends[i] - at[i];
      if (kind == 0) {
        // Random bytes and states of all sizes
        for (int lane = 0; lane < LANES; lane++) {
          states[i * LANES + lane] = random.nextInt() >>> random.nextInt(32);
        }
        for (int k = at[i]; k < ends[i]; k++) {
          in[k] = (byte) random.nextInt();
        }
      } else if (kind == 1) {
        ends[i] = at[i] + (length > 0 ? random.nextInt(length) : 0);
      } else if (kind == 2) {
        tails[i] = random.nextInt(Math.min(steps, 255) + 1);
      } else if (length > 0) {
        in[at[i] + random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 9})
  void chunksOfOneLaw(int chunks) {
    for (int round = 0; round < 20; round++) {
      code(chunks, steps(), 1, false);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4})
  void chunksOfManyLaws(int chunks) {
    for (int round = 0; round < 20; round++) {
      code(chunks, steps(), 2 + random.nextInt(30), false);
    }
  }

  @Test
  void longChunks() {
    assertThat(code(4, 1000, 1, false)).isPositive();
    assertThat(code(1, 4096, 3, false)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void hostileBytes(int chunks) {
    for (int round = 0; round < 60; round++) {
      code(chunks, steps(), 1 + random.nextInt(2) * random.nextInt(9), true);
    }
  }
}
