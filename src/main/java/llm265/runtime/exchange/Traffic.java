package llm265.runtime.exchange;

/**
 * What has been sent so far: every byte that a receiver needs.
 *
 * @param upBits from each worker, their mean
 * @param downBits to each worker
 * @param values gradients of a worker, all steps together
 */
public record Traffic(double upBits, double downBits, double values) {
  /** Bits per value from a worker. */
  public double up() {
    return upBits / values;
  }

  /** Bits per value to a worker. */
  public double down() {
    return downBits / values;
  }
}
