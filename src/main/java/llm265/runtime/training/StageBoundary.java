package llm265.runtime.training;

/** What becomes of the tensors that go from a model's stage to its neighbours. Boundary {@code i} is behind stage {@code i}. */
public interface StageBoundary {
  /** Nothing is lost. */
  StageBoundary EXACT = new StageBoundary() {
    @Override
    public void forward(int boundary, float[] values, int rows, int columns) {
      // The next stage gets what this one sent.
    }

    @Override
    public void backward(int boundary, float[] values, int rows, int columns) {
      // So does the stage before.
    }
  };

  /**
   * Sends activations to the next stage.
   *
   * @param values {@code rows x columns}, a row for each token; replaced by what the next stage gets
   */
  void forward(int boundary, float[] values, int rows, int columns);

  /**
   * Sends the loss's gradient by the activations back.
   *
   * @param values {@code rows x columns}, a row for each token; replaced by what the stage before gets
   */
  void backward(int boundary, float[] values, int rows, int columns);
}
