package llm265.runtime.kv;

import llm265.runtime.message.DeviationLaws;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * A model in a context record: deviations in sixths of an octave, means in halves of deviations, classes of correlations. What a
 * profile knows is not repeated. SPEC.md, "Context record".
 */
public final class ModelRecord {
  /** Units of a deviation's class. */
  private static final int UNITS = 8;

  /** Classes between the greatest deviation and the least. */
  private static final int MOST_BELOW = 120;

  private static final int GREATEST_MEAN = 1 << 12;
  private static final int STATISTICS = 1;
  private static final int CORRELATIONS = 2;
  private static final int CORRELATION_BITS = 3;
  private static final int MOST_PARAMETER = 7;

  private ModelRecord() {}

  static int rounded(int units) {
    return Math.clamp((units + UNITS / 2) & -UNITS, CellModel.LEAST_UNITS, CellModel.GREATEST_UNITS);
  }

  /** Raises deviations that are too far below the greatest to be told. */
  static void bound(int[] units) {
    int greatest = CellModel.LEAST_UNITS;
    for (int unit : units) {
      greatest = Math.max(greatest, unit);
    }
    for (int c = 0; c < units.length; c++) {
      units[c] = Math.max(units[c], greatest - MOST_BELOW * UNITS);
    }
  }

  private static int meanLevel(double mean, int units) {
    double level = StrictMath.rint(mean / (0.5 * DeviationLaws.step(units)));
    return Double.isNaN(level) ? 0 : (int) Math.clamp(level, -GREATEST_MEAN, GREATEST_MEAN);
  }

  private static float mean(int level, int units) {
    return level * (0.5f * DeviationLaws.step(units));
  }

  /** A mean as the record can tell it. */
  static float roundedMean(double mean, int units) {
    return mean(meanLevel(mean, units), units);
  }

  /**
   * Writes a model.
   *
   * @param isKnown whether means and deviations are those of a profile
   */
  public static void write(CellModel model, boolean isKnown, PayloadWriter out) {
    byte[] correlations = model.correlations();
    int channels = model.channels();
    out.u8((isKnown ? 0 : STATISTICS) | (correlations == null ? 0 : CORRELATIONS));
    if (!isKnown) {
      out.varint(model.learnedTokens());
      int greatest = CellModel.LEAST_UNITS;
      for (int c = 0; c < channels; c++) {
        greatest = Math.max(greatest, model.unitsOf(c));
      }
      int middle = greatest / UNITS - MOST_BELOW / 2;
      out.u8(middle);
      out.u8(middle >> 8);
      int offset = (int) StrictMath.rint(meanClass(model, middle));
      out.u8(offset);
      BitWriter.signedRice(out, channels, c -> model.unitsOf(c) / UNITS - middle - offset, MOST_PARAMETER);
      BitWriter.signedRice(out, channels, c -> meanLevel(model.mean(c), model.unitsOf(c)), MOST_PARAMETER);
    }
    if (correlations != null) {
      BitWriter bits = new BitWriter(out);
      for (byte correlation : correlations) {
        bits.bits(correlation, CORRELATION_BITS);
      }
      bits.align();
    }
  }

  private static double meanClass(CellModel model, int middle) {
    double sum = 0;
    for (int c = 0; c < model.channels(); c++) {
      sum += model.unitsOf(c) / UNITS - middle;
    }
    return sum / model.channels();
  }

  /**
   * Reads a model.
   *
   * @param transform makes coefficients of channels; null where they are the same
   * @param known the profile's means and deviations; null where there is none
   */
  public static CellModel read(PayloadReader in, int channels, ChannelTransform transform, CoefficientModel known) {
    int flags = in.u8("model_flags");
    if (flags > (STATISTICS | CORRELATIONS) || (flags & STATISTICS) != 0 == (known != null)) {
      throw PayloadReader.malformed("model_flags", "are " + flags + (known == null ? " without" : " with") + " a profile");
    }
    if (known == null && channels > 8L * in.remaining()) {
      throw PayloadReader.malformed("deviation", "of " + channels + " channels do not fit into the record");
    }
    int[] units = new int[channels];
    float[] means = known == null ? new float[channels] : known.means();
    long tokens = Integer.MAX_VALUE;
    if (known == null) {
      tokens = in.varint("learned_tokens", Integer.MAX_VALUE);
      if (tokens == 0) {
        throw PayloadReader.malformed("learned_tokens", "are 0");
      }
      readStatistics(in, units, means);
    } else {
      for (int c = 0; c < channels; c++) {
        units[c] = CellModel.units(known.deviations()[c]);
      }
    }
    byte[] correlations = (flags & CORRELATIONS) == 0 ? null : readCorrelations(in, channels);
    return new CellModel(transform, means, units, correlations, tokens);
  }

  private static void readStatistics(PayloadReader in, int[] units, float[] means) {
    int middle = (short) (in.u8("middle_deviation") | (in.u8("middle_deviation") << 8)) + (byte) in.u8("mean_deviation");
    int parameter = parameter(in);
    BitReader bits = new BitReader(in, "deviation");
    for (int c = 0; c < units.length; c++) {
      units[c] = UNITS * (middle + bits.signedRice(parameter, 2 * MOST_BELOW, "deviation"));
      if (units[c] < CellModel.LEAST_UNITS || units[c] > CellModel.GREATEST_UNITS) {
        throw PayloadReader.malformed("deviation", "is out of the range of binary32");
      }
    }
    bits.requireZeros("deviation");
    parameter = parameter(in);
    bits = new BitReader(in, "mean");
    for (int c = 0; c < units.length; c++) {
      means[c] = mean(bits.signedRice(parameter, GREATEST_MEAN, "mean"), units[c]);
    }
    bits.requireZeros("mean");
  }

  private static int parameter(PayloadReader in) {
    int parameter = in.u8("rice_parameter");
    if (parameter > MOST_PARAMETER) {
      throw PayloadReader.malformed("rice_parameter", "is " + parameter);
    }
    return parameter;
  }

  private static byte[] readCorrelations(PayloadReader in, int channels) {
    byte[] correlations = new byte[channels];
    BitReader bits = new BitReader(in, "correlation");
    for (int c = 0; c < channels; c++) {
      correlations[c] = (byte) bits.bits(CORRELATION_BITS);
    }
    bits.requireZeros("correlation");
    return correlations;
  }
}
