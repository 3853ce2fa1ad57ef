package llm265.runtime.training;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;

/** The library that computes models. It is loaded by name, since it is there only for who trains. */
public final class TrainingLibrary {
  private static final String MODEL = "llm265.runtime.training.torch.TorchGpt";

  private TrainingLibrary() {}

  /**
   * A model of a shape.
   *
   * @throws IOException if the library is not there, or does not run on this machine
   */
  public static TrainableModel load(GptShape shape) throws IOException {
    try {
      return (TrainableModel) Class.forName(MODEL).getDeclaredConstructor(GptShape.class).newInstance(shape);
    } catch (InvocationTargetException e) {
      throw missing(e.getCause());
    } catch (ReflectiveOperationException | LinkageError e) {
      throw missing(e);
    }
  }

  private static IOException missing(Throwable cause) {
    return new IOException("training takes PyTorch's library, which is not there or does not run on this machine; the program "
        + "llm265 fetches it when it starts with 'bench gradients' or 'bench activations' (" + cause + ")", cause);
  }
}
