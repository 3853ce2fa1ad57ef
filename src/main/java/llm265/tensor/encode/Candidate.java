package llm265.tensor.encode;

import java.util.function.Function;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.CodingMethod;
import llm265.tensor.picture.PictureTileCoder;
import llm265.tensor.picture.PictureTiles;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.picture.SampleQuantizer;

/**
 * A tensor as it is arranged at some time and a method: one of the ways of coding it that are compared on a sample. Stays what it
 * is when the tensor is arranged in another way, until a rotated plane's memory is freed. Thread-safe.
 */
public final class Candidate {
  /** Values of an excerpt at least. */
  static final int LEAST_EXCERPT = 1 << 17;

  /** One value of so many is in the excerpt of a large tensor. */
  private static final int EXCERPT_SHARE = 8;

  /** Values of an excerpt at most. */
  private static final int GREATEST_EXCERPT = 1 << 20;

  /** Values of a first excerpt. */
  private static final int ROUGH_EXCERPT = 1 << 16;

  /** Values that are coded to compare ways of coding, at least. */
  private static final int TRIAL = 1 << 15;

  /**
   * One value of so many is coded to compare ways of coding a large tensor. 2^15 of the 11.7 M values of a table of word
   * embeddings made a rotation look .03 bits per value worse that is .06 better.
   */
  private static final int TRIAL_SHARE = 64;

  private final Arrangement arrangement;
  private final CodingMethod method;
  private final ErrorBounds bounds;
  private final long values;
  private final Function<TensorExcerpt.Estimate, CodingResult> result;

  /**
   * @param values number of values of the tensor
   * @param result what an estimate for the tensor says of it
   */
  Candidate(
      Arrangement arrangement, CodingMethod method, ErrorBounds bounds, long values,
      Function<TensorExcerpt.Estimate, CodingResult> result) {
    this.arrangement = arrangement;
    this.method = method;
    this.bounds = bounds;
    this.values = values;
    this.result = result;
  }

  /** The standard deviation of the levels to aim at. */
  public double levelDeviation() {
    return arrangement.rangeOf(method).levelDeviation();
  }

  /** QPY of the finest step. Where the picture loses nothing, the QP only names a step. */
  public int leastQp() {
    return new SampleDepth(method.isSplit() ? SampleDepth.MOST : method.coders().bitDepth()).leastQp();
  }

  /** Codes some rows of macroblocks, fewer than {@link #excerpt} does, to see what the whole would take. */
  public CodingResult trial(int qp, double levelDeviation) {
    return code((int) Math.clamp(values / TRIAL_SHARE, TRIAL, GREATEST_EXCERPT), qp, levelDeviation);
  }

  /** Codes rows of macroblocks spread over the tensor and estimates what the whole would take. */
  public CodingResult excerpt(int qp, double levelDeviation) {
    return code((int) Math.clamp(values / EXCERPT_SHARE, LEAST_EXCERPT, GREATEST_EXCERPT), qp, levelDeviation);
  }

  /** Codes fewer macroblocks than {@link #excerpt} does, for a first estimate. */
  public CodingResult rough(int qp, double levelDeviation) {
    return code(ROUGH_EXCERPT, qp, levelDeviation);
  }

  private CodingResult code(int excerptValues, int qp, double levelDeviation) {
    TensorExcerpt excerpt = TensorExcerpt.of(arrangement, method, excerptValues);
    return result.apply(PictureTiles.with(
        arrangement, method, bounds, excerpt.pictureFormat(), coder -> excerpt.code(coder, qp, levelDeviation)));
  }

  /**
   * How much values have to do with their neighbours in the view, on an excerpt: the greatest magnitude of a correlation
   * coefficient, about 0 for white noise.
   */
  public double correlation(double levelDeviation) {
    TensorExcerpt excerpt = TensorExcerpt.ofNeighbours(arrangement, method, LEAST_EXCERPT);
    SampleQuantizer quantizer =
        SampleQuantizer.of(arrangement.range(), levelDeviation, new SampleDepth(method.coders().bitDepth()));
    return PictureTiles.with(
        arrangement, method, bounds, excerpt.pictureFormat(), coder -> coder.correlation(excerpt.map(), quantizer));
  }
}
