package llm265.runtime.training;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * A text as a row of symbols, one for each different character. The first nine tenths are to train on, the rest to validate.
 * What a worker sees in a step depends on the seed, the step and the worker alone, so that all methods see the same.
 */
public final class CharacterText {
  private static final double TRAINING_SHARE = 0.9;

  private final int[] symbols;
  private final int vocabulary;
  private final int trainingEnd;
  private final String fingerprint;

  /**
   * @param context symbols that a model sees; each part must have a window of one more
   * @throws IllegalArgumentException if the text is too short for that
   */
  public CharacterText(String text, int context) {
    int[] alphabet = text.codePoints().sorted().distinct().toArray();
    vocabulary = alphabet.length;
    symbols = text.codePoints().map(character -> Arrays.binarySearch(alphabet, character)).toArray();
    trainingEnd = (int) (TRAINING_SHARE * symbols.length);
    if (vocabulary < 2 || symbols.length - trainingEnd <= context) {
      throw new IllegalArgumentException(
          "a text of " + symbols.length + " characters is too short: the last tenth must be longer than " + context);
    }
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    fingerprint = HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** Number of different symbols. */
  public int vocabulary() {
    return vocabulary;
  }

  /** Checksum of the text, by which two are told apart. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Windows of {@code context + 1} symbols from random places of the part to train on. */
  public int[][] training(long seed, int step, int worker, int windows, int context) {
    SplittableRandom random = new SplittableRandom((seed * 1_000_003 + step) * 1_000_003 + worker);
    int[][] all = new int[windows][];
    for (int i = 0; i < windows; i++) {
      all[i] = window(random.nextInt(trainingEnd - context), context);
    }
    return all;
  }

  /** The same windows for everyone, evenly from all over the part to validate on. */
  public List<int[][]> validation(int batches, int windows, int context) {
    int last = symbols.length - context - 1;
    long places = (long) batches * windows;
    List<int[][]> all = new ArrayList<>();
    for (int batch = 0; batch < batches; batch++) {
      int[][] of = new int[windows][];
      for (int i = 0; i < windows; i++) {
        long place = (long) batch * windows + i;
        of[i] = window((int) (trainingEnd + (last - trainingEnd) * place / Math.max(1, places - 1)), context);
      }
      all.add(of);
    }
    return all;
  }

  private int[] window(int from, int context) {
    return Arrays.copyOfRange(symbols, from, from + context + 1);
  }
}
