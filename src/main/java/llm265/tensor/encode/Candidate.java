package llm265.tensor.encode;

import llm265.tensor.picture.SampleDepth;

/**
 * A tensor as it is arranged at some time and a method: one of the ways of coding it that are compared on a sample. Stays what it is when the
 * tensor is arranged in another way, until a rotated plane's memory is freed. Thread-safe.
 */
public final class Candidate {
  /** Values that are coded to compare ways of coding, at least. */
  private static final int TRIAL = 1 << 15;

  /**
   * One value of so many is coded to compare ways of coding a large tensor. 2^15 of the 11.7 M values of a table of word embeddings made a
   * rotation look .03 bits a value worse that is .06 better.
   */
  private static final int TRIAL_SHARE = 64;

  private final TensorCoding coding;
  private final Arrangement arrangement;
  private final CodingMethod method;

  Candidate(TensorCoding coding, Arrangement arrangement, CodingMethod method) {
    this.coding = coding;
    this.arrangement = arrangement;
    this.method = method;
  }

  /** The standard deviation of the samples to aim at, in levels. */
  public double levels() {
    return arrangement.rangeOf(method).levels();
  }

  /** QPY of the finest step: where nothing is quantized on the picture it is but a way to tell of a step. */
  public int leastQp() {
    return new SampleDepth(method.isSplit() ? SampleDepth.MOST : method.coders().bitDepth()).leastQp();
  }

  /** Codes some rows of macroblocks, fewer than {@link TensorCoding#sample} does, to see what the whole would come to. */
  public CodingResult trial(int qp, double levels) {
    int values = (int) Math.clamp(coding.values() / TRIAL_SHARE, TRIAL, TensorCoding.GREATEST_SAMPLE);
    TensorSample sample = TensorSample.of(arrangement, method, values);
    return coding.estimate(sample, coding.coder(arrangement, sample.pictureFormat(), method), qp, levels);
  }
}
