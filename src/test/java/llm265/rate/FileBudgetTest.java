package llm265.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FileBudgetTest {
  private final long[] values = {1000, 3000, 4000};
  private final double[] targets = {3, 3, 3};

  private FileBudget budget(double bytes, boolean... unmovable) {
    return new FileBudget(values, targets, unmovable.length == 0 ? new boolean[3] : unmovable, bytes, bytes);
  }

  @Test
  void nothingIsCodedAgainWhenTheTotalIsNear() {
    assertThat(budget(3000).correct(new long[] {376, 1128, 1502})).isEmpty();
  }

  @Test
  void whatOneLeavesGoesToThoseThatMetTheirTargets() {
    FileBudget budget = budget(3000);

    assertThat(budget.correct(new long[] {100, 1125, 1500})).containsExactly(1, 2);
    assertThat(budget.target(0)).isEqualTo(3);
    assertThat(budget.target(1)).isCloseTo(3 + 8 * 275.0 / 7000, within(1e-9));
    assertThat(budget.target(1) * 3000 + budget.target(2) * 4000).isCloseTo(8 * 2900, within(1e-6));
  }

  @Test
  void littleIsTakenUpByTheLargestAlone() {
    FileBudget budget = budget(3000);

    assertThat(budget.correct(new long[] {375, 1125, 1520})).containsExactly(2);
    assertThat(budget.target(2) * 4000 / 8).isCloseTo(1500, within(1e-6));
  }

  @Test
  void whatOneTakesTooMuchIsTakenFromTheOthers() {
    FileBudget budget = budget(3000);

    assertThat(budget.correct(new long[] {375, 1125, 2000})).containsExactly(0, 1);
    assertThat(budget.target(0)).isLessThan(3);
  }

  @Test
  void unmovableTensorsStayAsTheyAre() {
    FileBudget budget = budget(3000, false, true, false);

    assertThat(budget.correct(new long[] {300, 1125, 1500})).containsExactly(2);
    assertThat(budget.target(1)).isEqualTo(3);
  }

  @Test
  void noneIsCodedAgainWhenNoneCanBeMoved() {
    assertThat(budget(3000).correct(new long[] {40, 40, 40})).isEmpty();
  }

  @Test
  void targetsStayInReach() {
    FileBudget budget = new FileBudget(values, new double[] {-5, 0, 99}, new boolean[3], 3000, 3000);

    assertThat(budget.target(0)).isPositive().isLessThan(0.1);
    assertThat(budget.target(2)).isEqualTo(16);
  }
}
