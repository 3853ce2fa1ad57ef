package llm265.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Compares folders. */
final class FolderContents {
  private FolderContents() {}

  /** All files below a folder, without the checksums that Hadoop keeps of local files. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).map(folder::relativize).filter(file -> !file.toString().endsWith(".crc"))
          .sorted().toList();
    }
  }

  /** Checks that two folders have the same files with the same bytes. */
  static void assertSame(Path actual, Path expected) throws IOException {
    assertThat(files(actual)).isEqualTo(files(expected)).isNotEmpty();
    for (Path file : files(expected)) {
      assertThat(Files.mismatch(actual.resolve(file), expected.resolve(file))).as(file.toString()).isEqualTo(-1);
    }
  }

  /** Names of what is in a folder. */
  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
