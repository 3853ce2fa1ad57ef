package llm265.model;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Finds the files that a model file names as its own.
 *
 * <p>They lie in the model's folder or below: what comes from somewhere else must not choose which files of this
 * machine are read. Where the model itself is a link, the folder that it points to is as good, since download caches
 * link both from there.
 */
final class CompanionFiles {
  private final Path model;

  CompanionFiles(Path model) {
    this.model = model;
  }

  /**
   * The file of a name.
   *
   * @throws ModelFormatException if it lies outside the model's folder, by its name or by following links
   * @throws IOException if there is no such file
   */
  Path resolve(String name) throws IOException {
    Path folder = model.toAbsolutePath().getParent();
    Path real = isInsideByName(name) ? folder.resolve(name).toRealPath() : null;
    if (real == null || !(real.startsWith(folder.toRealPath()) || real.startsWith(model.toRealPath().getParent()))) {
      throw new ModelFormatException(
          model, "names the file " + ModelFormatException.quote(name) + ", which is not inside the model's folder");
    }
    return real;
  }

  private static boolean isInsideByName(String name) {
    try {
      Path relative = Path.of(name);
      if (relative.isAbsolute()) {
        return false;
      }
      for (Path part : relative) {
        if (part.toString().equals("..")) {
          return false;
        }
      }
      return true;
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
