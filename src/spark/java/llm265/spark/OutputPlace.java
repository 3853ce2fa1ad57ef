package llm265.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.ConfigType;
import llm265.checkpoint.file.ModelFormatException;
import llm265.cli.output.Notes;
import llm265.dtype.DType;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What a command reads and writes: a model in, and a file or a folder out, which appears whole. */
final class OutputPlace {
  private static final String CONFIG = "config.json";
  private static final String SAFETENSORS = ".safetensors";

  private final CommandSpec spec;
  private final Cluster cluster;
  private final Store input;
  private final Store output;
  private WorkFolder work;

  private OutputPlace(CommandSpec spec, Cluster cluster, Store input, Store output) {
    this.spec = spec;
    this.cluster = cluster;
    this.input = input;
    this.output = output;
  }

  /** Finds input and output. */
  static OutputPlace of(CommandSpec spec, Cluster cluster, String input, String output) throws IOException {
    Store in = Store.of(input, cluster.configuration());
    Store out = Store.of(output, cluster.configuration());
    if (in.startsWith(out)) {
      throw new ParameterException(spec.commandLine(), "the output would replace the input " + input);
    }
    return new OutputPlace(spec, cluster, in, out);
  }

  /** An input alone. */
  static OutputPlace ofInput(CommandSpec spec, Cluster cluster, String input) throws IOException {
    return new OutputPlace(spec, cluster, Store.of(input, cluster.configuration()), null);
  }

  OpenedModel openInput() throws IOException {
    return OpenedModel.open(ModelFiles.of(input), cluster.configuration());
  }

  /** Makes the output. */
  interface Making {
    void run() throws IOException;
  }

  /**
   * Makes the output. What is done stays if it fails, unless the input or the settings are bad.
   *
   * @throws IllegalArgumentException if they are; its message names the model, and not its mirror on this machine
   */
  void run(OpenedModel model, Making making) throws IOException {
    try {
      making.run();
    } catch (ModelFormatException | IllegalArgumentException e) {
      if (work != null) {
        work.discard();
      }
      throw new IllegalArgumentException(model.named(e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether the output is a single file. */
  boolean isFile() {
    return output.name().endsWith(SAFETENSORS);
  }

  /** The name of a file of weights. */
  String name(String shard) {
    return isFile() ? output.name() : shard;
  }

  /**
   * Begins the output, or goes on with it.
   *
   * @param settings all but the input that it depends on
   */
  WorkFolder begin(ModelFiles files, List<String> settings) throws IOException {
    List<String> facts = new ArrayList<>(List.of(
        "llm265 " + OutputPlace.class.getPackage().getImplementationVersion() + " " + spec.name(), "input " + input));
    files.files().forEach(file -> facts.add(file.fact()));
    facts.addAll(settings);
    work = WorkFolder.of(output, facts, cluster.hadoop());
    switch (work.begin()) {
      case SAME -> Notes.print(spec, output + ": goes on where an earlier run has stopped");
      case OTHER -> Notes.print(
          spec, output + ": begins anew: an earlier run that has stopped had other settings or another input");
      case NONE -> { }
    }
    return work;
  }

  /** Writes a file to a folder of this machine. */
  interface Index {
    void writeTo(Path folder) throws IOException;
  }

  /** Puts the index of the weights into the output, if there is one. */
  void writeIndex(Index index) throws IOException {
    try (Scratch scratch = Scratch.create()) {
      index.writeTo(scratch.folder());
      Path file = scratch.file(CheckpointFolder.INDEX);
      if (Files.exists(file)) {
        put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
  }

  private void put(String name, byte[] bytes) throws IOException {
    Store target = work.output(name);
    target.delete();
    work.write(target, out -> out.write(bytes));
  }

  /**
   * Copies the files that go with the weights.
   *
   * @param type of floating-point values, for the configuration; null for the one that it states
   */
  void copyCompanions(OpenedModel model, DType type) throws IOException {
    if (!model.files().isFolder()) {
      return;
    }
    Set<Path> others = new HashSet<>();
    if (model.files().isLocal() && output.isLocal()) {
      others.add(output.local());
      others.add(work.place().local());
    }
    CheckpointFolder folder = CheckpointFolder.of(model.path(), model.checkpoint().files(), others);
    for (Path companion : folder.companions()) {
      Store source = input.resolve(companion.toString());
      Store target = work.output(companion.toString());
      if (type != null && companion.toString().equals(CONFIG)) {
        String text = new String(source.readAll(), StandardCharsets.UTF_8);
        put(CONFIG, ConfigType.with(text, type).getBytes(StandardCharsets.UTF_8));
      } else {
        source.copyTo(target);
      }
    }
    Notes.names(folder.leftOut()).ifPresent(names -> Notes.print(
        spec, input + ": not copied, being hidden, for other programs or the same weights: " + names));
  }

  /** Makes the output appear. */
  void commit() throws IOException {
    work.commit(isFile() ? output.name() : null);
  }
}
