package llm265.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmingKernelsTest {
  private static final long TURNS = 20_000;

  /** An interface of the kind that is loaded. */
  public interface Named {
    String name();
  }

  /** Kernels whose vector code takes {@code vectorTurns} times as long as the reference takes {@link #TURNS}. */
  static final class Warming extends WarmingKernels implements Named {
    private final AtomicLong sink = new AtomicLong();
    private final long vectorTurns;

    Warming(long vectorTurns) {
      this.vectorTurns = vectorTurns;
    }

    @Override
    public String name() {
      return isWarm() ? "vector" : "reference";
    }

    @Override
    protected Runnable rehearsal(boolean vector) {
      long turns = vector ? vectorTurns : TURNS;
      return () -> {
        for (long i = 0; i < turns; i++) {
          sink.addAndGet(i);
        }
      };
    }
  }

  /** Kernels that {@link KernelLoader} can make. */
  public static final class Loadable extends WarmingKernels implements Named {
    @Override
    public String name() {
      return isWarm() ? "vector" : "reference";
    }

    @Override
    protected Runnable rehearsal(boolean vector) {
      return () -> {};
    }
  }

  private static String loaded(String mode) {
    return KernelLoader.load(Named.class, () -> "scalar", Loadable.class.getName(), mode, true).name();
  }

  @Test
  void theVectorCodeIsUsedAtOnceUnlessStartedCold() {
    assertThat(new Warming(1).name()).isEqualTo("vector");
    assertThat(loaded("vector")).isEqualTo("vector");
    assertThat(loaded("auto")).isEqualTo("reference");
  }

  @Test
  void coldKernelsTurnToTheVectorCodeOnceItIsFaster() {
    Warming kernels = new Warming(1);
    kernels.startCold();
    assertThat(kernels.name()).isEqualTo("reference");
    kernels.warmUp();
    assertThat(kernels.name()).isEqualTo("vector");
  }

  @Test
  void aProcessThatLastsBeginsTheRehearsalByItself() throws InterruptedException {
    Warming kernels = new Warming(1);
    kernels.startCold();
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (kernels.name().equals("reference") && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(kernels.name()).isEqualTo("vector");
  }
}
