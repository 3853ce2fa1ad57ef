package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
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
import llm265.model.CalibrationFile;
import llm265.model.CompressionReport;
import llm265.model.ModelBase;
import llm265.model.ModelCompressor;
import llm265.model.SensitivityFile;
import llm265.parallel.Workers;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.WeightedError;
import picocli.CommandLine.ArgGroup;
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

  @ArgGroup(exclusive = true)
  private TargetOptions target = new TargetOptions();

  @Option(
      names = "--effort",
      paramLabel = "E",
      defaultValue = "balanced",
      description = "Time taken to save bits: fast, balanced, best or max (default: ${DEFAULT-VALUE})")
  private Effort effort;

  @Option(
      names = "--codec",
      paramLabel = "C",
      defaultValue = "h264",
      description = "h264: pictures that every decoder plays; trinity: no pictures, fewer bits and many times faster, for this "
          + "program alone; auto: for each tensor whichever takes less (default: ${DEFAULT-VALUE})")
  private Codec codec;

  @Option(
      names = "--allocate",
      paramLabel = "HOW",
      defaultValue = "relative",
      description = "How tensors share the bits of --bits: relative (the least sum of their relative errors, matrices of a "
          + "transformer counting by their part in it), uniform (the same for each value), linear (k*l + b in layer l, of all k "
          + "the one with the least squared error), slope (the least squared error of all) or search (the least divergence of "
          + "the model's predictions on --text, each tensor's measured by running the model); with --sensitivity, relative is "
          + "slope (default: ${DEFAULT-VALUE})")
  private Sharing sharing;

  @Option(
      names = "--text", paramLabel = "FILE",
      description = "With --allocate search: text that the model reads, in UTF-8; two windows of it, of 512 tokens, are used")
  private Path text;

  @Option(
      names = "--protect",
      paramLabel = "REGEX=BITS",
      description = "Give tensors whose names contain this their own rate, at most 14 bits per value; the others share what "
          + "is left; may be repeated, and the first that fits counts")
  private List<String> protections = List.of();

  @Option(
      names = "--sensitivity",
      paramLabel = "FILE.safetensors",
      description = "Weights of squared errors by input channel, such as the mean squares of the inputs: under a tensor's name "
          + "an F32 vector as long as its last dimension, or as its first, or one such vector for each expert; --bits is shared "
          + "for the least weighted error. A weight of 0 stands for the median of the tensor's others. A file of calibrate will "
          + "also do, for the mean squares in it")
  private Path sensitivity;

  @Option(
      names = "--calibration",
      paramLabel = "FILE.safetensors",
      description = "Second moments of layers' inputs, as calibrate writes them: later inputs of a layer make up for the errors "
          + "of earlier ones, so that its outputs change less. Streams are read as all others")
  private Path calibration;

  @Option(names = "--include", paramLabel = "REGEX", description = "Compress only tensors whose names contain this")
  private Pattern include;

  @Option(
      names = "--force",
      description = "Allow tensors of less than 3 dB; without it, tensors that --bits or --max-error would leave below get 3 dB")
  private boolean force;

  @Option(names = "--exclude", paramLabel = "REGEX", description = "Keep tensors whose names contain this as they are")
  private Pattern exclude;

  @Option(
      names = "--plain-samples",
      description = "Let samples stand for values, by one product and one sum: simpler to read elsewhere, but more bits. Without "
          + "it pictures may carry levels of a trellis as their transform coefficients")
  private boolean plainSamples;

  @Option(names = "--monochrome", description = "Write 4:0:0 pictures: a little smaller, but NVDEC does not decode them")
  private boolean monochrome;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "8",
      description = "Bits of the pictures' samples, 8 to 14: more than 8, such as 12, for rates above 5 bits per value. They "
          + "need High 10 or High 4:4:4 streams, which NVDEC does not decode (default: ${DEFAULT-VALUE})")
  private int depth;

  @Option(
      names = "--transform-bypass",
      description = "With --lossless: pictures in transform bypass mode. They are High 4:4:4 Predictive, which no hardware "
          + "decoder takes")
  private boolean transformBypass;

  @Mixin private RequantizeOption requantize;

  @Mixin private ShardOption shards;

  @Mixin private CompressBase base;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  /** How tensors share bits. */
  enum Sharing {
    RELATIVE, UNIFORM, LINEAR, SLOPE, SEARCH;

    Allocation allocation() {
      return this == SEARCH ? Allocation.RELATIVE : Allocation.valueOf(name());
    }
  }

  @Override
  public Integer call() throws IOException {
    require(depth >= 8 && depth <= 14, "--depth " + depth + " is not in 8..14");
    require(calibration == null || !target.isLossless(), "--calibration is for coding with loss");
    require(
        calibration == null || codec != Codec.H264 || !plainSamples && depth == 8,
        "--calibration needs a trellis: not samples that stand for values, as with --plain-samples or --depth");
    require(!transformBypass || target.isLossless(), "--transform-bypass is for --lossless");
    ModelCompressor compressor = withProtections(ModelCompressor.at(rateTarget()).withAllocation(sharing.allocation()));
    require(!requantize.isOn() || !target.isLossless(), "--requantize is for coding with loss");
    requireSearch();
    Path file = file();
    boolean toFolder = FolderOutput.isWanted(spec, input, output);
    if (!toFolder) {
      Arguments.requireDifferent(spec, file, output);
      OutputKind.SAFETENSORS.requireName(spec, output);
    }
    long start = System.nanoTime();
    long zeroWeights = 0;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        Checkpoint checkpoint = requantize.open(
            input, file, output, this::isWanted, new Workers(executor, threads.count()));
        CalibrationFile moments = calibration == null ? null : CalibrationFile.open(calibration);
        ModelBase opened = base.open(output)) {
      Arguments.noteUnread(spec, file, checkpoint.unread());
      if (sensitivity != null) {
        SensitivityFile weights = SensitivityFile.read(sensitivity);
        weights.requireAllOf(checkpoint.tensors());
        compressor = compressor.withSensitivity(weights);
        zeroWeights = weights.zeros();
      }
      if (moments != null) {
        moments.requireAllOf(checkpoint);
        compressor = compressor.withCalibration(moments);
      }
      requireFound(checkpoint);
      QuantizedInput quantized =
          requantize.isOn() ? QuantizedInput.of(checkpoint) : QuantizedInput.of(input, checkpoint);
      quantized.notes().forEach(note -> Notes.print(spec, note));
      compressor = compressor
          .withExact(quantized.parts())
          .withThreads(executor, threads.count())
          .withEffort(effort)
          .withCodec(codec)
          .withMonochrome(monochrome)
          .withDepth(depth)
          .withPlainSamples(plainSamples)
          .withTransformBypass(transformBypass)
          .withLeastSnr(force ? Double.NEGATIVE_INFINITY : ModelCompressor.LEAST_SNR)
          .withBase(opened)
          .withFilter(this::isWanted);
      if (sharing == Sharing.SEARCH) {
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
      print(report, original, (System.nanoTime() - start) / 1e9, quantized);
      if (zeroWeights > 0) {
        Notes.print(spec, sensitivity + ": " + Notes.count(zeroWeights, "weight") + " of 0: such channels are coded as the "
            + "median of the tensor's others");
      }
      if (moments != null) {
        long calibrated = report.tensors().stream().filter(tensor -> tensor.isLossy() && moments.isOf(tensor.name())).count();
        Notes.print(spec, Notes.count(calibrated, "tensor") + " calibrated on " + Notes.count(moments.tokens(), "token"));
      }
      base.note(report, output);
      CompressionNotes.of(report, rateTarget()).forEach(note -> Notes.print(spec, note));
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
    boolean isSearch = sharing == Sharing.SEARCH;
    require(isSearch || text == null, "--text is for --allocate search");
    require(!isSearch || text != null, "--allocate search takes a text for the model: --text FILE");
    require(!isSearch || rateTarget() instanceof RateTarget.Bits, "--allocate search is for --bits");
    require(!isSearch || sensitivity == null, "--allocate search and --sensitivity both weigh errors");
    require(!isSearch || !requantize.isOn(), "--allocate search runs the model as it is, not as --requantize makes it");
  }

  private Path folder() {
    return Files.isDirectory(input) ? input : input.toAbsolutePath().getParent();
  }

  /** The file of weights. */
  private Path file() throws IOException {
    if (sharing != Sharing.SEARCH) {
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

  private boolean isWanted(TensorView tensor) {
    return (include == null || include.matcher(tensor.name()).find())
        && (exclude == null || !exclude.matcher(tensor.name()).find());
  }

  /** A pattern that fits nothing is a slip, which should not pass in silence. */
  private void requireFound(Checkpoint checkpoint) {
    requireFound("--include", include, checkpoint);
    requireFound("--exclude", exclude, checkpoint);
  }

  private static void requireFound(String option, Pattern pattern, Checkpoint checkpoint) {
    if (pattern != null && checkpoint.tensors().stream().noneMatch(tensor -> pattern.matcher(tensor.name()).find())) {
      throw new IllegalArgumentException(option + " " + pattern + " is found in no tensor's name");
    }
  }

  private ModelCompressor withProtections(ModelCompressor compressor) {
    ModelCompressor result = compressor;
    for (String protection : protections) {
      int equals = protection.lastIndexOf('=');
      require(equals > 0, "--protect " + protection + " is not of the form REGEX=BITS");
      double bits;
      try {
        bits = Double.parseDouble(protection.substring(equals + 1));
      } catch (NumberFormatException e) {
        throw new ParameterException(spec.commandLine(), "--protect " + protection + " is not of the form REGEX=BITS", e);
      }
      require(bits > 0 && bits <= 14, "--protect " + protection + ": " + bits + " is not in 0..14");
      try {
        result = result.withProtected(Pattern.compile(protection.substring(0, equals)), bits);
      } catch (PatternSyntaxException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--protect " + protection + " does not begin with a regular expression: " + e.getDescription(), e);
      }
    }
    return result;
  }

  private RateTarget rateTarget() {
    return target.of(spec, force, depth, plainSamples);
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void print(CompressionReport report, long original, double seconds, QuantizedInput quantized) {
    long coded = report.tensors().stream().filter(tensor -> tensor.encoded() != null).count();
    long lossy = report.tensors().stream().filter(CompressionReport.Tensor::isLossy).count();
    String lossless = lossy == 0 || lossy == coded ? "" : " (" + (coded - lossy) + " without loss)";
    PrintWriter out = spec.commandLine().getOut();
    String rate = report.values() == 0 ? "no values" : Format.number("%.3f bits per value", report.bitsPerValue());
    out.println(Format.number(
        "%s: %d of %d tensors compressed%s, %s%s, %s (%.1f times smaller), %.1f s, %.1f MB/s",
        output, coded, report.tensors().size(), lossless, rate, weightedSnr(report), Format.bytes(report.bytes()),
        (double) original / report.bytes(), seconds, original / 1e6 / seconds));
    quantized.gain(report).ifPresent(out::println);
    out.flush();
  }

  private static String weightedSnr(CompressionReport report) {
    WeightedError weighted = report.weighted();
    return weighted.signal() > 0 ? ", weighted SNR " + Format.decibels(weighted.snr()) + " dB" : "";
  }
}
