package llm265.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where an output is made: a hidden folder beside it, {@code .NAME.llm265-part}, and in that a folder for each choice of input
 * and settings. What is done stays if a task, an executor or the driver is lost, and the same command goes on from there.
 *
 * @param target the output's URI
 * @param identity tells the input and the settings from others
 * @param hadoop of the store
 */
record WorkFolder(String target, String identity, SerializableConfiguration hadoop) implements Serializable {
  private static final String SUFFIX = ".llm265-part";
  private static final String OUTPUT = "output";
  /** Of files that are being made, each under a name that no other has. */
  private static final String TEMPORARY = "temporary";

  private static final int IDENTITY_DIGITS = 16;

  /** What was there before. */
  enum Before {
    /** Nothing. */
    NONE,
    /** Work on the same input with the same settings, which goes on. */
    SAME,
    /** Other work, which is gone. */
    OTHER
  }

  /**
   * The folder of an output.
   *
   * @param facts lines about all that the output depends on
   */
  static WorkFolder of(Store target, List<String> facts, SerializableConfiguration hadoop) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(String.join("\n", facts).getBytes(StandardCharsets.UTF_8));
      return new WorkFolder(target.toString(), HexFormat.of().formatHex(digest).substring(0, IDENTITY_DIGITS), hadoop);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Begins the work, or goes on with it.
   *
   * @throws IOException if something is there already under the output's name
   */
  Before begin() throws IOException {
    Store output = Store.of(target, hadoop.value());
    if (output.exists() && !output.isEmptyFolder()) {
      throw new IOException(output + ": is there already, and is not replaced");
    }
    Store part = place();
    Store own = part.resolve(identity);
    boolean isOther = false;
    for (Store.Status file : part.exists() ? part.list() : List.<Store.Status>of()) {
      String folder = file.name().substring(0, Math.max(0, file.name().indexOf('/')));
      if (!folder.equals(identity)) {
        part.resolve(folder.isEmpty() ? file.name() : folder).delete();
        isOther = true;
      }
    }
    own.resolve(TEMPORARY).delete();
    return own.exists() ? Before.SAME : isOther ? Before.OTHER : Before.NONE;
  }

  /** The hidden folder. */
  Store place() throws IOException {
    Store output = Store.of(target, hadoop.value());
    if (output.parent() == null) {
      throw new IOException(output + ": the root cannot be an output");
    }
    return output.parent().resolve("." + output.name() + SUFFIX);
  }

  /** A file of what is of use only until the output is complete. */
  Store file(String name) throws IOException {
    return place().resolve(identity).resolve(name);
  }

  /** A file of the output. */
  Store output(String name) throws IOException {
    return file(OUTPUT).resolve(name);
  }

  /** Writes a file of the work, which appears whole. */
  void write(Store file, Store.Content content) throws IOException {
    file.write(file(TEMPORARY).resolve(UUID.randomUUID().toString()), content);
  }

  /** The same out of a file of this machine. */
  void write(Store file, Path source) throws IOException {
    write(file, out -> Files.copy(source, out));
  }

  /** Keeps what the driver has found out. */
  void save(String name, Serializable value) throws IOException {
    write(file(name), out -> {
      try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
        objects.writeObject(value);
      }
    });
  }

  /** What was kept under a name, if anything was. */
  Optional<Object> load(String name) throws IOException {
    Store file = file(name);
    if (!file.exists()) {
      return Optional.empty();
    }
    try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(file.readAll()))) {
      return Optional.of(objects.readObject());
    } catch (ClassNotFoundException | InvalidClassException e) {
      // Another build of this program has written it.
      return Optional.empty();
    }
  }

  /** Makes the output appear under its name. @param file the name of its only file in the output; null for the whole folder */
  void commit(String file) throws IOException {
    Store output = Store.of(target, hadoop.value());
    if (output.exists() && output.isEmptyFolder()) {
      output.delete();
    }
    (file == null ? file(OUTPUT) : output(file)).moveTo(output);
    discard();
  }

  /** Deletes all that has been done. */
  void discard() throws IOException {
    place().delete();
  }
}
