package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

class TrainingLibraryTest {
  @Test
  void withoutTheLibraryOneLineSaysHowToGetIt() {
    // The profile "training" has it on the class path; then the tests of the model itself run.
    boolean isThere = ClassLoader.getSystemResource("org/bytedeco/pytorch/" + platform() + "/libjnitorch.so") != null;
    if (!isThere) {
      assertThatIOException().isThrownBy(() -> TrainingLibrary.load(new GptShape(9, 1, 8, 2, 8)))
          .withMessageContaining("the program llm265 fetches it").satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }
  }

  private static String platform() {
    return System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x86_64";
  }
}
