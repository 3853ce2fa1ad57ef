package llm265.checkpoint.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Finds the files that a model file names as its own parts.
 *
 * <p>Their names must lie in the model's folder or below: the author of a model file must not choose which files of this machine
 * are read. A file there may be a link to anywhere, as download caches make them: only the owner of the folder can make a
 * link, not a model file. If the model itself is a link, its companions may lie next to the file that it points to.
 */
public final class CompanionFiles {
  private final Path model;

  public CompanionFiles(Path model) {
    this.model = model;
  }

  /**
   * The file with a given name, after following all links.
   *
   * @throws ModelFormatException if the name lies outside of the model's folder, or if the locale lacks characters of the name
   * @throws IOException if there is no such file
   */
  public Path resolve(String name) throws IOException {
    if (!isInsideByName(name)) {
      throw new ModelFormatException(
          model, "names the file " + ModelFormatException.quote(name) + ", which is not inside the model's folder");
    }
    Path beside = model.toAbsolutePath().getParent().resolve(name);
    Path besideTarget = model.toRealPath().getParent().resolve(name);
    return (Files.exists(beside) || !Files.exists(besideTarget) ? beside : besideTarget).toRealPath();
  }

  private boolean isInsideByName(String name) {
    Path relative;
    try {
      relative = Path.of(name);
    } catch (InvalidPathException e) {
      if (name.indexOf('\0') >= 0) {
        return false;
      }
      throw new ModelFormatException(
          model, "names the file " + ModelFormatException.quote(name) + ", which this locale cannot spell; set LC_ALL=C.UTF-8",
          e);
    }
    for (Path part : relative) {
      if (part.toString().equals("..")) {
        return false;
      }
    }
    return !relative.isAbsolute();
  }
}
