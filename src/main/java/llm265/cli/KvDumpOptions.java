package llm265.cli;

import java.nio.file.Path;
import java.util.List;
import llm265.checkpoint.Checkpoint;
import llm265.dtype.TensorView;
import picocli.CommandLine.Option;

/** What says how a dump is laid out, the same for all commands. */
final class KvDumpOptions {
  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "heads_first: [heads, tokens, dim]; tokens_first: [tokens, heads, dim]; page_first: one tensor "
          + "[2, tokens, layers, heads, dim] (default: by shapes; three dimensions and four with a batch are heads_first)")
  private KvDump.Order order;

  @Option(names = "--layers", paramLabel = "N", description = "Layers that the dump must have")
  private int layers;

  @Option(names = "--heads", paramLabel = "N", description = "Heads of keys and values, where shapes do not say")
  private int heads;

  @Option(names = "--dim", paramLabel = "N", description = "Size of a head that the dump must have")
  private int dim;

  /** The dump in a file; the tensors are the file's as long as it is open. */
  KvDump open(Path path, Checkpoint file) {
    List<TensorView> tensors = file.tensors().stream().filter(tensor -> tensor.dtype().isFloat() && tensor.rank() > 1).toList();
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException(path + " has no tensors of keys and values");
    }
    try {
      KvDump dump = new KvDump(tensors, order, heads);
      require("layers", layers, dump.layers());
      require("heads", heads, dump.kvHeads());
      require("dim", dim, dump.keyDim());
      return dump;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
  }

  private static void require(String name, int wanted, int found) {
    if (wanted != 0 && wanted != found) {
      throw new IllegalArgumentException("--" + name + " " + wanted + " is not the dump's " + found);
    }
  }
}
