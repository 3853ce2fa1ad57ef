package llm265.tensor.encode;

import java.util.function.Function;
import llm265.tensor.analysis.ErrorBounds;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.picture.CodingMethod;
import llm265.tensor.picture.PictureTiles;
import llm265.tensor.picture.SampleDepth;
import llm265.tensor.picture.SampleQuantizer;

/**
 * A way of coding a tensor that is compared with others on an excerpt: an arrangement and a method. It stays valid when the
 * tensor is arranged in another way, until a rotated plane's memory is freed. Thread-safe.
 */
public final class Candidate {
  /** The least number of values of an excerpt. */
  static final int LEAST_EXCERPT = 1 << 17;

  /** The excerpt of a large tensor holds one of this many values. */
  private static final int EXCERPT_SHARE = 8;

  /** The greatest number of values of an excerpt. */
  private static final int GREATEST_EXCERPT = 1 << 20;

  /** Number of values of a first excerpt. */
  private static final int ROUGH_EXCERPT = 1 << 16;

  /** The least number of values that are coded to compare ways of coding. */
  private static final int TRIAL = 1 << 15;

  /**
   * One of this many values is coded to compare ways of coding a large tensor. With 2^15 of the 11.7 M values of a table of
   * word embeddings, a rotation looked .03 bits per value worse that is .06 better.
   */
  private static final int TRIAL_SHARE = 64;

  private final Arrangement arrangement;
  private final CodingMethod method;
  private final ErrorBounds bounds;
  private final long values;
  private final Function<TensorExcerpt.Estimate, CodingResult> result;

  /**
   * @param values number of values of the tensor
   * @param result turns an estimate for the tensor into a result
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

  /** The wanted standard deviation of the levels. */
  public double levelDeviation() {
    return arrangement.rangeOf(method).levelDeviation();
  }

  /** QPY of the finest step. If the picture is lossless, the QP only names a step. */
  public int leastQp() {
    return new SampleDepth(method.isSplit() ? SampleDepth.MOST : method.coders().bitDepth()).leastQp();
  }

  /** Codes some rows of macroblocks, fewer than {@link #excerpt}, to estimate the result for the whole tensor. */
  public CodingResult trial(int qp, double levelDeviation) {
    return code((int) Math.clamp(values / TRIAL_SHARE, TRIAL, GREATEST_EXCERPT), qp, levelDeviation);
  }

  /** Codes rows of macroblocks spread over the tensor to estimate the result for the whole tensor. */
  public CodingResult excerpt(int qp, double levelDeviation) {
    return code((int) Math.clamp(values / EXCERPT_SHARE, LEAST_EXCERPT, GREATEST_EXCERPT), qp, levelDeviation);
  }

  /** Codes fewer macroblocks than {@link #excerpt}, for a first estimate. */
  public CodingResult rough(int qp, double levelDeviation) {
    return code(ROUGH_EXCERPT, qp, levelDeviation);
  }

  private CodingResult code(int excerptValues, int qp, double levelDeviation) {
    TensorExcerpt excerpt = TensorExcerpt.of(arrangement, method, excerptValues);
    return result.apply(PictureTiles.with(
        arrangement, method, bounds, excerpt.pictureFormat(), coder -> excerpt.code(coder, qp, levelDeviation)));
  }

  /**
   * How strongly values depend on their neighbours in the view, on an excerpt: the greatest magnitude of a correlation
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
