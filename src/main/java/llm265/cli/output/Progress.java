package llm265.cli.output;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows progress, rate and time left on standard error, if that is a terminal. */
public final class Progress implements AutoCloseable {
  /** Set by the launcher, which knows what standard error is. */
  private static final String TERMINAL = "llm265.terminal";

  private final ProgressBar bar;

  /**
   * The unit that the bar counts in, chosen so that small models do not show 0 of 0.
   *
   * @param values number of values in a unit
   */
  record Unit(String text, long values) {
    static Unit of(long values, String noun) {
      if (values < 10_000) {
        return new Unit(" " + noun, 1);
      }
      return values < 10_000_000 ? new Unit(" K " + noun, 1_000) : new Unit(" M " + noun, 1_000_000);
    }
  }

  /**
   * Begins.
   *
   * @param values number of values to do
   */
  public Progress(String task, long values) {
    this(task, values, "values");
  }

  /**
   * Begins.
   *
   * @param count number of things to do
   * @param noun what they are, in the plural
   */
  public Progress(String task, long count, String noun) {
    if (!Boolean.getBoolean(TERMINAL)) {
      bar = null;
      return;
    }
    bar = new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(count)
        .setUnit(Unit.of(count, noun).text, Unit.of(count, noun).values)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .showSpeed()
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .clearDisplayOnFinish()
        .build();
  }

  /** Counts more as done. Any thread may call. */
  public void step(long values) {
    if (bar != null) {
      bar.stepBy(values);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
