package llm265.bench;

/** Times work in a steady state: first runs it for as long as it will be timed, and further until it gets no faster. */
final class Stopwatch {
  private static final int LEAST_RUNS = 3;

  /** Ratio to the time before; while the compiler has not finished, a round gains more than this. */
  private static final double STEADY = 0.97;

  private static final int MOST_SPELLS = 10;

  private final double seconds;

  /** @param seconds least time to warm up, and then to measure */
  Stopwatch(double seconds) {
    this.seconds = seconds;
  }

  /** Time of the fastest run in seconds: other work on the machine only makes runs slower. */
  double fastest(Runnable work) {
    warmUp(work);
    return repeat(work);
  }

  /** Repeats work until a round is hardly faster than those before. */
  void warmUp(Runnable work) {
    double fastest = repeat(work);
    for (int spell = 1; spell < MOST_SPELLS; spell++) {
      double again = repeat(work);
      if (again > STEADY * fastest) {
        return;
      }
      fastest = again;
    }
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
