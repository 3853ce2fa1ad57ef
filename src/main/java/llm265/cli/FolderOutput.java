package llm265.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.ConfigType;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.PartFolder;
import llm265.cli.output.Notes;
import llm265.dtype.DType;
import llm265.model.CompressedModel;
import llm265.model.OutputPlan;
import llm265.quantized.ConfigJson;
import llm265.quantized.QuantizationConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** A model's folder that a command makes. If the command is stopped, the same command goes on where it was. */
final class FolderOutput implements Closeable {
  private static final String CONFIG = "config.json";

  /** Options that do not change what is written. */
  private static final Set<String> WITHOUT_EFFECT = Set.of("--output", "--threads", "--help", "--version");

  private final CommandSpec spec;
  private final Path input;
  private final Path output;
  private final Collection<Path> weights;
  private final PartFolder part;
  private final Thread stopped;
  private final AtomicBoolean isNoted = new AtomicBoolean();

  /** What makes the weights in the folder. */
  interface Work<T> {
    T in(PartFolder part) throws IOException;
  }

  private FolderOutput(CommandSpec spec, Path input, Path output, Collection<Path> weights, PartFolder part) {
    this.spec = spec;
    this.input = input;
    this.output = output;
    this.weights = weights;
    this.part = part;
    stopped = new Thread(this::noteStopped, "note that the command was stopped");
    Runtime.getRuntime().addShutdownHook(stopped);
  }

  /** Whether a command is to write a folder: its output ends with a slash, or its input is a folder and its output no file. */
  static boolean isWanted(CommandSpec spec, Path input, Path output) {
    List<String> written = spec.findOption("--output").originalStringValues();
    boolean isNamed = !written.isEmpty() && written.getLast().endsWith("/");
    return isNamed
        || Files.isDirectory(input) && !Arguments.isStream(input)
            && !OutputKind.hasKnownSuffix(output) && !output.toString().equals("-");
  }

  /**
   * Begins a folder, or goes on with it.
   *
   * @param input a folder or a file
   * @param weights the files of the weights in it
   * @param replacesCompressed whether a folder of a compressed model may be replaced
   */
  static FolderOutput open(
      CommandSpec spec, Path input, Path output, Collection<Path> weights, boolean replacesCompressed) throws IOException {
    Path in = Files.isDirectory(input) ? input.toRealPath() : input.toRealPath().getParent();
    Path out = Files.isDirectory(output) ? output.toRealPath() : output.toAbsolutePath().normalize();
    if (in.startsWith(out)) {
      throw new ParameterException(spec.commandLine(), "the output would replace the input " + input);
    }
    PartFolder part = PartFolder.open(
        output, folder -> replacesCompressed && isCompressed(folder), identity(spec, input, weights));
    FolderOutput folder = new FolderOutput(spec, input, output, weights, part);
    switch (part.before()) {
      case SAME -> Notes.print(spec, output + ": goes on where an earlier run has stopped");
      case OTHER -> Notes.print(
          spec, output + ": begins anew: an earlier run that has stopped had other settings or another input");
      case NONE -> { }
    }
    return folder;
  }

  private static boolean isCompressed(Path folder) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return CompressedModel.isCompressed(checkpoint);
    } catch (IOException | ModelFormatException e) {
      return false;
    }
  }

  /** All that the result depends on: the program, the input and the settings. */
  private static String identity(CommandSpec spec, Path input, Collection<Path> weights) throws IOException {
    List<String> lines = new ArrayList<>(List.of(
        "llm265 " + FolderOutput.class.getPackage().getImplementationVersion() + " " + spec.name(),
        "input " + input.toRealPath()));
    for (Path file : weights) {
      lines.add(identity(file));
    }
    for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
      if (WITHOUT_EFFECT.contains(option.longestName())) {
        continue;
      }
      lines.add(option.longestName() + " " + option.originalStringValues());
      if (option.getValue() instanceof Path file && Files.exists(file)) {
        lines.add(identity(file));
      }
    }
    return String.join("\n", new TreeSet<>(lines)) + "\n";
  }

  private static String identity(Path file) throws IOException {
    return "file " + file.toRealPath() + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
  }

  /** Makes the weights. What is done stays if it fails, unless the input or the settings are bad. */
  <T> T run(Work<T> work) throws IOException {
    try {
      return work.in(part);
    } catch (ModelFormatException | IllegalArgumentException e) {
      part.discard();
      throw e;
    }
  }

  /**
   * Copies the files that go with the weights, and makes the folder appear.
   *
   * @param type of floating-point values, for the configuration; null for the one that it states
   */
  void finish(DType type) throws IOException {
    copyOthers();
    Path config = part.output().resolve(CONFIG);
    if (type != null && Files.exists(config)) {
      replace(config, ConfigType.with(Files.readString(config), type));
    }
    part.commit();
  }

  /** The same where the weights that were quantized in the input are plain ones of BF16. */
  void finishDequantized() throws IOException {
    finishRestated((file, text) -> ConfigJson.edit(file, text, DType.BF16, null));
  }

  /** The same where weights are quantized in another way than in the input, or no more. */
  void finishConverted(OutputPlan plan) throws IOException {
    if (plan.isQuantized() && !(Files.isDirectory(input) && Files.exists(input.resolve(CONFIG)))) {
      Notes.print(spec, output + ": the config.json says nothing but how weights are quantized, since the input has none");
      Files.writeString(part.output().resolve(CONFIG), "{}\n");
    }
    finishRestated(plan::config);
  }

  /** @param restated the text of a config.json that agrees with the weights, given the file and its text */
  private void finishRestated(BiFunction<Path, String, String> restated) throws IOException {
    copyOthers();
    for (String name : QuantizationConfig.FILES) {
      Files.deleteIfExists(part.output().resolve(name));
    }
    Path config = part.output().resolve(CONFIG);
    if (Files.exists(config)) {
      replace(config, restated.apply(config, Files.readString(config)));
    }
    part.commit();
  }

  private void copyOthers() throws IOException {
    if (Files.isDirectory(input)) {
      CheckpointFolder folder = CheckpointFolder.of(input, weights, Set.of(output, part.path()));
      folder.copyTo(part.output());
      if (!folder.leftOut().isEmpty()) {
        Notes.print(spec, input + ": not copied, being hidden, for other programs or the same weights: "
            + Notes.names(folder.leftOut()).orElseThrow());
      }
    }
  }

  /** The copy of a file that may not be written may not either. */
  private static void replace(Path file, String text) throws IOException {
    Files.delete(file);
    Files.writeString(file, text);
  }

  private void noteStopped() {
    if (!part.isFinished() && !isNoted.getAndSet(true)) {
      Notes.print(
          spec, output + ": the same command goes on where this one has stopped; what is done waits in " + part.path());
    }
  }

  @Override
  public void close() throws IOException {
    noteStopped();
    try {
      Runtime.getRuntime().removeShutdownHook(stopped);
    } catch (IllegalStateException e) {
      // The process is ending.
    }
    part.close();
  }
}
