package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import llm265.checkpoint.file.OutputFile;
import llm265.model.CompressedModel;
import llm265.tensor.decode.TensorStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 extract}. */
@Command(
    name = "extract",
    description = "Writes the stream of one tensor, which decompress turns back into the tensor. Any player shows it, if the "
        + "tensor was compressed with --codec h264.",
    mixinStandardHelpOptions = true)
final class ExtractCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IN", description = "A compressed .safetensors file, or the folder of one or several")
  private Path input;

  @Option(names = "--tensor", paramLabel = "NAME", required = true, description = "Name of the tensor")
  private String name;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "File to write: .264, or .trinity if the tensor has no pictures; - for standard output")
  private Path output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Arguments.requireDifferent(spec, input, output);
    try (CompressedModel model = CompressedModel.open(input)) {
      CompressedModel.Tensor tensor = model.tensors().stream()
          .filter(candidate -> candidate.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(input + ": there is no tensor named " + name));
      if (!tensor.isStream()) {
        throw new IllegalArgumentException(input + ": tensor " + name + (tensor.isKept()
            ? " is kept as it was, it has no stream" : " is not a stream by itself"));
      }
      (TensorStream.isWithoutPictures(tensor.data()) ? OutputKind.TRELLIS_STREAM : OutputKind.BYTE_STREAM)
          .requireName(spec, output);
      try (OutputFile file = OutputFile.create(output)) {
        file.write(tensor.data());
        file.commit();
      }
    }
    return 0;
  }
}
