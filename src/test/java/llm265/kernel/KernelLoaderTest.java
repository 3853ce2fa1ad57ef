package llm265.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KernelLoaderTest {
  /** A kernel interface of the kind that is loaded. */
  public interface Sum {
    int sum(int a, int b);
  }

  /** Stands for the reference. */
  public static final class Reference implements Sum {
    @Override
    public int sum(int a, int b) {
      return a + b;
    }
  }

  /** Stands for the class with the Vector API; wrong when a is 13. */
  public static final class Contender implements Sum {
    @Override
    public int sum(int a, int b) {
      return a == 13 ? 0 : a + b;
    }
  }

  /** A class that cannot be made without arguments. */
  public static final class NotConstructible implements Sum {
    private final int value;

    public NotConstructible(int value) {
      this.value = value;
    }

    @Override
    public int sum(int a, int b) {
      return value;
    }
  }

  private static final Reference REFERENCE = new Reference();
  private static final String CONTENDER = Contender.class.getName();

  private static Sum load(String mode, boolean vectorModulePresent) {
    return KernelLoader.load(Sum.class, REFERENCE, CONTENDER, mode, vectorModulePresent);
  }

  @Test
  void autoTakesTheVectorKernelsWhereTheModuleIs() {
    assertThat(load("auto", true)).isInstanceOf(Contender.class);
    assertThat(load("auto", false)).isSameAs(REFERENCE);
  }

  @Test
  void scalarTakesTheReferenceEvenWithTheModule() {
    assertThat(load("scalar", true)).isSameAs(REFERENCE);
  }

  @Test
  void vectorWithoutTheModuleIsAnErrorThatSaysWhatToDo() {
    assertThat(load("vector", true)).isInstanceOf(Contender.class);
    assertThatThrownBy(() -> load("vector", false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--add-modules jdk.incubator.vector");
    assertThatThrownBy(() -> load("checked", false)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void checkedRunsBothAndFindsTheDifference() {
    Sum checked = load("checked", true);
    assertThat(checked.sum(2, 3)).isEqualTo(5);
    assertThatThrownBy(() -> checked.sum(13, 3))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Contender.sum");
  }

  @Test
  void anUnknownModeIsAnError() {
    assertThatThrownBy(() -> load("fast", true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fast");
  }

  @Test
  void anInterfaceWithoutVectorKernelsGetsTheReferenceInEveryMode() {
    for (String mode : new String[] {"auto", "scalar", "vector", "checked"}) {
      assertThat(KernelLoader.load(Sum.class, REFERENCE, null, mode, true)).as(mode).isSameAs(REFERENCE);
    }
  }

  @Test
  void aClassThatIsMissingOrCannotBeMadeIsAnErrorEvenInAuto() {
    assertThatThrownBy(() -> KernelLoader.load(Sum.class, REFERENCE, "llm265.NoSuchKernels", "auto", true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("NoSuchKernels");
    String unmakeable = NotConstructible.class.getName();
    assertThatThrownBy(() -> KernelLoader.load(Sum.class, REFERENCE, unmakeable, "auto", true))
        .isInstanceOf(IllegalStateException.class);
  }
}
