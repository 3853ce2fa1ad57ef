package llm265.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import llm265.program.Maven;
import llm265.program.Program;

/**
 * The {@code ffmpeg} program for machines without one: Maven fetches a jar that contains it, and it stays unpacked in the
 * user's {@code .m2} folder.
 *
 * <p>It is one file that needs no library (on Linux it is linked statically). The jars of org.bytedeco, whose libraries the tests
 * use, also have a program. It starts only where the libraries of PulseAudio, ALSA and X11 are installed, which a bare machine
 * lacks.
 */
final class FetchedFfmpeg {
  private static final String GROUP = "ws.schild";
  private static final String VERSION = "3.5.0";
  private static final String FOLDER_IN_JAR = "ws/schild/jave/nativebin/";

  /**
   * A kind of machine, and the program for it.
   *
   * @param jar name of the jar
   * @param entry name of the program in it
   * @param megabytes size of the jar
   */
  record Platform(String jar, String entry, int megabytes) {
    /**
     * Finds the kind of a machine.
     *
     * @throws IOException if there is no program for it
     */
    static Platform of(String system, String architecture) throws IOException {
      String os = system.toLowerCase(Locale.ROOT);
      String family = os.startsWith("linux") ? "linux" : os.startsWith("mac") ? "mac" : os.startsWith("windows") ? "windows" : os;
      String machine = switch (architecture) {
        case "amd64", "x86_64" -> "x86_64";
        case "aarch64", "arm64" -> "arm64";
        default -> architecture;
      };
      return switch (family + " " + machine) {
        case "linux x86_64" -> new Platform("jave-nativebin-linux64", "ffmpeg-amd64", 28);
        case "linux arm64" -> new Platform("jave-nativebin-linux-arm64", "ffmpeg-aarch64", 24);
        case "mac x86_64" -> new Platform("jave-nativebin-osx64", "ffmpeg-x86_64-osx", 21);
        case "mac arm64" -> new Platform("jave-nativebin-osxm1", "ffmpeg-aarch64-osx", 18);
        case "windows x86_64" -> new Platform("jave-nativebin-win64", "ffmpeg-amd64.exe", 27);
        default -> throw new IOException("no ffmpeg can be fetched for " + system + " on " + architecture);
      };
    }

    Maven.Artifact artifact() {
      return new Maven.Artifact(GROUP, jar, VERSION);
    }
  }

  private final Path folder;
  private final Platform platform;

  /** @param folder folder for the program; made if necessary */
  FetchedFfmpeg(Path folder, Platform platform) {
    this.folder = folder;
    this.platform = platform;
  }

  /**
   * The program for this machine and this user.
   *
   * @throws IOException if there is no program for a machine of this kind
   */
  static FetchedFfmpeg ofThisMachine() throws IOException {
    return new FetchedFfmpeg(Path.of(System.getProperty("user.home"), ".m2", "llm265"),
        Platform.of(System.getProperty("os.name"), System.getProperty("os.arch")));
  }

  private Path program() {
    return folder.resolve(platform.jar() + "-" + VERSION + "-" + platform.entry());
  }

  /**
   * The program, fetched if necessary.
   *
   * @param offline whether nothing may be fetched; the jar may still be in Maven's local repository
   * @param fetching receives a line about what is fetched, before it is
   * @throws IOException if it is not available, or does not run
   */
  Path program(boolean offline, Consumer<String> fetching) throws IOException {
    return Files.isExecutable(program()) ? program() : unpack(Maven.find(), offline, fetching);
  }

  Path unpack(Maven maven, boolean offline, Consumer<String> fetching) throws IOException {
    Files.createDirectories(folder);
    // Others may do the same at the same time: each uses its own folder, and the whole program appears at once.
    Path part = Files.createTempDirectory(folder, "part-");
    Path jar = part.resolve(platform.artifact().fileName());
    Path unpacked = part.resolve(platform.entry());
    try {
      maven.copy(platform.artifact(), part, offline, () -> fetching.accept(
          "fetching an ffmpeg program through Maven (" + platform.artifact() + ", " + platform.megabytes() + " MB) ..."));
      unpack(jar, unpacked);
      if (!unpacked.toFile().setExecutable(true)) {
        throw new IOException("cannot make " + unpacked + " executable");
      }
      Program.output(List.of(unpacked.toString(), "-version"));
      return Files.move(unpacked, program(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unpacked);
      Files.deleteIfExists(jar);
      Files.deleteIfExists(part);
    }
  }

  private void unpack(Path jar, Path to) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(FOLDER_IN_JAR + platform.entry());
      if (entry == null) {
        throw new IOException(jar.getFileName() + " holds no program " + platform.entry());
      }
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, to);
      }
    }
  }
}
