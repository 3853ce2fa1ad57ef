package llm265.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.ShardPlan;
import llm265.checkpoint.ShardedCheckpoint;
import llm265.cli.OutputFormOptions;
import llm265.cli.ShardOption;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.dtype.DType;
import llm265.model.CompressedModel;
import llm265.model.ModelDecompressor;
import llm265.model.OutputPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code decompress} on a cluster: a task for each file of the output. */
@Command(
    name = "decompress",
    description = {
      "Decodes a compressed model on a Spark cluster, to the same bytes as llm265 decompress does on one machine.",
      "A task decodes a file of the output; --shard-size makes them smaller, and more of them at a time. If the driver is "
          + "stopped, the same command goes on."
    },
    mixinStandardHelpOptions = true)
final class DecompressCommand implements Callable<Integer> {
  private static final String RECORDS = "written/";

  @Parameters(paramLabel = "IN", description = "A compressed .safetensors file, or the folder of one or several")
  private String input;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      required = true,
      description = "Folder to write, or a .safetensors file")
  private String output;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "original",
      description = "Type of floating-point tensors: original, f32, f16 or bf16 (default: original). Values too large for it "
          + "become infinite, and a note gives their number. The config.json of a folder then states it")
  private OutputFormOptions.FloatType type;

  @Mixin private ShardOption shards;

  @Spec private CommandSpec spec;

  /**
   * What writing a file came to.
   *
   * @param overflows number of values that have become infinite, by tensor
   */
  private record Written(long bytes, Map<String, Long> overflows) implements Serializable {}

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    try (Cluster cluster = Cluster.start("llm265 decompress " + input)) {
      OutputPlace place = OutputPlace.of(spec, cluster, input, output);
      try (CompressedParts parts = CompressedParts.open(cluster, place)) {
        if (parts.model().sourceFormat().isPresent()) {
          throw new IllegalArgumentException(
              input + ": was made of a " + parts.model().sourceFormat().get() + " file, which one machine makes again");
        }
        place.run(parts.opened(), () -> decompress(cluster, place, parts, start));
      }
    }
    return 0;
  }

  private void decompress(Cluster cluster, OutputPlace place, CompressedParts parts, long start) throws IOException {
    WorkFolder work = place.begin(parts.opened().files(), List.of("dtype " + type, "shards of " + shards.bytes()));
    CompressedModel model = parts.model();
    ModelDecompressor decompressor = ModelDecompressor.create().withFloatType(type.type());
    long[] sizes = model.tensors().stream().mapToLong(decompressor::bytes).toArray();
    ShardPlan plan = ShardPlan.of(sizes, place.isFile() ? Long.MAX_VALUE : shards.bytes());
    List<CompressedParts.Part> files = new ArrayList<>();
    Map<String, String> fileOfTensor = new LinkedHashMap<>();
    for (int shard = 0; shard < plan.count(); shard++) {
      List<CompressedModel.Tensor> tensors = model.tensors().subList(plan.begin(shard), plan.end(shard));
      List<String> names = new ArrayList<>(tensors.stream().map(CompressedModel.Tensor::name).toList());
      String file = place.name(plan.name(shard));
      files.add(new CompressedParts.Part(
          null, names, IntStream.range(plan.begin(shard), plan.end(shard)).mapToLong(i -> sizes[i]).sum(), file));
      names.forEach(name -> fileOfTensor.put(name, file));
    }
    List<Written> written = write(work, parts, files, place.isFile());
    if (!place.isFile()) {
      if (plan.count() > 1) {
        place.writeIndex(folder -> ShardedCheckpoint.writeIndex(
            folder.resolve(CheckpointFolder.INDEX), IntStream.range(0, sizes.length).mapToLong(i -> sizes[i]).sum(),
            fileOfTensor));
      }
      place.copyCompanions(parts.opened(), type.type());
    }
    place.commit();
    report(written, model, (System.nanoTime() - start) / 1e9);
  }

  private List<Written> write(WorkFolder work, CompressedParts parts, List<CompressedParts.Part> files, boolean isFile)
      throws IOException {
    List<Written> written = new ArrayList<>();
    List<CompressedParts.Part> left = new ArrayList<>();
    for (CompressedParts.Part part : files) {
      Optional<Written> before = before(work, part.output());
      before.ifPresentOrElse(written::add, () -> left.add(part));
    }
    DType wanted = type.type();
    String description = "write " + Notes.count(left.size(), "file");
    written.addAll(parts.run(description, left, Long.MAX_VALUE, (part, tensors, opened, scratch, figures) ->
        write(tensors, part.output(), work, isFile, wanted, scratch, figures)));
    return written;
  }

  /** What writing a file came to before the driver was started. */
  private static Optional<Written> before(WorkFolder work, String name) throws IOException {
    return work.output(name).exists()
        ? work.load(RECORDS + name).map(Written.class::cast) : Optional.empty();
  }

  private static Written write(
      CompressedModel part, String name, WorkFolder work, boolean isFile, DType type, Scratch scratch, Figures figures)
      throws IOException {
    Map<String, Long> overflows = new LinkedHashMap<>();
    Path local = scratch.file("output");
    ModelDecompressor decompressor = ModelDecompressor.create().withFloatType(type)
        .withThreads(TaskThreads.EXECUTOR, TaskThreads.count())
        .withOverflows((tensor, count) -> overflows.merge(tensor, count, Long::sum));
    OutputPlan plan = decompressor.plan(part);
    if (isFile) {
      decompressor.write(plan, local);
    } else {
      decompressor.writeShard(plan, local);
    }
    Written written = new Written(local.toFile().length(), overflows);
    // Before the file, so that there is a record of every file.
    work.save(RECORDS + name, written);
    work.write(work.output(name), local);
    figures.written().add(written.bytes);
    return written;
  }

  private void report(List<Written> written, CompressedModel model, double seconds) {
    Map<String, Long> overflows = new LinkedHashMap<>();
    written.forEach(file -> overflows.putAll(file.overflows));
    long bytes = written.stream().mapToLong(Written::bytes).sum();
    PrintWriter out = spec.commandLine().getOut();
    out.println(Format.number("%s: %d tensors, %s, %.1f s, %.1f MB/s",
        output, model.tensors().size(), Format.bytes(bytes), seconds, bytes / 1e6 / seconds));
    out.flush();
    Notes.overflows(spec, overflows, String.valueOf(type.type()));
  }
}
