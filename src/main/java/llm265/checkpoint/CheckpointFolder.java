package llm265.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import llm265.checkpoint.file.ModelFormatException;

/**
 * A folder as Hugging Face's libraries write it: the weights of a model, and the files that go with them, such as configuration
 * and tokenizer.
 *
 * <p>Files that go with the weights are all others at the top and in folders below, such as the modules of a sentence
 * transformer; but not hidden ones, and not what is there for other programs: the same weights in other formats, and snapshots
 * of a training.
 *
 * @param path the folder
 * @param companions files that go with the weights, by their names in the folder
 * @param leftOut files and folders that do not
 */
public record CheckpointFolder(Path path, List<Path> companions, List<Path> leftOut) {
  /** The weights, by the name that Hugging Face's libraries look for. */
  public static final String WEIGHTS = "model.safetensors";

  /** The index of weights in several files. */
  public static final String INDEX = "model.safetensors.index.json";

  /** Names of weights, the first of which counts; then suffixes that a single file of the folder may have. */
  private static final List<String> NAMES = List.of(WEIGHTS, INDEX, "pytorch_model.bin", "pytorch_model.bin.index.json");
  private static final List<String> SUFFIXES =
      List.of(".safetensors.index.json", ".safetensors", ".bin.index.json", ".bin", ".pt", ".pth", ".gguf");

  /** Names of parts of a split file, which is opened by the first. */
  private static final Pattern LATER_PART = Pattern.compile(".*-(?!00001)\\d{5}-of-\\d{5}\\.gguf");

  /** Names of files of weights, in any of the formats that models are published in. */
  private static final Pattern OF_WEIGHTS = Pattern.compile(
      "(model|pytorch_model|consolidated|diffusion_pytorch_model|open_clip_pytorch_model)[^/]*"
          + "\\.(safetensors|bin|pt|pth)(\\.index\\.json)?"
          + "|.*\\.(h5|msgpack|ot|onnx|onnx_data|gguf|ckpt|tflite)(\\.index\\.json)?");

  /** Folders of the same weights for other programs, and of earlier states of the weights. */
  private static final Pattern OF_OTHERS =
      Pattern.compile("onnx|openvino|coreml|original|gguf|tflite|__pycache__|checkpoint-\\d+", Pattern.CASE_INSENSITIVE);

  public CheckpointFolder {
    companions = List.copyOf(companions);
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Looks through a folder.
   *
   * @param weights the files of the weights, which are neither companions nor left out
   * @param others files and folders in it that are not the model's
   */
  public static CheckpointFolder of(Path path, Collection<Path> weights, Set<Path> others) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(path, List.of(), List.of());
    List<Path> companions = new ArrayList<>();
    List<Path> leftOut = new ArrayList<>();
    folder.addAll(path, weights.stream().map(CheckpointFolder::absolute).toList(),
        others.stream().map(CheckpointFolder::absolute).toList(), companions, leftOut);
    return new CheckpointFolder(path, companions, leftOut);
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private void addAll(Path part, List<Path> weights, List<Path> others, List<Path> companions, List<Path> leftOut)
      throws IOException {
    List<Path> sorted;
    try (Stream<Path> files = Files.list(part)) {
      sorted = files.sorted().toList();
    }
    boolean isTop = part.equals(path);
    for (Path file : sorted) {
      if (weights.contains(absolute(file)) || others.contains(absolute(file))) {
        continue;
      }
      String name = file.getFileName().toString();
      boolean isFolder = Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS);
      boolean isOther = name.startsWith(".") || isTop && (isFolder ? OF_OTHERS : OF_WEIGHTS).matcher(name).matches();
      if (isOther || !isFolder && !Files.isRegularFile(file)) {
        leftOut.add(path.relativize(file));
      } else if (isFolder) {
        addAll(file, weights, others, companions, leftOut);
      } else {
        companions.add(path.relativize(file));
      }
    }
  }

  /** Copies all companions to another folder, byte for byte; links are followed. */
  public void copyTo(Path target) throws IOException {
    for (Path companion : companions) {
      Path copy = target.resolve(companion.toString());
      Files.createDirectories(copy.getParent());
      Files.copy(path.resolve(companion), copy, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * The file that opens the weights.
   *
   * @param path a folder; anything else is returned as it is
   * @throws ModelFormatException if it is a folder without weights, or with several files that could be
   */
  public static Path weightsOf(Path path) throws IOException {
    return !Files.isDirectory(path) ? path : find(path).orElseThrow(
        () -> new ModelFormatException(path, "neither " + WEIGHTS + " nor " + INDEX + " in the folder"));
  }

  /**
   * The file that opens the weights of a folder, if there is one.
   *
   * @throws ModelFormatException if several files could be
   */
  public static Optional<Path> find(Path folder) throws IOException {
    for (String name : NAMES) {
      if (Files.exists(folder.resolve(name))) {
        return Optional.of(folder.resolve(name));
      }
    }
    for (String suffix : SUFFIXES) {
      List<Path> files = files(folder, suffix);
      if (files.size() > 1) {
        throw new ModelFormatException(folder, "several files of the folder could be its weights: "
            + files.get(0).getFileName() + ", " + files.get(1).getFileName() + (files.size() > 2 ? " and others" : ""));
      }
      if (!files.isEmpty()) {
        return Optional.of(files.getFirst());
      }
    }
    return Optional.empty();
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".") && file.toString().endsWith(suffix))
          .filter(file -> !LATER_PART.matcher(file.toString()).matches()).filter(Files::isRegularFile).sorted().toList();
    }
  }
}
