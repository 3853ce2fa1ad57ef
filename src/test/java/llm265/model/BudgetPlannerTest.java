package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import llm265.dtype.TensorView;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import org.junit.jupiter.api.Test;

class BudgetPlannerTest {
  private static final int VALUES = 64 * 96;
  private static final double BITS = 3;

  private static TensorView gaussian(String name, double scale) {
    Random random = new Random(name.hashCode());
    float[] values = new float[VALUES];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * random.nextGaussian());
    }
    return TensorView.view(name, new long[] {64, 96}, values);
  }

  private static final List<TensorView> TENSORS =
      List.of(gaussian("layers.0.a", 1), gaussian("layers.1.b", 4), gaussian("layers.2.c", 0.01));

  private static double[] targets(ModelSettings settings) {
    double bytes = BITS * TENSORS.size() * VALUES / 8;
    BudgetPlanner.Plan plan = LocalPlan.of(settings, TENSORS, bytes, bytes);
    return IntStream.range(0, TENSORS.size()).mapToDouble(plan.budget()::target).toArray();
  }

  private static ModelSettings settings(Allocation allocation) {
    ModelSettings settings = ModelSettings.at(new RateTarget.Bits(BITS));
    return settings.with(settings.sharing().with(allocation));
  }

  private static double sum(double[] targets) {
    return IntStream.range(0, targets.length).mapToDouble(i -> targets[i]).sum();
  }

  @Test
  void equalSharesAreEqual() {
    assertThat(targets(settings(Allocation.UNIFORM))).containsOnly(BITS);
  }

  @Test
  void bitsGoWhereTheySaveMostAndNoTensorIsWipedOut() {
    double[] targets = targets(settings(Allocation.SLOPE));
    assertThat(sum(targets)).isCloseTo(TENSORS.size() * BITS, within(1e-6));
    // Four times the deviation is two bits more; what is a hundredth gets half of the mean all the same.
    assertThat(targets[1] - targets[0]).isCloseTo(2, within(0.2));
    assertThat(targets[2]).isCloseTo(BITS / 2, within(1e-6));
  }

  @Test
  void scalesOfTensorsSayNothingWhereErrorsAreRelative() {
    double[] targets = targets(settings(Allocation.RELATIVE));
    assertThat(sum(targets)).isCloseTo(TENSORS.size() * BITS, within(1e-6));
    assertThat(targets).containsExactly(new double[] {BITS, BITS, BITS}, within(0.1));
  }

  private static double[] relative(List<TensorView> tensors) {
    double bytes = BITS * tensors.stream().mapToLong(TensorView::count).sum() / 8;
    BudgetPlanner.Plan plan = LocalPlan.of(settings(Allocation.RELATIVE), tensors, bytes, bytes);
    return IntStream.range(0, tensors.size()).mapToDouble(plan.budget()::target).toArray();
  }

  @Test
  void matricesCountByTheirPartInAModel() {
    double[] targets = relative(List.of(
        gaussian("layers.0.self_attn.v_proj.weight", 1), gaussian("layers.0.self_attn.q_proj.weight", 1),
        gaussian("layers.0.self_attn.o_proj.weight", 1), gaussian("lm_head.weight", 1), gaussian("embed_tokens.weight", 1)));
    // Half a bit for each factor of two.
    assertThat(targets[0] - targets[1]).isCloseTo(1, within(0.15));
    assertThat(targets[2] - targets[1]).isCloseTo(0.5, within(0.15));
    assertThat(targets[3] - targets[2]).isCloseTo(0.5 * Math.log(6) / Math.log(2), within(0.15));
    assertThat(targets[4]).isLessThan(targets[2]);
  }

  @Test
  void embeddingsCountAsAHeadWhereThereIsNone() {
    double[] targets = relative(List.of(gaussian("layers.0.o_proj.weight", 1), gaussian("embed_tokens.weight", 1)));
    assertThat(targets[1] - targets[0]).isCloseTo(0.5 * Math.log(6) / Math.log(2), within(0.15));
    double[] ofEncoder =
        relative(List.of(gaussian("layer.0.attention.output.weight", 1), gaussian("embeddings.word_embeddings.weight", 1)));
    assertThat(ofEncoder[1]).isLessThan(ofEncoder[0]);
  }

  @Test
  void sharesByLayerLieOnALine() {
    double[] targets = targets(settings(Allocation.LINEAR));
    assertThat(sum(targets)).isCloseTo(TENSORS.size() * BITS, within(1e-6));
    assertThat(targets[2] - targets[1]).isCloseTo(targets[1] - targets[0], within(1e-6));
  }

  @Test
  void theOthersShareWhatAPinLeaves() {
    ModelSettings settings = settings(Allocation.UNIFORM);
    settings = settings.with(settings.sharing().with(new ModelSettings.Pin(Pattern.compile("b$"), 5)));
    assertThat(targets(settings)).containsExactly(2, 5, 2);
  }

  @Test
  void pinsThatLeaveNothingAreRefused() {
    ModelSettings all = settings(Allocation.SLOPE);
    ModelSettings settings = all.with(all.sharing().with(new ModelSettings.Pin(Pattern.compile("[ab]$"), 4.5)));
    assertThatIllegalArgumentException().isThrownBy(() -> targets(settings)).withMessageContaining("which need 0.1");
  }

  @Test
  void whatIsKnownIsHandedOnWhereTensorsWereMeasured() {
    double bytes = BITS * TENSORS.size() * VALUES / 8;
    BudgetPlanner.Plan measured = LocalPlan.of(settings(Allocation.SLOPE), TENSORS, bytes, bytes);
    assertThat(measured.known()).allMatch(known -> known.choice() != null && known.curve() != null);
    BudgetPlanner.Plan uniform = LocalPlan.of(settings(Allocation.UNIFORM), TENSORS, bytes, bytes);
    assertThat(uniform.known()).allMatch(known -> known.choice() == null && known.curve() == null);
  }
}
