package llm265.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.file.CompanionFiles;
import llm265.checkpoint.file.ModelFormatException;
import llm265.model.delta.RangedTensor;

/** The base of a compressed model, which is opened once a tensor needs it. Thread-safe. */
final class BaseLink implements AutoCloseable {
  /** The greatest number of models that are told from each other one after the other. */
  static final int MOST_LINKS = 64;

  private final Path model;
  private final String name;
  private final Path given;
  private final List<Path> users;
  private final Opener opener;
  private BaseModel base;

  /** Opens bases. */
  interface Opener {
    /** @param users real paths of the models that are told from it, the farthest first */
    BaseModel open(Path path, List<Path> users) throws IOException;
  }

  /**
   * A link.
   *
   * @param model the model that has the base
   * @param name the base's name in the model's folder, as the model says
   * @param given the base, if the caller has named it; else null
   * @param users real paths of the models that are told from the model
   */
  BaseLink(Path model, String name, Path given, List<Path> users, Opener opener) {
    this.model = model;
    this.name = name;
    this.given = given;
    this.users = users;
    this.opener = opener;
  }

  /** What the model calls it. */
  String name() {
    return name;
  }

  /** Where it is, as the caller or the model says. */
  Path path() {
    return given != null ? given : Path.of(name);
  }

  /** @throws ModelFormatException if it cannot be opened */
  synchronized BaseModel open() {
    if (base == null) {
      try {
        List<Path> all = new ArrayList<>(users);
        all.add(model.toRealPath());
        Path path = given != null ? given : new CompanionFiles(model).resolve(name);
        if (all.contains(path.toRealPath())) {
          throw new ModelFormatException(path, "is its own base");
        }
        if (all.size() > MOST_LINKS) {
          throw new ModelFormatException(path, "is the base of a chain of more than " + MOST_LINKS + " models");
        }
        base = opener.open(path, all);
      } catch (IOException e) {
        throw new ModelFormatException(model, "is told from a base, " + ModelFormatException.quote(name)
            + (given == null ? ", which is not beside it" : ", but " + given + " cannot be read") + "; name it with --base", e);
      }
    }
    return base;
  }

  /**
   * A tensor of the base.
   *
   * @throws ModelFormatException if there is none
   */
  RangedTensor tensor(FileEntry entry) {
    return open().tensor(entry.name()).orElseThrow(() -> entry.fault(" is not in its base " + open().path(), null));
  }

  @Override
  public synchronized void close() {
    if (base != null) {
      base.close();
    }
  }
}
