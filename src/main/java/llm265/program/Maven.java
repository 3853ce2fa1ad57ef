package llm265.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gets files from Maven repositories through the mvn program, which caches them in its local repository. */
public final class Maven {
  private static final String COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
  private static final String ERROR = "[ERROR] ";

  private final Path program;

  Maven(Path program) {
    this.program = program;
  }

  /**
   * The program on the PATH.
   *
   * @throws IOException if it is not on the PATH
   */
  public static Maven find() throws IOException {
    return new Maven(Program.find("mvn").orElseThrow(
        () -> new IOException("the program mvn of Apache Maven is not on the PATH")));
  }

  /** A jar in a repository. */
  public record Artifact(String group, String name, String version) {
    /** The jar's name in a folder. */
    public String fileName() {
      return name + "-" + version + ".jar";
    }

    /** Its coordinates in the form of Maven's command line. */
    @Override
    public String toString() {
      return group + ":" + name + ":" + version;
    }
  }

  /**
   * Copies a jar into a folder, from the local repository if it is there.
   *
   * @param offline whether to ask only the local repository
   * @param fetching called before anything is fetched
   * @return the jar in the folder
   * @throws IOException if the jar cannot be found or fetched
   */
  public Path copy(Artifact artifact, Path folder, boolean offline, Runnable fetching) throws IOException {
    if (!run(artifact, folder, true).isEmpty()) {
      if (offline) {
        throw new IOException("the local Maven repository does not have " + artifact);
      }
      fetching.run();
      String problem = run(artifact, folder, false);
      if (!problem.isEmpty()) {
        throw new IOException("mvn could not fetch " + artifact + "; is this machine connected? " + problem);
      }
    }
    Path jar = folder.resolve(artifact.fileName());
    if (!Files.exists(jar)) {
      throw new IOException("mvn has not left " + jar);
    }
    return jar;
  }

  /** Runs mvn and returns its error message; empty if it succeeds. */
  private String run(Artifact artifact, Path folder, boolean offline) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        program.toAbsolutePath().toString(), "-q", "-B", COPY_GOAL, "-Dartifact=" + artifact,
        "-DoutputDirectory=" + folder.toAbsolutePath()));
    if (offline) {
      command.add(1, "-o");
    }
    // It starts in a folder without a project, so it reads none, and it uses the Java that runs this program.
    Program.Ended ended = Program.run(command, folder, Map.of("JAVA_HOME", System.getProperty("java.home")));
    return ended.status() == 0 ? "" : ended.text().lines().filter(line -> line.startsWith(ERROR)).findFirst()
        .map(line -> line.substring(ERROR.length())).orElse("mvn ended with status " + ended.status());
  }
}
