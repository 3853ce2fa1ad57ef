package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FileBudgetTest {
  private final long[] values = {1000, 3000, 4000};

  @Test
  void bitsAreSharedEqually() {
    FileBudget budget = new FileBudget(values, 3000, FileBudget.Allocation.EQUAL);

    assertThat(budget.target(0)).isEqualTo(3);
    assertThat(budget.target(2)).isEqualTo(3);
  }

  @Test
  void nothingIsCodedAgainWhenTheTotalIsNear() {
    FileBudget budget = new FileBudget(values, 3000, FileBudget.Allocation.EQUAL);

    assertThat(budget.correct(new long[] {376, 1128, 1498})).isEmpty();
  }

  @Test
  void whatOneLeavesGoesToThoseThatMetTheirTargets() {
    FileBudget budget = new FileBudget(values, 3000, FileBudget.Allocation.EQUAL);

    assertThat(budget.correct(new long[] {100, 1125, 1500})).containsExactly(1, 2);
    assertThat(budget.target(0)).isEqualTo(3);
    assertThat(budget.target(1)).isCloseTo(3 + 8 * 275.0 / 7000, within(1e-9));
    assertThat(budget.target(1) * 3000 + budget.target(2) * 4000).isCloseTo(8 * 2900, within(1e-6));
  }

  @Test
  void whatOneTakesTooMuchIsTakenFromTheOthers() {
    FileBudget budget = new FileBudget(values, 3000, FileBudget.Allocation.EQUAL);

    assertThat(budget.correct(new long[] {375, 1125, 2000})).containsExactly(0, 1);
    assertThat(budget.target(0)).isLessThan(3);
  }

  @Test
  void noneIsCodedAgainWhenNoneCanBeMoved() {
    FileBudget budget = new FileBudget(values, 3000, FileBudget.Allocation.EQUAL);

    assertThat(budget.correct(new long[] {40, 40, 40})).isEmpty();
  }

  @Test
  void budgetThatIsUsedUpAlreadyAsksForTheLeast() {
    FileBudget budget = new FileBudget(values, -500, FileBudget.Allocation.EQUAL);

    assertThat(budget.target(0)).isPositive().isLessThan(0.1);
  }

  @Test
  void allocationDecides() {
    FileBudget budget = new FileBudget(values, 3000, (counts, bits) -> new double[] {1, 2, 4});

    assertThat(budget.target(2)).isEqualTo(4);
  }
}
