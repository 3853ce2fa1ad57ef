package llm265.runtime.training;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Trains every arm at every learning rate with several seeds. An arm's result is that of its own best learning rate: at one rate
 * for all, compressed arms can seem better than raw ones.
 */
public final class TrainingBench {
  private final double[] learningRates;
  private final int seeds;
  private final String setting;
  private final RunJournal journal;

  /**
   * @param setting what the runs have in common, in their descriptions
   * @param journal where finished runs are kept
   */
  public TrainingBench(double[] learningRates, int seeds, String setting, RunJournal journal) {
    this.learningRates = learningRates.clone();
    this.seeds = seeds;
    this.setting = setting;
    this.journal = journal;
  }

  /** A run's place in the plan. */
  public record Run(String arm, double learningRate, long seed) {}

  /** Makes a run. */
  public interface Training {
    /** @param description by which the journal knows the run */
    RunFigures train(Run run, String description) throws IOException;
  }

  /** Told of each finished run. */
  public interface Listener {
    /** @param kept whether the journal had it */
    void finished(Run run, RunFigures figures, boolean kept);
  }

  /**
   * An arm at its best learning rate.
   *
   * @param runs by seed
   */
  public record Result(String arm, double learningRate, List<RunFigures> runs) {
    /** Mean of a figure over the seeds; NaN if the runs do not have it. */
    public double mean(String name) {
      return RunFigures.mean(runs, name);
    }

    /** Names of all figures, each once. */
    public Iterable<String> names() {
      TreeSet<String> names = new TreeSet<>();
      runs.forEach(run -> names.addAll(run.values().keySet()));
      return names;
    }
  }

  /** Trains what the journal does not have, an arm after the other. */
  public List<Result> measure(List<String> arms, Training training, Listener listener) throws IOException {
    List<Result> results = new ArrayList<>();
    for (String arm : arms) {
      List<Result> rates = new ArrayList<>();
      for (double learningRate : learningRates) {
        List<RunFigures> runs = new ArrayList<>();
        for (long seed = 0; seed < seeds; seed++) {
          runs.add(run(new Run(arm, learningRate, seed), training, listener));
        }
        rates.add(new Result(arm, learningRate, runs));
      }
      results.add(rates.stream().min(Comparator.comparingDouble(TrainingBench::rank)).orElseThrow());
    }
    return results;
  }

  private RunFigures run(Run run, Training training, Listener listener) throws IOException {
    String description = run.arm() + " lr " + run.learningRate() + " seed " + run.seed() + " " + setting;
    RunFigures kept = journal.find(description).orElse(null);
    RunFigures figures = kept == null ? training.train(run, description) : kept;
    if (kept == null) {
      journal.add(description, figures);
    }
    listener.finished(run, figures, kept != null);
    return figures;
  }

  /** Whatever diverged comes last. */
  private static double rank(Result result) {
    double loss = result.mean(RunFigures.LOSS);
    return Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss;
  }
}
