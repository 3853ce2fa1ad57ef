package llm265.checkpoint.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import llm265.program.TemporaryFolder;

/**
 * Files and folders that are neither committed nor deleted. A shutdown hook, which also runs on SIGINT and SIGTERM, deletes
 * them.
 */
final class UnfinishedOutputs {
  private static final Set<Path> PARTS = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(UnfinishedOutputs::deleteAll, "delete unfinished outputs"));
  }

  private UnfinishedOutputs() {}

  static void add(Path part) {
    PARTS.add(part);
  }

  static void remove(Path part) {
    PARTS.remove(part);
  }

  private static void deleteAll() {
    for (Path part : PARTS) {
      try {
        TemporaryFolder.delete(part);
      } catch (IOException e) {
        // The program is ending and nobody is left to read a message; the name shows what it is.
      }
    }
  }
}
