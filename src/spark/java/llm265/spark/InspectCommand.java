package llm265.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import llm265.cli.CheckpointListing;
import llm265.cli.ModelListing;
import llm265.cli.QuantizedInput;
import llm265.cli.output.Notes;
import llm265.model.CompressedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect} of models in any store; a cluster reads the headers of compressed tensors. */
@Command(
    name = "inspect",
    description = "Shows the tensors of a model, and their sizes where it is compressed, decoding nothing.",
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  /** Headers are shorter: rotations, the longest part, are of tensors of 2^25 values at most, and take up to 3 MB. */
  private static final long HEADER_BYTES = 1 << 24;

  @Parameters(paramLabel = "IN", description = "A .safetensors file, or a model's folder")
  private String input;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (Cluster cluster = Cluster.start("llm265 inspect " + input)) {
      OutputPlace place = OutputPlace.ofInput(spec, cluster, input);
      boolean isCompressed;
      try (OpenedModel model = place.openInput()) {
        isCompressed = CompressedModel.isCompressed(model.checkpoint());
        if (!isCompressed) {
          model.fillSmall();
          new CheckpointListing(model.checkpoint(), QuantizedInput.of(model.path(), model.checkpoint())).print(out, json);
        }
      }
      if (isCompressed) {
        inspect(cluster, place, out);
      }
    }
    out.flush();
    return 0;
  }

  private void inspect(Cluster cluster, OutputPlace place, PrintWriter out) throws IOException {
    try (CompressedParts parts = CompressedParts.open(cluster, place)) {
      List<ArrayList<ModelListing.Entry>> entries = parts.run(
          "read " + Notes.count(parts.model().tensors().size(), "header"), parts.parts(), HEADER_BYTES,
          (part, tensors, opened, scratch, figures) ->
              new ArrayList<>(tensors.tensors().stream().map(ModelListing.Entry::of).toList()));
      ModelListing listing = ModelListing.of(parts.model(), entries.stream().<ModelListing.Entry>flatMap(List::stream).toList());
      listing.notes().forEach(note -> Notes.print(spec, note));
      listing.print(out, json);
    }
  }
}
