package llm265.h264.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import llm265.h264.coverage.Coverage;
import llm265.kernel.KernelLoader;
import llm265.parallel.CommonPool;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CoverSearchTest {
  private static final int FEW = 14;

  private static StreamRequest request(GeneratedProfile profile) {
    return new StreamRequest(profile, 0, Set.of(), 0, 0, 0, 0, List.of());
  }

  private static CoverSearch.Cover cover(GeneratedProfile profile, int candidates, Workers workers) {
    return CoverSearch.search(request(profile), candidates, workers, () -> { });
  }

  @Test
  void theSetCoversAllThatCandidatesCover() {
    CoverSearch.Cover cover = cover(GeneratedProfile.NVDEC, FEW, CommonPool.workers(2));
    Coverage all = new Coverage();
    for (int i = 0; i < FEW; i++) {
      all.addAll(CoverSearch.generator(request(GeneratedProfile.NVDEC), i).inDetail(i).coverage());
    }
    for (String row : all.rows()) {
      if (!row.startsWith("vui_") && !row.startsWith("sei_") && !row.startsWith("user_data") && !row.startsWith("codIOffset")
          && !row.endsWith("level_idc") && !row.startsWith("slice")) {
        assertThat(cover.coverage().values(row)).as(row).containsAll(all.values(row));
      }
    }
    assertThat(cover.items()).isGreaterThan(1000);
    assertThat(cover.streams()).hasSizeLessThanOrEqualTo(2 * FEW);
    assertThat(cover.streams().stream().map(GeneratedStream::name)).doesNotHaveDuplicates();
  }

  /** What chance leaves out is sought: codes of CAVLC by every nC, in one candidate that is directed at them. */
  @Test
  void aDirectedCandidateHasNearlyEveryCodeOfAColumn() {
    StreamRequest request = new StreamRequest(GeneratedProfile.MAIN, 0, Set.of(), 0, 0, 0, 0, List.of());
    int number = 10_000 + 1000 * Stress.TABLES.ordinal();
    Coverage coverage = CoverSearch.generator(request, number).inDetail(number).coverage();
    int most = 0;
    for (int column : new int[] {0, 2, 4, 8}) {
      most = Math.max(most, coverage.values("coeff_token nC " + column).size());
    }
    assertThat(most).isGreaterThan(50);
    assertThat(coverage.values("total_zeros of 4")).hasSizeGreaterThan(6);
  }

  @Test
  void pairsThatNoPictureOfASizeHasAreNotMissed() {
    CoverageTargets narrow = CoverageTargets.of(new StreamRequest(GeneratedProfile.MAIN, 0, Set.of(), 1, 8, 0, 0, List.of()));
    CoverageTargets wide = CoverageTargets.of(request(GeneratedProfile.NVDEC));
    assertThat(pairs(narrow)).contains("field top - field - -", "frame bottom - - - -").hasSize(4 * (1 + 2));
    assertThat(pairs(wide)).contains("field top field field field field").doesNotContain("field top - field - -");
  }

  private static List<Object> pairs(CoverageTargets targets) {
    return targets.table(new Coverage()).stream().filter(row -> row.name().equals("pairs of MBAFF frames")).findFirst()
        .orElseThrow().missing();
  }

  @Test
  void targetsSayWhatIsMissingAndWhatAProfileLacks() {
    CoverageTargets targets = CoverageTargets.of(request(GeneratedProfile.BASELINE));
    assertThat(targets.unreachable()).contains("intra8x8", "pStateIdx of LPS", "8x8 frame scan", "bypassed")
        .doesNotContain("level_prefix", "slice_group_map_type");
    CoverageTargets.Row row = targets.table(new Coverage()).getFirst();
    assertThat(row.name()).isEqualTo("mb_type");
    assertThat(row.covered()).isZero();
    assertThat(row.missing()).hasSize(26);
  }

  /** FFmpeg, and our decoder with each kind of kernel, make the samples of whole sets. */
  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void setsDecodeExactly(GeneratedProfile profile, @TempDir Path temporary) throws Exception {
    CoverSearch.Cover cover = cover(profile, 200, CommonPool.workers(2));
    int compared = 0;
    Path folder = Files.createDirectory(temporary.resolve("set"));
    StreamFolder writer = new StreamFolder(folder, profile, false);
    for (GeneratedStream stream : cover.streams()) {
      compared += StreamGeneratorTest.check(stream) ? 1 : 0;
      writer.add(stream);
    }
    writer.writeManifest();
    assertThat(compared).isGreaterThan(cover.streams().size() / 5);
    for (String kernels : List.of("scalar", "vector", "checked")) {
      assertDecodes(folder, kernels);
    }
  }

  private static void assertDecodes(Path folder, String kernels) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-D" + KernelLoader.PROPERTY + "=" + kernels,
        "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        ManifestDecoding.class.getName(), folder.toString()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(kernels + ": " + output).isZero();
  }

  /** Decodes the streams of a folder, and compares them with its manifest. */
  static final class ManifestDecoding {
    private ManifestDecoding() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      for (String line : Files.readAllLines(folder.resolve(StreamFolder.MANIFEST)).stream().skip(1).toList()) {
        String[] cells = line.split("\t", -1);
        if (!ExpectedSamples.of(Files.readAllBytes(folder.resolve(cells[0]))).md5OfAll().equals(cells[5])) {
          throw new IllegalStateException(cells[0]);
        }
      }
    }
  }
}
