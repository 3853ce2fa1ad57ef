package llm265.bench;

/** Times work in a steady state: it first runs as long as it will be timed, and on until compilers make it no faster. */
final class Stopwatch {
  private static final int LEAST_RUNS = 3;

  /** Share of the time before; an unfinished compiler gains more from one spell to the next. */
  private static final double STEADY = 0.97;

  private static final int MOST_SPELLS = 10;

  private final double seconds;

  /**
   * @param seconds to warm up, and then to measure, at least
   */
  Stopwatch(double seconds) {
    this.seconds = seconds;
  }

  /** Seconds of the fastest run: other work of the machine only makes runs slower. */
  double fastest(Runnable work) {
    warmUp(work);
    return repeat(work);
  }

  /** Repeats work until a spell of it is hardly faster than those before. */
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
