package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingBenchTest {
  @TempDir private Path folder;

  private final List<TrainingBench.Run> trained = new ArrayList<>();

  /** Arm "high" likes the high rate, "low" the low one; "diverges" does at the low one; a seed adds a tenth. */
  private RunFigures train(TrainingBench.Run run, String description) {
    assertThat(description).startsWith(run.arm() + " lr ");
    trained.add(run);
    double loss = switch (run.arm()) {
      case "high" -> run.learningRate() > 0.1 ? 1 : 2;
      case "diverges" -> run.learningRate() > 0.1 ? 9 : Double.NaN;
      default -> run.learningRate() > 0.1 ? 2 : 1;
    };
    return new RunFigures(Map.of("loss", loss + run.seed() / 10.0), "00000000");
  }

  private List<TrainingBench.Result> measure(RunJournal journal, String setting, List<String> arms) throws IOException {
    return new TrainingBench(new double[] {0.05, 0.2}, 2, setting, journal)
        .measure(arms, this::train, (run, figures, kept) -> {});
  }

  @Test
  void anArmIsJudgedAtItsOwnBestRate() throws IOException {
    List<TrainingBench.Result> results = measure(RunJournal.inMemory(), "", List.of("high", "low", "diverges"));
    assertThat(results).extracting(TrainingBench.Result::learningRate).containsExactly(0.2, 0.05, 0.2);
    assertThat(results).extracting(result -> result.mean("loss")).containsExactly(1.05, 1.05, 9.05);
    assertThat(results.getFirst().mean("up")).isNaN();
    assertThat(trained).hasSize(12).doesNotHaveDuplicates();
  }

  @Test
  void noRunIsMadeTwice() throws IOException {
    Path file = folder.resolve("journal");
    measure(RunJournal.open(file), "short", List.of("low"));
    assertThat(trained).hasSize(4);
    List<TrainingBench.Result> results = measure(RunJournal.open(file), "short", List.of("low", "high"));
    assertThat(trained).hasSize(8).doesNotHaveDuplicates();
    assertThat(results.getFirst().mean("loss")).isEqualTo(1.05);
    measure(RunJournal.open(file), "long", List.of("low"));
    assertThat(trained).hasSize(12);
  }
}
