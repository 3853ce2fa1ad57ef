package llm265.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.ShardPlan;
import llm265.cli.CodingFiles;
import llm265.cli.CodingOptions;
import llm265.cli.CompressionSummary;
import llm265.cli.QuantizedInput;
import llm265.cli.ShardOption;
import llm265.cli.output.CompressionNotes;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.model.CodedModel;
import llm265.model.CompressionReport;
import llm265.model.ModelCompression;
import llm265.model.ModelCompressor;
import org.apache.spark.broadcast.Broadcast;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code compress} on a cluster. */
@Command(
    name = "compress",
    description = {
      "Compresses the tensors of a checkpoint on a Spark cluster, to the same bytes as llm265 compress does on one machine.",
      "IN and OUT are in any store that Hadoop's libraries reach. If the driver is stopped, the same command goes on."
    },
    mixinStandardHelpOptions = true)
final class CompressCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "IN",
      description = "A .safetensors file, or a model's folder, such as hdfs://host/models/m; files in other formats where every "
          + "machine has them under the same name (file:)")
  private String input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "Folder to write, or a .safetensors file")
  private String output;

  @Mixin private CodingOptions coding;

  @Mixin private ShardOption shards;

  @Mixin private SplitOption split;

  @Spec private CommandSpec spec;

  private CodingArguments arguments;

  @Override
  public Integer call() throws IOException {
    // Refuses wrong options before the cluster is asked for anything.
    coding.compressor();
    if (coding.sharing() == CodingOptions.Sharing.SEARCH) {
      throw new ParameterException(spec.commandLine(), "--allocate search runs the model, which is for one machine");
    }
    requireNames();
    // Behind the command's name.
    List<String> all = spec.commandLine().getParseResult().expandedArgs();
    arguments = new CodingArguments(all.subList(all.indexOf(spec.name()) + 1, all.size()));
    try (Cluster cluster = Cluster.start("llm265 compress " + input)) {
      compress(cluster);
    }
    return 0;
  }

  private void compress(Cluster cluster) throws IOException {
    long start = System.nanoTime();
    OutputPlace place = OutputPlace.of(spec, cluster, input, output);
    bring(cluster, "--sensitivity");
    bring(cluster, "--calibration");
    try (OpenedModel model = place.openInput(); CodingFiles files = CodingArguments.openFiles(coding)) {
      place.run(model, () -> compress(cluster, place, model, files, start));
    }
  }

  private void compress(Cluster cluster, OutputPlace place, OpenedModel model, CodingFiles files, long start)
      throws IOException {
    model.fillSmall();
    Checkpoint checkpoint = model.checkpoint();
    Notes.unread(spec, input, checkpoint.unread());
    coding.requireFound(checkpoint);
    QuantizedInput quantized = QuantizedInput.of(model.path(), checkpoint);
    quantized.notes().forEach(note -> Notes.print(spec, note));
    ModelCompressor compressor = CodingArguments.compressor(coding, files, checkpoint, quantized.parts());
    WorkFolder work = place.begin(model.files(), facts(cluster));
    Broadcast<CodingSession.Spec> shared = cluster.context().broadcast(new CodingSession.Spec(
        UUID.randomUUID().toString(), model.files(), work, arguments, quantized.parts()));
    ModelCompression compression = compressor.begin(checkpoint, new ClusterCoder(
        cluster, work, checkpoint.tensors(), compressor.jobs(), shared, split.values()));
    CodedModel coded = compression.code();
    ShardPlan plan = coded.shards(place.isFile() ? Long.MAX_VALUE : shards.bytes());
    long bytes = new ShardWriter(cluster, work, shared).write(coded, plan, place);
    if (!place.isFile()) {
      place.writeIndex(folder -> coded.writeIndex(plan, folder));
      place.copyCompanions(model, null);
    }
    place.commit();
    CompressionReport report = compression.report(bytes);
    long original = report.tensors().stream().mapToLong(CompressionReport.Tensor::originalBytes).sum();
    double seconds = (System.nanoTime() - start) / 1e9;
    new CompressionSummary(output, report, original).print(spec.commandLine().getOut(), seconds, quantized);
    printTasks(cluster, seconds);
    files.notes(report).forEach(note -> Notes.print(spec, note));
    CompressionNotes.of(report, coding.rateTarget()).forEach(note -> Notes.print(spec, note));
  }

  /** Spark brings files to every process by their names alone. */
  private void requireNames() {
    Path sensitivity = coding.sensitivity();
    Path calibration = coding.calibration();
    if (sensitivity != null && calibration != null && !sensitivity.equals(calibration)
        && sensitivity.getFileName().equals(calibration.getFileName())) {
      throw new ParameterException(
          spec.commandLine(), "--sensitivity and --calibration are two files named " + calibration.getFileName());
    }
  }

  /** Has Spark bring a file to all processes. */
  private void bring(Cluster cluster, String option) {
    List<String> given = spec.findOption(option).originalStringValues();
    if (!given.isEmpty()) {
      cluster.context().addFile(given.getLast());
    }
  }

  /** All but the input that the output depends on. */
  private List<String> facts(Cluster cluster) throws IOException {
    List<String> facts = new ArrayList<>();
    for (CommandLine.Model.OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (!Set.of("--output", "--split", "--shard-size").contains(option.longestName())) {
        facts.add(option.longestName() + " " + option.originalStringValues());
      }
      if (option.getValue() instanceof Path) {
        Store.Status status = Store.of(option.originalStringValues().getLast(), cluster.configuration()).status();
        facts.add("file " + status.length() + " " + status.modified());
      }
    }
    facts.add("shards of " + shards.bytes());
    return facts;
  }

  private void printTasks(Cluster cluster, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(Format.number("%d tasks worked %.1f s, %.2f at a time; the driver worked %.1f s alone",
        cluster.tasks(), cluster.busySeconds(), cluster.busySeconds() / seconds, seconds - cluster.waitedSeconds()));
    out.flush();
  }
}
