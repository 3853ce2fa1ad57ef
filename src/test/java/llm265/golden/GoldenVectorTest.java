package llm265.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import llm265.h264.coverage.Coverage;
import llm265.h264.coverage.StreamCoverage;
import llm265.h264.macroblock.MbType;
import llm265.kernel.KernelLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** golden-vectors/ holds what its manifest says, the decoder makes of it what FFmpeg does, and it covers the whole decoder. */
class GoldenVectorTest {
  private static final long MOST_BYTES = 1_500_000;
  private static List<GoldenManifest.Entry> entries;
  private static Coverage coverage;

  @BeforeAll
  static void read() throws IOException {
    entries = GoldenManifest.read();
    coverage = new Coverage();
    for (GoldenManifest.Entry entry : entries) {
      if (entry.isGood()) {
        coverage.addAll(StreamCoverage.of(Files.readAllBytes(entry.path())));
      }
    }
  }

  @Test
  void folderAndManifestAgree() throws IOException {
    assertThat(GoldenManifest.streams())
        .containsExactlyInAnyOrderElementsOf(entries.stream().map(GoldenManifest.Entry::file).toList());
    long size = 0;
    for (GoldenManifest.Entry entry : entries) {
      byte[] stream = Files.readAllBytes(entry.path());
      assertThat(GoldenManifest.sha256(stream)).as(entry.file()).isEqualTo(entry.sha256());
      size += stream.length;
    }
    assertThat(size).isLessThan(MOST_BYTES);
  }

  @Test
  void manifestNamesTheToolsThatAreCovered() throws IOException {
    for (GoldenManifest.Entry entry : entries) {
      if (entry.isGood()) {
        assertThat(entry.tools()).as(entry.file())
            .isEqualTo(GoldenManifest.tools(Files.readAllBytes(entry.path())));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> decodesAsTheManifestSays() {
    return entries.stream().map(entry -> DynamicTest.dynamicTest(entry.file(), () -> {
      assertThat(GoldenDecoding.departureFrom(entry, 1)).isEmpty();
      assertThat(GoldenDecoding.departureFrom(entry, 3)).as("three threads").isEmpty();
    }));
  }

  /** Kernels are chosen once in a process, so that each choice takes a process of its own. */
  @ParameterizedTest
  @ValueSource(strings = {"scalar", "vector", "checked"})
  void everyKindOfKernelDecodesTheSame(String kernels) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules", "jdk.incubator.vector",
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-D" + KernelLoader.PROPERTY + "=" + kernels,
        "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        GoldenDecoding.class.getName())
        .redirectErrorStream(true)
        .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static void assertAllOf(String tool, int from, int to) {
    assertThat(coverage.values(tool)).as(tool).containsAll(IntStream.rangeClosed(from, to).boxed().toList());
  }

  @Test
  void everyMacroblockTypeIsCovered() {
    assertThat(coverage.values("mb_type").stream().map(type -> MbType.name((Integer) type)).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(0, 25).mapToObj(MbType::name).collect(Collectors.toSet()));
    assertAllOf("transform_8x8", 0, 1);
    assertAllOf("transform_8x8_mode", 0, 1);
  }

  @Test
  void everyPredictionModeIsCovered() {
    assertAllOf("intra4x4", 0, 8);
    assertAllOf("intra8x8", 0, 8);
    assertAllOf("intra16x16", 0, 3);
    assertAllOf("intra_chroma", 0, 3);
    assertAllOf("intra16x16_dc_neighbours", 0, 3);
    assertAllOf("intra_chroma_dc_neighbours", 0, 3);
  }

  @Test
  void everyKindOfResidualIsCovered() {
    assertAllOf("block_cat", 0, 5);
    assertAllOf("coded_block_pattern_luma", 0, 15);
    assertAllOf("coded_block_pattern_chroma", 0, 2);
    assertAllOf("log2_level", 0, 9);
    assertAllOf("qp", 0, 51);
    assertAllOf("mb_qp_delta", -26, 25);
    assertThat(coverage.values("chroma_qp_index_offset")).contains(-12, 0, 12);
    assertThat(coverage.values("second_chroma_qp_index_offset")).contains(-12, 0, 12);
  }

  @Test
  void whatIsBeyondHighIsCovered() {
    assertThat(coverage.values("profile_idc")).contains(110, 244);
    assertThat(coverage.values("bit_depth")).contains(10, 12, 14);
    assertThat(coverage.values("transform_bypass")).contains(8, 14);
    assertThat(coverage.values("qp")).contains(-36, -24, -12);
  }

  @Test
  void everySourceOfScalingListsIsCovered() {
    assertAllOf("sps_scaling", 0, 4);
    assertAllOf("pps_scaling", 0, 4);
    assertAllOf("pps_scaling_rule", 0, 1);
  }

  @Test
  void slicesAndDeblockingAreCovered() {
    assertThat(coverage.values("slices")).contains(1, 2, 5, 7);
    assertAllOf("slice_starts_within_row", 0, 1);
    assertThat(coverage.values("slice_type")).contains(2, 7);
    assertAllOf("disable_deblocking", 0, 2);
    assertAllOf("alpha_offset_div2", -6, 6);
    assertAllOf("beta_offset_div2", -6, 6);
    assertAllOf("deblocking_filter_control", 0, 1);
  }

  @Test
  void parameterSetsAndNalUnitsAreCovered() {
    for (String flag : List.of("crop_left", "crop_right", "crop_top", "crop_bottom", "vui", "idr", "constrained_intra_pred",
        "redundant_pic_cnt_present", "chroma_format_idc")) {
      assertAllOf(flag, 0, 1);
    }
    assertAllOf("pic_order_cnt_type", 0, 2);
    assertThat(coverage.values("profile_idc")).contains(77, 100);
    assertThat(coverage.values("pic_init_qp")).contains(0, 26, 51);
    assertThat(coverage.values("sps_id")).contains(0, 31);
    assertThat(coverage.values("pps_id")).contains(0, 255);
    assertThat(coverage.values("nal_ref_idc")).contains(0, 3);
    assertThat(coverage.values("nal_unit_type")).contains(1, 5, 6, 7, 8, 9, 10, 11, 12, 30);
    assertThat(coverage.values("emulation_prevention_in")).contains(5, 6);
  }
}
