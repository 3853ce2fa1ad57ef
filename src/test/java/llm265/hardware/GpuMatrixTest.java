package llm265.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuMatrixTest {
  private static final GpuMatrix MATRIX = GpuMatrix.load();

  @Test
  void everyFactHasASourceOrIsMarked() {
    assertThat(MATRIX.chips()).hasSizeGreaterThan(20).allSatisfy(chip -> {
      assertThat(chip.generation()).as(chip.name()).isNotNull();
      assertThat(chip.sources().isEmpty() && chip.unverified().isEmpty()).as(chip.name()).isFalse();
      assertThat(MATRIX.sources().keySet()).containsAll(chip.sources()).containsAll(chip.generation().sources());
      assertThat(chip.generation().sources()).isNotEmpty();
      Stream.of(VideoFormat.values()).forEach(format -> {
        assertThat(chip.generation().decode()).containsKey(format);
        assertThat(chip.generation().encode().get(format).formats()).allMatch(text -> text.matches("4(00|20|22|44)/(8|10|12)"));
      });
    });
    assertThat(MATRIX.chips()).extracting(GpuChip::name).doesNotHaveDuplicates();
  }

  /** What the slides have otherwise for encoding and AV1, and what this project rests on: they decode and do not encode. */
  @ParameterizedTest
  @CsvSource({"A100, 5", "H100, 7", "H200, 7"})
  void dataCentreGpusDecodeAndDoNotEncode(String name, int decoders) {
    GpuChip chip = MATRIX.find(name).getFirst();
    assertThat(chip.decoders()).isEqualTo(decoders);
    assertThat(chip.encoders()).isZero();
    assertThat(chip.encode(VideoFormat.H264)).isEqualTo(Capability.NONE);
    Capability h264 = chip.generation().decode().get(VideoFormat.H264);
    assertThat(h264).isEqualTo(new Capability(true, List.of("420/8"), 4096, 4096));
    assertThat(chip.generation().decode().get(VideoFormat.AV1).formats()).isEmpty();
    assertThat(chip.generation().decode().get(VideoFormat.JPEG).formats()).isNotEmpty();
    assertThat(StreamKind.DEFAULT.playsOn(h264)).isEqualTo(Answer.YES);
    assertThat(StreamKind.TEN_BITS.playsOn(h264)).isEqualTo(Answer.NO);
  }

  @Test
  void defaultStreamsPlayEverywhereAndTenBitsOnBlackwellAlone() {
    assertThat(MATRIX.chips()).allSatisfy(chip -> {
      Capability h264 = chip.generation().decode().get(VideoFormat.H264);
      assertThat(StreamKind.DEFAULT.playsOn(h264)).isEqualTo(Answer.YES);
      assertThat(StreamKind.TEN_BITS.playsOn(h264) == Answer.YES).isEqualTo(chip.generation().name().equals("Blackwell"));
      assertThat(StreamKind.BYPASS.playsOn(h264)).isEqualTo(Answer.NO);
      assertThat(StreamKind.MONOCHROME.playsOn(h264)).isEqualTo(Answer.NO);
    });
    assertThat(StreamKind.DEFAULT.playsOn(Capability.UNKNOWN)).isEqualTo(Answer.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({
      "NVIDIA H100 80GB HBM3, H100", "NVIDIA A100-SXM4-40GB, A100", "Tesla T4, T4", "NVIDIA L40S, L40S", "NVIDIA L4, L4",
      "NVIDIA RTX PRO 6000 Blackwell Server Edition, RTX PRO 6000 Blackwell", "NVIDIA GeForce RTX 4090, RTX 4090",
      "NVIDIA A10, A10"})
  void aGpuIsFoundByItsDriversName(String driver, String name) {
    assertThat(MATRIX.ofDriver(driver)).map(GpuChip::name).contains(name);
  }

  @Test
  void otherNamesAreNotGuessed() {
    assertThat(MATRIX.ofDriver("NVIDIA A1000 Laptop GPU")).isEmpty();
    assertThat(MATRIX.find("hopper")).extracting(GpuChip::name).containsExactly("H100", "H200");
    assertThat(MATRIX.find("amd")).allMatch(chip -> chip.generation().vendor().equals("AMD")).isNotEmpty();
  }

  @Test
  void theDriversListIsRead() {
    assertThat(NvidiaDriver.parse("NVIDIA H200, 570.86.15\nNVIDIA A10, 535.1\n"))
        .containsExactly(
            new NvidiaDriver.Installed("NVIDIA H200", "570.86.15"), new NvidiaDriver.Installed("NVIDIA A10", "535.1"));
    assertThat(NvidiaDriver.parse("No devices were found\n")).isEmpty();
  }
}
