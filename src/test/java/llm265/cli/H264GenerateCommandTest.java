package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import llm265.h264.generate.StreamGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H264GenerateCommandTest {
  @TempDir private Path temporary;

  private static String contents(Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        text.append(file.getFileName()).append(' ').append(Arrays.hashCode(Files.readAllBytes(file))).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void aFolderHasAManifestAndTheSamplesOfEachStream() throws IOException {
    Path folder = temporary.resolve("streams");
    String out = CommandRun.succeed("h264", "generate", "-o", folder, "--count", 2, "--profile", "high422", "--size", "70x40",
        "--tools", "cabac,mbaff,422,depth10", "--malformed");
    List<String> manifest = Files.readAllLines(folder.resolve("MANIFEST.tsv"));
    assertThat(manifest.getFirst())
        .isEqualTo("file\tverdict\tsha256\tpictures\tpix_fmt\tdecoded_md5\tprofile\ttools\tfault\tgenerator");
    assertThat(out).startsWith(manifest.size() - 1 + " streams, ");
    String[] cells = manifest.get(1).split("\t", -1);
    assertThat(cells).hasSize(10).startsWith("high422-0000.264", "good").endsWith("", "" + StreamGenerator.VERSION);
    assertThat(cells[4]).isEqualTo("yuv422p10le");
    assertThat(cells[7]).contains("structure=MBAFF_frame", "bit_depth_luma=10", "entropy_coding_mode_flag=1");
    List<String> md5 = Files.readAllLines(folder.resolve("high422-0000.md5"));
    assertThat(md5).hasSize(Integer.parseInt(cells[3]));
    assertThat(md5.getFirst()).matches("0\t70\t40\t[0-9a-f]{32}");
    String[] bad = manifest.getLast().split("\t", -1);
    assertThat(bad[1]).isEqualTo("malformed");
    assertThat(bad[8]).isNotEmpty();
    assertThat(folder.resolve(bad[0])).exists();
  }

  @Test
  void bytesDependOnTheSeedAlone() throws IOException {
    for (String threads : List.of("1", "3")) {
      CommandRun.succeed("h264", "generate", "-o", temporary.resolve(threads), "--count", 3, "--stress", "qp,pcm",
          "--size", "3x2mb", "--trace", "--threads", threads);
    }
    CommandRun.succeed("h264", "generate", "-o", temporary.resolve("other"), "--count", 3, "--stress", "qp,pcm",
        "--size", "3x2mb", "--trace", "--seed", 1);
    assertThat(contents(temporary.resolve("1"))).isEqualTo(contents(temporary.resolve("3")))
        .isNotEqualTo(contents(temporary.resolve("other"))).contains("high-0001-pcm.trace.txt");
  }

  @Test
  void aSetOfStreamsComesWithItsTable() throws IOException {
    String out = CommandRun.succeed("h264", "generate", "-o", temporary.resolve("cover"), "--cover", "--count", 6,
        "--profile", "baseline");
    assertThat(out).containsPattern("mb_type +\\d+ of 26").containsPattern("not of these streams: intra8x8, ")
        .containsPattern("\\d streams?, ");
  }

  @Test
  void aFolderIsReplacedOnlyIfItIsOne() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("full"));
    Path file = Files.writeString(folder.resolve("precious"), "x");
    assertThat(CommandRun.fail(2, "h264", "generate", "-o", folder, "--count", 1)).contains("the folder is not empty");
    assertThat(CommandRun.fail(2, "h264", "generate", "-o", folder, "--count", 1, "--force"))
        .contains("the folder has no MANIFEST.tsv");
    assertThat(file).exists();
    Files.writeString(folder.resolve("MANIFEST.tsv"), "");
    CommandRun.succeed("h264", "generate", "-o", folder, "--count", 1, "--force");
    assertThat(file).doesNotExist();
    assertThat(folder.resolve("high-0000.264")).exists();
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files).containsExactly(folder);
    }
  }

  @Test
  void whatDoesNotGoTogetherIsToldInALine() {
    Path folder = temporary.resolve("none");
    assertFails("profile baseline has no cabac", folder, "--profile", "baseline", "--tools", "cabac");
    assertFails("--profile best is none of baseline, main", folder, "--profile", "best");
    assertFails("--tools b is none of cavlc, cabac", folder, "--tools", "b");
    assertFails("--stress speed is none of codes", folder, "--stress", "speed");
    assertFails("--size 5x is not of the form", folder, "--size", "5x");
    assertFails("NVDEC takes pictures from 48x16", folder, "--profile", "nvdec", "--size", "32x32");
    assertFails("stress mbaff needs mbaff", folder, "--stress", "mbaff", "--tools", "progressive");
    assertFails("--count 0 is not in 1..100000", folder, "--count", "0");
    assertThat(folder).doesNotExist();
  }

  private static void assertFails(String message, Path folder, String... options) {
    Object[] arguments = Stream.concat(Stream.of("h264", "generate", "-o", folder), Stream.of(options)).toArray();
    assertThat(CommandRun.of(arguments).err()).contains(message);
  }
}
