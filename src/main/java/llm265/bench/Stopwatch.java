package llm265.bench;

/** Times work in a steady state: after it has run as long as it will be timed, so that it is compiled. */
final class Stopwatch {
  private static final int LEAST_RUNS = 3;

  private final double seconds;

  /**
   * @param seconds to warm up, and then to measure, at least
   */
  Stopwatch(double seconds) {
    this.seconds = seconds;
  }

  /** Seconds of the fastest run: what else the machine does makes others slower, and none faster. */
  double fastest(Runnable work) {
    repeat(work);
    return repeat(work);
  }

  private double repeat(Runnable work) {
    long fastest = Long.MAX_VALUE;
    long start = System.nanoTime();
    for (int run = 0; run < LEAST_RUNS || System.nanoTime() - start < seconds * 1e9; run++) {
      long before = System.nanoTime();
      work.run();
      fastest = Math.min(fastest, System.nanoTime() - before);
    }
    return fastest * 1e-9;
  }
}
