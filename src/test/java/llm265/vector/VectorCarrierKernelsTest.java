package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.kernel.KernelDuel;
import llm265.tensor.carrier.CarrierKernels;
import llm265.tensor.carrier.ScalarCarrierKernels;
import llm265.trinity.Trellis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Duels: levels, low bits, steps and states must agree, and what was split must be joined to the same again. */
class VectorCarrierKernelsTest {
  private static final int[] STATE_BITS = {0, 2, 3, 4, 5, 6, 7, 8};

  private final CarrierKernels duel =
      KernelDuel.of(CarrierKernels.class, new ScalarCarrierKernels(), new VectorCarrierKernels());
  private final Random random = new Random(9);

  /** Codes that follow the states of their lanes, as a search finds them. */
  private int[] codes(int at, Trellis trellis, int[] states, int lowBits, int most) {
    int[] codes = new int[at + 256 + random.nextInt(20)];
    for (int i = 0; i < 256; i++) {
      int quantizer = states[i % 16] & 1;
      int least = lowBits > 0 ? quantizer : 0;
      int magnitude = random.nextInt(3) == 0 ? least : least + random.nextInt(most);
      magnitude = random.nextInt(50) == 0 ? Math.max(least, most) : magnitude;
      codes[at + i] = (magnitude << 2) | (random.nextInt(2) << 1) | quantizer;
      states[i % 16] = trellis.next(states[i % 16], magnitude);
    }
    return codes;
  }

  private int[] states(Trellis trellis) {
    int[] states = new int[16];
    for (int lane = 0; lane < 16; lane++) {
      states[lane] = random.nextBoolean() ? 0 : random.nextInt(trellis.states());
    }
    return states;
  }

  private static byte[] bits(int count, int lowBits) {
    byte[] bits = new byte[count];
    Arrays.fill(bits, (byte) lowBits);
    return bits;
  }

  private void splitAndJoin(Trellis trellis, int lowBits, int most) {
    int at = random.nextInt(3) * 256;
    int stride = 16 + 16 * random.nextInt(20) + random.nextInt(2) * random.nextInt(16);
    int stepsAt = random.nextInt(40);
    int[] before = states(trellis);
    int[] after = before.clone();
    int[] codes = codes(at, trellis, after, lowBits, most);
    int[] ordered = new int[CarrierKernels.ORDERED];
    short[] low = new short[at + 256 + random.nextInt(20)];
    byte[] bits = bits(at + 256, lowBits);
    float[] steps = new float[stepsAt + 15 * stride + 16 + random.nextInt(20)];
    duel.split(codes, at, ordered, bits, low, at, steps, stepsAt, stride);
    float[] joined = new float[steps.length];
    int[] states = before.clone();
    duel.join(ordered, bits, low, at, trellis, states, joined, stepsAt, stride);
    // A sign of zero is of no magnitude.
    for (int i = 0; i < steps.length; i++) {
      assertThat(joined[i] == steps[i]).as("%d low bits, step %d: %s for %s", lowBits, i, joined[i], steps[i]).isTrue();
    }
    assertThat(states).isEqualTo(after);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whatIsSplitIsJoined(int lowBits) {
    for (int round = 0; round < 200; round++) {
      Trellis trellis = Trellis.of(STATE_BITS[random.nextInt(STATE_BITS.length)]);
      splitAndJoin(trellis, lowBits, 1 + random.nextInt(1 << random.nextInt(4 + lowBits)));
    }
  }

  /** The greatest magnitudes that a search finds, with which levels of no low bits still are 16 bits. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 12})
  void greatMagnitudes(int lowBits) {
    for (int round = 0; round < 100; round++) {
      splitAndJoin(Trellis.of(STATE_BITS[random.nextInt(STATE_BITS.length)]), lowBits, 50_000);
    }
  }

  /** All of a quantizer, so that a macroblock's levels are taken from one end alone; and by turns. */
  @Test
  void oneQuantizerAlone() {
    for (int quantizers : new int[] {0x0000, 0xFFFF, 0x5555, 0x8000, 0x0001, 0x7FFF}) {
      for (int lowBits = 0; lowBits <= 12; lowBits++) {
        int[] codes = new int[256];
        for (int i = 0; i < 256; i++) {
          int quantizer = (quantizers >> (i % 16)) & 1;
          codes[i] = ((1 + random.nextInt(9)) << 2) | (random.nextInt(2) << 1) | quantizer;
        }
        duel.split(
            codes, 0, new int[CarrierKernels.ORDERED], bits(256, lowBits), new short[256], 0, new float[256], 0, 16);
      }
    }
  }

  /** Levels and low bits that no encoder writes, of which a decoder makes something all the same. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 9, 12})
  void levelsOfAnyKind(int lowBits) {
    for (int round = 0; round < 200; round++) {
      Trellis trellis = Trellis.of(STATE_BITS[random.nextInt(STATE_BITS.length)]);
      int[] ordered = new int[CarrierKernels.ORDERED];
      for (int i = 0; i < 256; i++) {
        ordered[i] = (short) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(7) - 3);
      }
      short[] low = new short[256];
      for (int i = 0; i < 256; i++) {
        low[i] = (short) random.nextInt(1 << lowBits);
      }
      duel.join(ordered, bits(256, lowBits), low, 0, trellis, states(trellis), new float[16 * 48], 0, 48);
    }
  }

  /** As values of several scales and padding have it. */
  @Test
  void valuesOfOneMacroblockMayHaveLowBitsOfTheirOwn() {
    Trellis trellis = Trellis.of(4);
    for (int round = 0; round < 100; round++) {
      int[] codes = codes(0, trellis, new int[16], 3, 40);
      byte[] bits = new byte[256];
      for (int i = 0; i < 256; i++) {
        bits[i] = (byte) random.nextInt(4);
      }
      int[] ordered = new int[CarrierKernels.ORDERED];
      short[] low = new short[256];
      float[] steps = new float[256];
      duel.split(codes, 0, ordered, bits, low, 0, steps, 0, 16);
      float[] joined = new float[256];
      duel.join(ordered, bits, low, 0, trellis, new int[16], joined, 0, 16);
      for (int i = 0; i < 256; i++) {
        assertThat(joined[i] == steps[i]).isTrue();
      }
    }
  }

  @Test
  void zerosOfTheFirstQuantizerStayZeros() {
    int[] states = new int[16];
    float[] steps = new float[256];
    Arrays.fill(steps, 7);
    duel.join(new int[CarrierKernels.ORDERED], new byte[256], new short[256], 0, Trellis.of(4), states, steps, 0, 16);
    assertThat(steps).containsOnly(0);
    assertThat(states).containsOnly(0);
  }
}
