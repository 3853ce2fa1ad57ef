package llm265.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.CheckpointFolder;
import llm265.cli.output.CompressionNotes;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.dtype.TensorView;
import llm265.fidelity.AllocationSearch;
import llm265.fidelity.TokenWindows;
import llm265.lm.architecture.Architecture;
import llm265.lm.weights.ModelFolder;
import llm265.model.CompressionReport;
import llm265.model.ModelBase;
import llm265.model.ModelCompressor;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 compress}. */
@Command(
    name = "compress",
    description = {
      "Compresses the tensors of a checkpoint: a file, or the folder of a model as Hugging Face's libraries write it.",
      "Tensors of F64, F32, F16 and BF16 with two dimensions or more and at least 4096 values become H.264 streams; vectors and "
          + "smaller matrices do so only where the file holds nothing else. Integers and FP8 are coded without loss, where that "
          + "makes them smaller; with --lossless tensors of every type are. Every other tensor is kept as it is. The output is "
          + "an ordinary safetensors file.",
      "Of a folder, the output is a folder too, with all files that go with the weights, unless a .safetensors file is named. If "
          + "the making of a folder is stopped, the same command goes on."
    },
    mixinStandardHelpOptions = true)
final class CompressCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "IN",
      description = "A .safetensors, .onnx or .npy file, or a model's folder; with --allocate search a folder with config.json, "
          + "model.safetensors or its shards, and a tokenizer, or its model.safetensors")
  private Path input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "File to write, .safetensors; - for standard output. Or a folder, if IN is one, or if it ends with /")
  private Path output;

  @Mixin private CodingOptions coding;

  @Option(
      names = "--text", paramLabel = "FILE",
      description = "With --allocate search: text that the model reads, in UTF-8; two windows of it, of 512 tokens, are used")
  private Path text;

  @Mixin private RequantizeOption requantize;

  @Mixin private ShardOption shards;

  @Mixin private CompressBase base;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ModelCompressor compressor = coding.compressor();
    require(!requantize.isOn() || !coding.isLossless(), "--requantize is for coding with loss");
    requireSearch();
    Path file = file();
    boolean toFolder = FolderOutput.isWanted(spec, input, output);
    if (!toFolder) {
      Arguments.requireDifferent(spec, file, output);
      OutputKind.SAFETENSORS.requireName(spec, output);
    }
    long start = System.nanoTime();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        Checkpoint checkpoint = requantize.open(
            input, file, output, coding::isWanted, new Workers(executor, threads.count()));
        CodingFiles files = CodingFiles.open(coding.sensitivity(), coding.calibration());
        ModelBase opened = base.open(output)) {
      Notes.unread(spec, file, checkpoint.unread());
      coding.requireFound(checkpoint);
      QuantizedInput quantized =
          requantize.isOn() ? QuantizedInput.of(checkpoint) : QuantizedInput.of(input, checkpoint);
      quantized.notes().forEach(note -> Notes.print(spec, note));
      compressor = files.apply(compressor, checkpoint)
          .withExact(quantized.parts())
          .withThreads(executor, threads.count())
          .withBase(opened);
      if (coding.sharing() == CodingOptions.Sharing.SEARCH) {
        compressor = searched(compressor, executor);
      }
      long values = compressor.selected(checkpoint).stream().mapToLong(TensorView::count).sum();
      CompressionReport report;
      try (Progress progress = new Progress("compress", values)) {
        ModelCompressor last = compressor.withProgress(tensor -> progress.step(tensor.values()));
        report = toFolder ? compressFolder(last, checkpoint) : last.compress(checkpoint, output);
      }
      // Values that were quantized took less than the tensors that were coded.
      long original = requantize.isOn()
          ? checkpoint.bytes()
          : report.tensors().stream().mapToLong(CompressionReport.Tensor::originalBytes).sum();
      new CompressionSummary(output.toString(), report, original).print(
          spec.commandLine().getOut(), (System.nanoTime() - start) / 1e9, quantized);
      files.notes(report).forEach(note -> Notes.print(spec, note));
      base.note(report, output);
      CompressionNotes.of(report, coding.rateTarget()).forEach(note -> Notes.print(spec, note));
    }
    return 0;
  }

  private CompressionReport compressFolder(ModelCompressor compressor, Checkpoint checkpoint) throws IOException {
    try (FolderOutput folder = FolderOutput.open(spec, input, output, checkpoint.files(), true)) {
      CompressionReport report = folder.run(part -> compressor.compress(checkpoint, part, shards.bytes()));
      if (requantize.isOn()) {
        folder.finishDequantized();
      } else {
        folder.finish(null);
      }
      return report;
    }
  }

  private void requireSearch() {
    boolean isSearch = coding.sharing() == CodingOptions.Sharing.SEARCH;
    require(isSearch || text == null, "--text is for --allocate search");
    require(!isSearch || text != null, "--allocate search takes a text for the model: --text FILE");
    require(!isSearch || coding.rateTarget() instanceof RateTarget.Bits, "--allocate search is for --bits");
    require(!isSearch || coding.sensitivity() == null, "--allocate search and --sensitivity both weigh errors");
    require(!isSearch || !requantize.isOn(), "--allocate search runs the model as it is, not as --requantize makes it");
  }

  private Path folder() {
    return Files.isDirectory(input) ? input : input.toAbsolutePath().getParent();
  }

  /** The file of weights. */
  private Path file() throws IOException {
    if (coding.sharing() != CodingOptions.Sharing.SEARCH) {
      return CheckpointFolder.weightsOf(input);
    }
    try (ModelFolder folder = ModelFolder.open(folder())) {
      Path weights = folder.checkpoint().path();
      require(Files.isDirectory(input) || Files.exists(input) && Files.isSameFile(input, weights),
          "--allocate search runs the model in the folder of " + input + ", whose weights are " + weights);
      return weights;
    }
  }

  private ModelCompressor searched(ModelCompressor compressor, ExecutorService executor) throws IOException {
    try (ModelFolder folder = ModelFolder.open(folder())) {
      int context = Architecture.of(folder.config()).contextLength(folder.config());
      TokenWindows windows = TextInput.windows(folder.path(), context, text, null, AllocationSearch.WINDOWS);
      AllocationSearch search = new AllocationSearch(folder, windows, executor, threads.count());
      AllocationSearch.Found found;
      try (Progress progress = new Progress("search", search.tokens(compressor), "tokens")) {
        found = search.search(compressor, progress::step);
      }
      Notes.print(spec, Format.number(
          "the search took the divergence on %s from %.5f to %.5f", text, found.before(), found.after()));
      return compressor.withDivergences(found.divergences());
    }
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

}
