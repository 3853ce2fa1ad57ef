package llm265.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import llm265.checkpoint.file.ModelFormatException;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.CompressionNotes;
import llm265.cli.output.Notes;
import llm265.model.CompressedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify} on a cluster. */
@Command(
    name = "verify",
    description = "Decodes everything in a compressed model on a Spark cluster, and checks its checksums.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IN", description = "A compressed .safetensors file, or the folder of one or several")
  private String input;

  @Spec private CommandSpec spec;

  /**
   * What checking a part came to.
   *
   * @param faults a sentence about each damaged tensor
   * @param qualities signal-to-noise ratios of coded tensors in dB, by the tensors' names
   */
  private record Checked(List<String> faults, Map<String, Double> qualities) implements Serializable {}

  @Override
  public Integer call() throws IOException {
    try (Cluster cluster = Cluster.start("llm265 verify " + input);
        CompressedParts parts = CompressedParts.open(cluster, OutputPlace.ofInput(spec, cluster, input))) {
      try {
        parts.readSource();
      } catch (ModelFormatException e) {
        throw new CheckFailedException(parts.opened().named(e.getMessage()));
      }
      List<Checked> results = parts.run(
          "verify " + Notes.count(parts.model().tensors().size(), "tensor"), parts.parts(), Long.MAX_VALUE,
          (part, tensors, opened, scratch, figures) -> check(tensors, opened));
      report(results, parts.model().tensors().size());
    }
    return 0;
  }

  private static Checked check(CompressedModel part, OpenedModel opened) {
    Checked checked = new Checked(new ArrayList<>(), new HashMap<>());
    for (CompressedModel.Tensor tensor : part.tensors()) {
      try {
        part.verify(tensor);
        if (!tensor.isKept()) {
          checked.qualities.put(tensor.name(), tensor.coded().describe().snr());
        }
      } catch (ModelFormatException e) {
        checked.faults.add(opened.named(e.getMessage()));
      }
    }
    return checked;
  }

  private void report(List<Checked> results, int count) {
    List<String> faults = results.stream().flatMap(result -> result.faults.stream()).toList();
    if (!faults.isEmpty()) {
      throw CheckFailedException.ofTensors(spec, input, faults, count);
    }
    Map<String, Double> qualities = new LinkedHashMap<>();
    results.forEach(result -> qualities.putAll(result.qualities));
    CompressionNotes.ofQuality(qualities).forEach(note -> Notes.print(spec, note));
    PrintWriter out = spec.commandLine().getOut();
    out.println(input + ": " + (count == 1 ? "the tensor is" : "all " + count + " tensors are") + " intact");
    out.flush();
  }
}
