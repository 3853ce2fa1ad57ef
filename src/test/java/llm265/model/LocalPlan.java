package llm265.model;

import java.util.List;
import java.util.stream.IntStream;
import llm265.dtype.TensorView;

/** A plan for tensors of this process, all of which are compressed. */
final class LocalPlan {
  private LocalPlan() {}

  static BudgetPlanner.Plan of(ModelSettings settings, List<TensorView> tensors, double budgetBytes, double fileBytes) {
    return BudgetPlanner.plan(
        settings, new LocalCoder(tensors, settings, null), tensors, IntStream.range(0, tensors.size()).toArray(), budgetBytes,
        fileBytes);
  }
}
