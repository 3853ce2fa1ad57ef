package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.dtype.TensorView;
import llm265.model.CompressedModel;
import llm265.parallel.Workers;
import llm265.quantized.DequantizedCheckpoint;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --requantize}: weights that are quantized already lose something once more. */
final class RequantizeOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--requantize",
      description = "Code weights that are quantized already with loss, as BF16 values, instead of keeping them exactly: their "
          + "loss counts twice. In a folder they become plain weights, and config.json says so. A temporary file beside OUT "
          + "takes two bytes a value")
  private boolean requantizes;

  boolean isOn() {
    return requantizes;
  }

  /**
   * Opens a checkpoint, with this option as plain tensors.
   *
   * @param input the file, or the folder
   * @param file the file that opens the weights
   * @param wanted tensors of block types that are not stay as they are
   * @throws IllegalArgumentException if there is nothing to dequantize, or the method is not read
   */
  Checkpoint open(Path input, Path file, Path output, Predicate<TensorView> wanted, Workers workers) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(file);
    try {
      return requantizes && !CompressedModel.isCompressed(checkpoint)
          ? dequantized(input, checkpoint, output, wanted, workers)
          : checkpoint;
    } catch (IOException | RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private Checkpoint dequantized(
      Path input, Checkpoint checkpoint, Path output, Predicate<TensorView> wanted, Workers workers) throws IOException {
    QuantizedInput quantized = QuantizedInput.of(input, checkpoint);
    quantized.weights().requireReadable();
    int count = quantized.count(wanted);
    if (count == 0) {
      throw new IllegalArgumentException(input + ": has no quantized tensors, so --requantize has nothing to do");
    }
    Checkpoint plain;
    try (Progress progress = new Progress("dequantize", quantized.values(wanted))) {
      plain = DequantizedCheckpoint.of(checkpoint, quantized.weights(), wanted, output, workers, progress::step);
    }
    quantized.notes().forEach(note -> Notes.print(spec, note));
    Notes.print(spec, Notes.count(count, "tensor") + (count == 1 ? " was" : " were")
        + " quantized before: their loss is counted twice; SNR is that of the values they had");
    return plain;
  }
}
