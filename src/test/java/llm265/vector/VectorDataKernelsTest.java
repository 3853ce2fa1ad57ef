package llm265.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import llm265.data.DataKernelsTables;
import llm265.data.symbol.DataKernels;
import llm265.data.symbol.ScalarDataKernels;
import llm265.kernel.KernelDuel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Duels on random and extreme data; every array is compared whole. */
class VectorDataKernelsTest {
  private static final int SLACK = DataKernels.SLACK;

  private final DataKernels duel = KernelDuel.of(DataKernels.class, new ScalarDataKernels(), new VectorDataKernels());
  private final Random random = new Random(7);

  private byte[] symbols(int count, int alphabet, double skew) {
    byte[] symbols = new byte[count + SLACK];
    for (int i = 0; i < count; i++) {
      symbols[i] = (byte) (int) (alphabet * Math.pow(random.nextDouble(), skew));
    }
    return symbols;
  }

  @ParameterizedTest
  @ValueSource(ints = {DataKernels.GROUP, DataKernels.MOST_LANES})
  void whatIsEncodedIsDecodedByBoth(int lanes) {
    for (int round = 0; round < 200; round++) {
      boolean isFew = round % 2 == 0;
      int steps = 1 + random.nextInt(300);
      int count = lanes * steps;
      byte[] symbols = symbols(count, 2 + random.nextInt(isFew ? 30 : 254), Math.exp(4 * random.nextDouble()));
      symbols[0] = 0;
      symbols[count - 1] = 1;
      DataKernelsTables tables = DataKernelsTables.of(symbols, count, isFew);
      int[] states = new int[DataKernels.MOST_LANES];
      for (int lane = 0; lane < lanes; lane++) {
        states[lane] = (1 << 16) | random.nextInt(1 << 16);
      }
      int[] first = states.clone();
      byte[] coded = new byte[2 * count + 2 * SLACK];
      int end = coded.length - SLACK;
      random.nextBytes(coded);
      int at = duel.encode(symbols, lanes, steps, tables.codes(), tables.slots(), states, coded, end);
      byte[] out = new byte[count + SLACK];
      decode(isFew, coded, at, end, lanes, steps, states, tables, out);
      assertThat(Arrays.equals(out, 0, count, symbols, 0, count)).isTrue();
      assertThat(states).isEqualTo(first);
    }
  }

  private void decode(
      boolean isFew, byte[] coded, int at, int end, int lanes, int steps, int[] states, DataKernelsTables tables, byte[] out) {
    int behind = isFew
        ? duel.decodeFew(coded, at, end, lanes, steps, states, tables.decoder(), out, 0)
        : duel.decodeMany(coded, at, end, lanes, steps, states, tables.decoder(), 0, out, 0);
    assertThat(behind).isEqualTo(end);
  }

  /** Any states and words: what is decoded means nothing, but is the same, and nothing is read or written elsewhere. */
  @Test
  void hostileStatesAndWords() {
    for (int round = 0; round < 300; round++) {
      boolean isFew = round % 2 == 0;
      int lanes = round % 3 == 0 ? DataKernels.GROUP : DataKernels.MOST_LANES;
      int steps = random.nextInt(100);
      byte[] symbols = symbols(400, isFew ? 30 : 200, 3);
      DataKernelsTables tables = DataKernelsTables.of(symbols, 400, isFew);
      byte[] in = new byte[2000 + SLACK];
      random.nextBytes(in);
      int[] states = new int[DataKernels.MOST_LANES];
      Arrays.setAll(states, lane -> random.nextInt() >>> random.nextInt(32));
      int at = random.nextInt(2000);
      int end = at + random.nextInt(2000 - at);
      byte[] out = new byte[7 + lanes * steps];
      if (isFew) {
        duel.decodeFew(in, at, end, lanes, steps, states, tables.decoder(), out, 7);
      } else {
        duel.decodeMany(in, at, end, lanes, steps, states, tables.decoder(), 0, out, 7);
      }
    }
  }

  @Test
  void wordsOfAllWidthsAndPlanesOfAllBits() {
    for (int round = 0; round < 300; round++) {
      int count = DataKernels.GROUP * random.nextInt(20);
      byte[] in = new byte[4 * count + 3 + SLACK];
      random.nextBytes(in);
      int[] words = new int[count + 5];
      for (int width = 1; width <= 4; width *= 2) {
        for (int transform = DataKernels.PLAIN; transform <= DataKernels.ZIGZAG; transform++) {
          duel.load(in, 3, count, width, transform, words);
          byte[] out = new byte[in.length];
          duel.store(words.clone(), count, width, transform, out, 3);
          assertThat(Arrays.equals(out, 3, 3 + width * count, in, 3, 3 + width * count)).isTrue();
        }
      }
      for (int bits = 1; bits <= 16; bits *= 2) {
        int shift = random.nextInt(33 - bits);
        byte[] plane = new byte[in.length];
        duel.pack(words, count, shift, bits, plane, 1);
        int[] back = new int[count + 5];
        duel.unpack(plane, 1, count, shift, bits, back);
        for (int i = 0; i < count; i++) {
          assertThat(back[i]).isEqualTo(((words[i] >>> shift) & ((1 << bits) - 1)) << shift);
        }
      }
      int bits = 1 + random.nextInt(8);
      duel.extract(words, count, random.nextInt(33 - bits), bits, new byte[count + SLACK]);
    }
  }
}
