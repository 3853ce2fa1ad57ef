package llm265.runtime.kv;

/** What the bytes of a cell are to reach. */
public sealed interface CellTarget {
  /**
   * So many bytes, and not one more.
   *
   * @param most bytes of the body
   * @param fill whether a step is searched for that takes nearly all of them
   */
  record Most(int most, boolean fill) implements CellTarget {}

  /**
   * About so many bytes.
   *
   * @param bytes of the body
   */
  record About(double bytes) implements CellTarget {}

  /**
   * A quality.
   *
   * @param decibels variance of the cell's values over their mean squared error
   */
  record Snr(double decibels) implements CellTarget {}

  /**
   * A step between levels.
   *
   * @param units its binary logarithm, in 48ths
   */
  record Step(int units) implements CellTarget {}

  /** Every bit of every value. */
  record Lossless() implements CellTarget {}
}
