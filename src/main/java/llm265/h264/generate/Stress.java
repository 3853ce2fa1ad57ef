package llm265.h264.generate;

import java.util.Locale;

/** What a stream does to excess, since decoders fail there. */
public enum Stress {
  /** The longest codes: escapes of levels, no trailing ones, every size of suffix, blocks full of levels. */
  CODES("escape codes, full blocks, longest suffixes"),
  /** One level of a block, as large as the arithmetic of 8.5 allows. */
  LEVELS("one level of a block, the largest that is allowed"),
  /** Long rows of the more probable symbol, then dense blocks; or long runs of bits that hang on a carry. */
  ARITHMETIC("long rows of the more probable symbol, then dense blocks; or long carries"),
  /** Every mb_qp_delta, round the end of the range of QPY too. */
  QP("every mb_qp_delta and QP, wrapping too"),
  /** Every form of a scaling list. */
  SCALING("every form of scaling lists"),
  /** One macroblock a slice, or one pair of an MBAFF frame. */
  SLICES("one macroblock a slice"),
  /** Cropping that leaves one unit. */
  CROPPING("the largest cropping"),
  /** Frame and field pairs in every order. */
  MBAFF("frame and field pairs in any order"),
  /** I_PCM every other macroblock. */
  PCM("I_PCM every other macroblock"),
  /** Zeros wherever emulation prevention must break them. */
  EMULATION("emulation prevention in slices, I_PCM and SEI"),
  /** Macroblocks of nearly as many bits as there may be. */
  MACROBLOCKS("macroblocks of as many bits as are allowed"),
  /** Delivery schedules, buffering periods and picture timing, such as a decoder without buffers must skip. */
  TIMING("HRD parameters, buffering periods and picture timing of any form"),
  /** Every code of coeff_token, by every nC, and of total_zeros. */
  TABLES("every number of levels, trailing ones and zeros of a block, by every number beside it");

  private final String description;

  Stress(String description) {
    this.description = description;
  }

  /** Its name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String description() {
    return description;
  }
}
