package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.NpyFile;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.TensorView;
import llm265.runtime.KvCacheReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 kv decompress}. */
@Command(
    name = "decompress",
    description = "Writes the tensors of the dump that kv compress has compressed, under their names and of their shapes.",
    mixinStandardHelpOptions = true)
final class KvDecompressCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "File of kv compress")
  private Path input;

  @Option(
      names = {"-o", "--output"}, paramLabel = "OUT", required = true,
      description = "File to write: .npy for one tensor, else .safetensors")
  private Path output;

  @Option(names = "--profile", paramLabel = "FILE", description = "Profile that the file was coded with")
  private Path profile;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Arguments.requireDifferent(spec, input, output);
    OutputKind.TENSORS.requireName(spec, output);
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      KvCacheReader reader = KvInput.open(input, profile).withThreads(executor, threads.count());
      KvDump dump;
      try {
        dump = KvDump.empty(reader.note(), reader.spec().dtype());
        reader.read(0, reader.tokens(), dump.view(), 0);
      } catch (RuntimeException e) {
        throw KvInput.of(input, e);
      }
      if (Arguments.hasSuffix(output, ".npy") && dump.tensors().size() == 1) {
        try (OutputFile file = OutputFile.create(output)) {
          NpyFile.write(file, dump.tensors().getFirst());
          file.commit();
        }
      } else {
        write(dump);
      }
    }
    return 0;
  }

  private void write(KvDump dump) throws IOException {
    try (SafetensorsWriter writer = SafetensorsWriter.create(output, 0)) {
      for (TensorView tensor : dump.tensors()) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
  }
}
