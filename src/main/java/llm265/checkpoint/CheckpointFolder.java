package llm265.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import llm265.checkpoint.file.ModelFormatException;

/** A folder as Hugging Face's libraries write it: the weights of a model, and the files that go with them. */
public final class CheckpointFolder {
  /** The weights, by the name that Hugging Face's libraries look for. */
  public static final String WEIGHTS = "model.safetensors";

  /** The index of weights in several files. */
  public static final String INDEX = "model.safetensors.index.json";

  /** Names of weights, the first of which counts; then suffixes that a single file of the folder may have. */
  private static final List<String> NAMES = List.of(WEIGHTS, INDEX, "pytorch_model.bin", "pytorch_model.bin.index.json");
  private static final List<String> SUFFIXES =
      List.of(".safetensors.index.json", ".safetensors", ".bin.index.json", ".bin", ".gguf");

  private CheckpointFolder() {}

  /**
   * The file that opens the weights.
   *
   * @param path a folder; anything else is returned as it is
   * @throws ModelFormatException if it is a folder without weights, or with several files that could be
   */
  public static Path weightsOf(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return path;
    }
    for (String name : NAMES) {
      if (Files.exists(path.resolve(name))) {
        return path.resolve(name);
      }
    }
    for (String suffix : SUFFIXES) {
      List<Path> files = files(path, name -> name.endsWith(suffix));
      if (files.size() > 1) {
        throw new ModelFormatException(path, "several files of the folder could be its weights: " + files.get(0).getFileName()
            + ", " + files.get(1).getFileName() + (files.size() > 2 ? " and others" : ""));
      }
      Optional<Path> only = files.stream().findFirst();
      if (only.isPresent()) {
        return only.get();
      }
    }
    throw new ModelFormatException(path, "neither " + WEIGHTS + " nor " + INDEX + " in the folder");
  }

  private static List<Path> files(Path folder, Predicate<String> isWanted) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".") && isWanted.test(file.getFileName().toString()))
          .filter(Files::isRegularFile).sorted().toList();
    }
  }
}
