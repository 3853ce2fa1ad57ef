package llm265.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.NpyFile;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.TensorView;
import llm265.model.CompressedModel;
import llm265.model.ModelDecompressor;
import llm265.model.OutputForm;
import llm265.model.OutputPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 decompress}. */
@Command(
    name = "decompress",
    description = {
      "Decodes a compressed model, or the stream of one tensor.",
      "Writes a .safetensors file, or, of a single tensor, a .npy file; the .gguf file that the model was made of; or the folder "
          + "of a model, as Hugging Face's libraries read it. If the making of a folder is stopped, the same command goes on."
    },
    mixinStandardHelpOptions = true)
final class DecompressCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "IN",
      description = "A compressed .safetensors file, the folder of one or several, or the stream of a tensor")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "File to write: .npy, .gguf, else safetensors; - for standard output. Or a folder, if IN is one, or if it "
          + "ends with /")
  private Path output;

  @Mixin private OutputFormOptions forms;

  @Mixin private ShardOption shards;

  @Option(
      names = "--base",
      paramLabel = "A",
      description = "The model that the input's tensors are told from, if it is not beside the input under the name there")
  private Path base;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  /** Values that became infinite, by tensor. */
  private final Map<String, Long> overflows = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    boolean isFolder = FolderOutput.isWanted(spec, input, output);
    forms.requireFor(output, isFolder);
    if (isFolder) {
      decompressModel(true);
      return 0;
    }
    Arguments.requireDifferent(spec, Arguments.isStream(input) ? input : CheckpointFolder.weightsOf(input), output);
    OutputKind.TENSORS.requireName(spec, output);
    if (base != null) {
      Arguments.requireDifferent(spec, base, output);
    }
    if (Arguments.hasSuffix(output, ".npy") && forms.floatType() == DType.BF16) {
      throw new ParameterException(spec.commandLine(), ".npy files have no type bf16; write .safetensors, or --dtype f32");
    }
    if (Arguments.isStream(input) || Arguments.hasSuffix(output, ".npy")) {
      forms.requireNone();
      decompressSingle();
    } else {
      decompressModel(false);
    }
    return 0;
  }

  private void decompressModel(boolean toFolder) throws IOException {
    try (CompressedModel model = CompressedModel.open(input, base);
        ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      ModelDecompressor planner = ModelDecompressor.create()
          .withThreads(executor, threads.count())
          .withForm(forms.form(Files.isDirectory(input) ? input : null));
      boolean isGguf = !toFolder && Arguments.hasSuffix(output, ".gguf");
      OutputPlan plan = isGguf ? planner.planGguf(model) : planner.plan(model);
      Map<String, Long> values = plan.values();
      try (Progress progress = new Progress("decompress", values.values().stream().mapToLong(Long::longValue).sum())) {
        ModelDecompressor decompressor = planner
            .withProgress(name -> progress.step(values.get(name)))
            .withOverflows((name, count) -> overflows.merge(name, count, Long::sum));
        if (toFolder) {
          writeFolder(decompressor, model, plan);
        } else {
          decompressor.write(plan, output);
        }
      }
      Notes.overflows(spec, overflows, forms.types());
      Notes.names(plan.leftOut().stream().map(ModelFormatException::quote).toList()).ifPresent(
          names -> Notes.print(spec, "left out, since Hugging Face files have no such tensors: " + names));
    }
  }

  private void writeFolder(ModelDecompressor decompressor, CompressedModel model, OutputPlan plan) throws IOException {
    try (FolderOutput folder = FolderOutput.open(spec, input, output, model.files(), false)) {
      folder.run(part -> {
        decompressor.write(plan, part, shards.bytes());
        return null;
      });
      if (plan.changesQuantization()) {
        folder.finishConverted(plan);
      } else {
        folder.finish(forms.floatType());
      }
    }
  }

  private void decompressSingle() throws IOException {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        TensorSet tensors = TensorSet.open(input, base, executor, threads.count());
        Arena arena = Arena.ofShared()) {
      Notes.unread(spec, input, tensors.unread());
      if (tensors.entries().size() != 1) {
        throw new IllegalArgumentException(
            input + ": has " + tensors.entries().size() + " tensors, a .npy file holds one; extract one first");
      }
      TensorView tensor = converted(tensors.entries().getFirst().values(arena));
      Notes.overflows(spec, overflows, forms.types());
      if (Arguments.hasSuffix(output, ".npy")) {
        try (OutputFile file = OutputFile.create(output)) {
          NpyFile.write(file, tensor);
          file.commit();
        }
      } else {
        try (SafetensorsWriter writer =
            SafetensorsWriter.create(output, SafetensorsWriter.entryBytes(tensor.name(), tensor.rank()))) {
          writer.add(tensor);
          writer.commit(Map.of());
        }
      }
    }
  }

  private TensorView converted(TensorView tensor) {
    DType from = tensor.dtype();
    DType to = forms.floatType();
    if (to == null || to == from || !OutputForm.isConverted(from)) {
      return tensor;
    }
    MemorySegment data =
        FloatConversion.convert(tensor.data(), from, to, count -> overflows.put(tensor.name(), count));
    return new TensorView(tensor.name(), to, tensor.shape(), data);
  }
}
