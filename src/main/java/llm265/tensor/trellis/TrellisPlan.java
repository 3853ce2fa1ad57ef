package llm265.tensor.trellis;

import llm265.tensor.format.TensorTransforms;
import llm265.tensor.format.TileCoder;

/**
 * How a tensor is coded at any step, as it is arranged, with what a sample of it tells. Remembers what it was asked for. Used by
 * one thread at a time.
 */
public interface TrellisPlan {
  /**
   * What the whole tensor would take.
   *
   * @param bytes of its stream
   * @param squaredError sum over the values that are not kept exactly
   * @param exact number of values that are
   */
  record Estimate(double bytes, double squaredError, long exact) {}

  /** Codes all tiles in one way. */
  interface Tiles extends TileCoder {
    /** What a reader undoes. */
    TensorTransforms transforms();
  }

  /** What the whole would take with a step. */
  Estimate estimate(double step);

  /** Codes tiles with a step. */
  Tiles at(double step);

  /** Codes tiles with a step next to those before it: rates follow steps without leaps, so that a target is soon met. */
  Tiles next(double step);

  /** Codes a tensor whose values are all the same, or are all kept exactly. */
  Tiles withoutStep();
}
