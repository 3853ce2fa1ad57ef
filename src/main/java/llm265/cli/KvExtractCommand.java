package llm265.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import llm265.checkpoint.file.OutputFile;
import llm265.runtime.KvCacheReader;
import llm265.runtime.transform.KvPart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 kv extract}. */
@Command(
    name = "extract",
    description = {
      "Writes the H.264 stream of a layer's keys or values: a picture for each cell, page after page, which any decoder of the "
          + "High profile plays, hardware included. Only for files of kv compress --pictures."},
    mixinStandardHelpOptions = true)
final class KvExtractCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "File of kv compress --pictures")
  private Path input;

  @Option(names = "--layer", paramLabel = "N", required = true, description = "Number of the layer, from 0 on")
  private int layer;

  @Option(names = "--part", paramLabel = "P", required = true, description = "keys or values")
  private String partName;

  @Option(
      names = {"-o", "--output"}, paramLabel = "OUT", required = true,
      description = "File to write: .264; - for standard output")
  private Path output;

  @Option(names = "--profile", paramLabel = "FILE", description = "Profile that the file was coded with")
  private Path profile;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Arguments.requireDifferent(spec, input, output);
    OutputKind.BYTE_STREAM.requireName(spec, output);
    KvPart part = Arrays.stream(KvPart.values()).filter(one -> one.toString().equals(partName)).findFirst()
        .orElseThrow(() -> new ParameterException(spec.commandLine(), "--part " + partName + " is not keys or values"));
    KvCacheReader reader = KvInput.open(input, profile);
    if (layer < 0 || layer >= reader.spec().layers()) {
      throw new IllegalArgumentException(input + ": has " + reader.spec().layers() + " layers, and no layer " + layer);
    }
    byte[] stream;
    try {
      stream = reader.stream(layer, part);
    } catch (RuntimeException e) {
      throw KvInput.of(input, e);
    }
    if (stream.length == 0) {
      throw new IllegalArgumentException(input + ": has no pictures; kv compress makes them with --pictures");
    }
    try (OutputFile file = OutputFile.create(output)) {
      file.write(MemorySegment.ofArray(stream));
      file.commit();
    }
    return 0;
  }
}
