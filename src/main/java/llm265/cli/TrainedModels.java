package llm265.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import llm265.runtime.training.GptShape;
import llm265.runtime.training.TrainableModel;
import llm265.runtime.training.TrainingLibrary;

/** Where the models that commands train come from. */
interface TrainedModels {
  /** PyTorch's library. It remarks on versions of its parts while it is loaded, which must not look like an error of ours. */
  TrainedModels LIBRARY = shape -> {
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try {
      return TrainingLibrary.load(shape);
    } finally {
      System.setErr(err);
    }
  };

  /** Symbols that a model sees. */
  int CONTEXT = 64;

  /** Windows that a worker sees in a step. */
  int WINDOWS = 4;

  /** Channels of a token, and heads. */
  int WIDTH = 64;
  int HEADS = 4;

  /** A model of a shape. */
  TrainableModel load(GptShape shape) throws IOException;

  /** The shape of all models but for their depth. */
  static GptShape shape(int vocabulary, int layers) {
    return new GptShape(vocabulary, layers, WIDTH, HEADS, CONTEXT);
  }
}
