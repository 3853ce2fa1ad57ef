package llm265.tensor.tools;

import java.util.ArrayList;
import java.util.List;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Alphabet;
import llm265.trinity.CountedTokens;
import llm265.trinity.Distribution;
import llm265.trinity.Law;
import llm265.trinity.Laws;
import llm265.trinity.TokenFrequencies;
import llm265.trinity.Trellis;

/**
 * How the values of a tensor are coded without pictures: the trellis, the size of chunks, and how magnitudes are distributed, by
 * class. SPEC.md, "Trellis stream".
 *
 * <p>Values of rows and columns with scale classes are not scaled: the step is the same for all, and the classes say which law a
 * value follows.
 *
 * @param stateBits binary logarithm of the trellis's states
 * @param chunkSteps steps of 16 values in a chunk, 1 to {@link #MOST_CHUNK_STEPS}
 * @param classes distributions by class of values
 */
public record TrellisFormat(int stateBits, int chunkSteps, List<Distribution> classes) {
  /** A chunk has 2^20 values at most. */
  public static final int MOST_CHUNK_STEPS = 1 << 16;

  /** Scale classes of a law: laws are a third of an octave apart. */
  public static final int SCALE_CLASSES_PER_LAW = 2;

  /** Law widths between neighbouring classes. */
  public static final int WIDTHS_PER_CLASS = SCALE_CLASSES_PER_LAW * Law.OCTAVE / ScaleClasses.OCTAVE;

  private static final int NARROWER = 0;
  private static final int BY_LAW = 1;
  private static final int COUNTED = 2;

  public TrellisFormat {
    classes = List.copyOf(classes);
  }

  public Trellis trellis() {
    return Trellis.of(stateBits);
  }

  /** What coders make of the distributions. */
  public Laws laws() {
    return new Laws(classes);
  }

  /**
   * The class of a value in a table of {@code classes}.
   *
   * @param scaleClass sum of its row's and its column's scale class
   */
  public static int classOf(int scaleClass, int classes) {
    return Math.min(scaleClass / SCALE_CLASSES_PER_LAW, classes - 1);
  }

  /** Size of what {@link #write} writes, in bytes. */
  public int byteSize() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.length();
  }

  public void write(PayloadWriter out) {
    out.u8(stateBits);
    out.varint(chunkSteps);
    out.varint(classes.size());
    Distribution before = null;
    for (Distribution distribution : classes) {
      if (before instanceof Law wider && wider.widened(-WIDTHS_PER_CLASS).equals(distribution)) {
        out.u8(NARROWER);
      } else {
        write(distribution, out);
      }
      before = distribution;
    }
  }

  private static void write(Distribution distribution, PayloadWriter out) {
    switch (distribution) {
      case Law law -> {
        out.u8(BY_LAW);
        out.u8(law.alphabet().ordinal());
        out.u8(law.width());
        out.u8(law.shape());
        out.u8(law.firstZero() + Law.ZERO_BIAS);
        out.u8(law.secondZero());
        out.u8(law.firstOne() + Law.ONE_BIAS);
      }
      case CountedTokens counted -> {
        out.u8(COUNTED);
        out.u8(counted.frequencies().alphabet().ordinal());
        int[] counts = counted.frequencies().counts();
        for (int i = 0; i < counts.length; i++) {
          // The last of each quantizer is what is missing.
          if (i % Alphabet.TOKENS != Alphabet.TOKENS - 1) {
            out.varint(counts[i]);
          }
        }
      }
      default -> throw new IllegalArgumentException(distribution + " cannot be written");
    }
  }

  static int readStateBits(PayloadReader in) {
    int stateBits = in.u8("state_bits");
    if (!Trellis.isKnown(stateBits)) {
      throw PayloadReader.malformed("state_bits", "there is no trellis of 2^" + stateBits + " states");
    }
    return stateBits;
  }

  /** Reads what {@link #write} writes. */
  public static TrellisFormat read(PayloadReader in) {
    int stateBits = readStateBits(in);
    int chunkSteps = in.varint("chunk_steps", MOST_CHUNK_STEPS);
    if (chunkSteps == 0) {
      throw PayloadReader.malformed("chunk_steps", "are none");
    }
    int count = in.varint("law_classes", Laws.MOST_CLASSES);
    if (count == 0) {
      throw PayloadReader.malformed("law_classes", "are none");
    }
    List<Distribution> classes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      classes.add(readDistribution(in, i == 0 ? null : classes.getLast()));
    }
    return new TrellisFormat(stateBits, chunkSteps, classes);
  }

  private static Distribution readDistribution(PayloadReader in, Distribution before) {
    int kind = in.u8("law_kind");
    if (kind == NARROWER && before instanceof Law wider) {
      return wider.widened(-WIDTHS_PER_CLASS);
    }
    if (kind != BY_LAW && kind != COUNTED) {
      throw PayloadReader.malformed("law_kind", kind + " is not possible here");
    }
    int alphabet = in.u8("alphabet");
    if (alphabet >= Alphabet.values().length) {
      throw PayloadReader.malformed("alphabet", alphabet + " is not known");
    }
    try {
      return kind == BY_LAW
          ? new Law(
              Alphabet.values()[alphabet], in.u8("law_width"), in.u8("law_shape"), in.u8("law_first_zero") - Law.ZERO_BIAS,
              in.u8("law_second_zero"), in.u8("law_first_one") - Law.ONE_BIAS)
          : new CountedTokens(new TokenFrequencies(Alphabet.values()[alphabet], readCounts(in)));
    } catch (IllegalArgumentException e) {
      throw PayloadReader.malformed("law", e.getMessage());
    }
  }

  private static int[] readCounts(PayloadReader in) {
    int[] counts = new int[2 * Alphabet.TOKENS];
    int left = TokenFrequencies.TOTAL;
    for (int i = 0; i < counts.length; i++) {
      boolean isLast = i % Alphabet.TOKENS == Alphabet.TOKENS - 1;
      counts[i] = isLast ? left : in.varint("token_count", TokenFrequencies.TOTAL);
      left = isLast ? TokenFrequencies.TOTAL : left - counts[i];
    }
    return counts;
  }
}
