package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunJournalTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("a.journal");
  }

  private static RunFigures figures(double loss) {
    return new RunFigures(Map.of("loss", loss, "up", 1 / 3.0), "0123abcd");
  }

  @Test
  void finishedRunsAreThereAgain() throws IOException {
    RunJournal journal = RunJournal.open(file());
    journal.add("raw lr 0.002", figures(1.5));
    journal.add("diverged", figures(Double.NaN));
    RunJournal again = RunJournal.open(file());
    assertThat(again.find("raw lr 0.002")).contains(figures(1.5));
    assertThat(again.find("diverged")).contains(figures(Double.NaN));
    assertThat(again.find("raw")).isEmpty();
  }

  @Test
  void aLineThatWasCutOffIsMadeAgain() throws IOException {
    RunJournal.open(file()).add("one", figures(1));
    String whole = Files.readString(file());
    Files.writeString(file(), whole + whole.replace("one", "two").substring(0, whole.length() - 4));
    RunJournal journal = RunJournal.open(file());
    assertThat(journal.find("two")).isEmpty();
    journal.add("two", figures(2));
    assertThat(RunJournal.open(file()).find("one")).contains(figures(1));
    assertThat(RunJournal.open(file()).find("two")).contains(figures(2));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    for (String other : new String[] {"hello\n", "a\tb\tc\n", "a\tb\tloss=x\n", "a\tb\tup=1\n", "\n"}) {
      Files.writeString(file(), other);
      assertThatIOException().as(other).isThrownBy(() -> RunJournal.open(file())).withMessageContaining("not a journal");
    }
    Files.write(file(), new byte[] {(byte) 0xff, '\n'});
    assertThatIOException().isThrownBy(() -> RunJournal.open(file())).withMessageContaining("not a journal");
  }
}
