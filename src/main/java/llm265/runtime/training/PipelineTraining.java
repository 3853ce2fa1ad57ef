package llm265.runtime.training;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import llm265.runtime.exchange.DistributedOptimizer;
import llm265.runtime.exchange.TensorLink;

/**
 * A run of training on a pipeline: each stage sends its activations to the next one, and gradients by them come back. What the
 * links lose is not differentiated (straight-through). Stages share one exact optimizer.
 */
public final class PipelineTraining {
  /** Loss of the validation if its activations go over the links, too. */
  public static final String LINKED_LOSS = "linked-loss";

  private final TrainableModel model;
  private final GradientTraining training;

  /** @param validation windows that the loss is of */
  public PipelineTraining(TrainableModel model, CharacterText text, List<int[][]> validation) {
    this.model = model;
    this.training = new GradientTraining(model, text, validation);
  }

  /**
   * Trains from the beginning.
   *
   * @param recipe with one worker, which is the pipeline
   * @param optimizer that has made no step yet
   * @param forward makes the link of a boundary for activations
   * @param backward makes that for gradients
   * @param stepped told of every step
   */
  public RunFigures run(
      TrainingRecipe recipe, DistributedOptimizer optimizer, Supplier<TensorLink> forward, Supplier<TensorLink> backward,
      Runnable stepped) throws IOException {
    CompressedBoundaries boundaries = new CompressedBoundaries(model.boundaries(), recipe.steps(), forward, backward);
    GradientTraining.Trained trained = training.train(recipe, optimizer, boundaries, RunSnapshot.none(), step -> {
      boundaries.stepped();
      stepped.run();
    });
    Map<String, Double> figures = new LinkedHashMap<>(trained.figures().values());
    figures.remove(GradientTraining.UP);
    figures.remove(GradientTraining.DOWN);
    boundaries.addTo(figures);
    figures.put(LINKED_LOSS, training.loss(trained.weights(), boundaries));
    return new RunFigures(figures, trained.figures().fingerprint());
  }
}
