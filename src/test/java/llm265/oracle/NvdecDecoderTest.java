package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.encode.RandomPictures;
import llm265.oracle.FfmpegCommand.Engine;
import llm265.oracle.suite.FfmpegProgram;
import llm265.oracle.suite.ProgramCheck;
import llm265.oracle.suite.SmallSuite;
import llm265.oracle.suite.Suite;
import llm265.oracle.suite.SuiteResult;
import llm265.oracle.suite.SuiteResult.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Up to the driver: a script stands for an ffmpeg that reaches NVDEC. No test has seen the hardware. */
@DisabledOnOs(OS.WINDOWS)
class NvdecDecoderTest {
  @TempDir private Path folder;

  private FakeNvdec fake(String engines) {
    return new FakeNvdec(folder.resolve("ffmpeg"), engines);
  }

  private static NvdecDecoder find(FakeNvdec fake) throws IOException {
    return NvdecDecoder.find(new FfmpegDecoder(fake.program(), Engine.SOFTWARE));
  }

  private static NvdecDecoder findAfterTrial(FakeNvdec fake) throws IOException {
    assertThatIOException().isThrownBy(() -> find(fake));
    fake.learnsTheTrial();
    return find(fake);
  }

  @Test
  void whatIsMissingIsSaidInOneLine() {
    assertThatIOException().isThrownBy(() -> find(fake("hevc vdpau")))
        .withMessage("not checked against NVDEC: " + folder.resolve("ffmpeg") + " has neither the decoder h264_cuvid nor "
            + "-hwaccel cuda; those of most distributions have");
    assertThatIOException().isThrownBy(() -> find(fake("h264_cuvid cuda")))
        .withMessageMatching("not checked against NVDEC: there .* NVIDIA driver.*: Cannot load libcuda.so.1");
  }

  @Test
  void wrongSamplesOfATrialAreNotAccepted() throws IOException {
    FakeNvdec fake = fake("h264_cuvid");
    assertThatIOException().isThrownBy(() -> find(fake));
    byte[] stream = Files.readAllBytes(folder.resolve("known/unknown"));
    byte[] samples = SmallSuite.samples(stream);
    samples[64 * 64 + 3] ^= 1;
    fake.knows(stream, samples, 64, 64);
    assertThatIOException().isThrownBy(() -> find(fake)).withMessageEndingWith("the samples of a first picture are not ours");
  }

  @ParameterizedTest
  @CsvSource({"h264_cuvid, -c:v h264_cuvid, -pix_fmt nv12", "cuda, -hwaccel cuda, 'hwdownload,format=nv12'"})
  void samplesAreComparedWithoutAnyConversion(String engine, String before, String after) throws IOException {
    FakeNvdec fake = fake(engine);
    NvdecDecoder nvdec = findAfterTrial(fake);
    SmallSuite suite = new SmallSuite(folder.resolve("suite"));
    byte[] stream = Files.readAllBytes(suite.stream);
    fake.knows(stream, suite.samples, SmallSuite.WIDTH, SmallSuite.HEIGHT);
    assertThat(nvdec.decoder().difference(MemorySegment.ofArray(stream))).isEmpty();
    assertThat(fake.commands().lines().toList().getLast()).contains(before + " ", " -i pipe:0 ", after, "-f rawvideo -fps_mode ")
        .doesNotContain("yuv420p", "scale=");

    // One sample of Cr, which lies between those of Cb
    int at = SmallSuite.PICTURE_BYTES + 64 * 48 * 5 / 4 + 32 * 5 + 9;
    fake.knows(stream, suite.withSample(1, 2, 9, 5, suite.samples[at] ^ 4), SmallSuite.WIDTH, SmallSuite.HEIGHT);
    assertThat(nvdec.decoder().difference(MemorySegment.ofArray(stream)).orElseThrow().sentence())
        .contains("picture 1 at byte ", "Cr sample 9,5 in macroblock 1 at 16,0", "in NVDEC's ", "1 sample in 1 of 4 pictures");
  }

  @Test
  void foldersLeaveOutWhatIsNotForIt() throws IOException {
    FakeNvdec fake = fake("h264_cuvid");
    NvdecDecoder nvdec = findAfterTrial(fake);
    SmallSuite suite = new SmallSuite(folder.resolve("suite"));
    suite.generated("");
    Files.copy(Path.of("golden-vectors/enc-10-bits.264"), suite.folder.resolve("deep.264"));
    suite.generated("deep.264\tgood\t\t\t\t\t\t\t\n");
    fake.knows(Files.readAllBytes(suite.stream), suite.samples, SmallSuite.WIDTH, SmallSuite.HEIGHT);
    ProgramCheck check = new ProgramCheck(new FfmpegProgram(nvdec.decoder()), Duration.ofSeconds(60), 1L << 30);
    assertThat(Suite.open(suite.folder).run(check, 1, result -> { })).satisfiesExactly(
        result -> assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PASSED),
        result -> assertThat(result).extracting(SuiteResult::outcome, SuiteResult::message)
            .containsExactly(Outcome.LEFT_OUT, "not for NVDEC: 10 bits a sample"));
  }

  @ParameterizedTest
  @CsvSource({
      "enc-tensor.264, ", "enc-slices.264, ", "syn-every-mb-type.264, ", "enc-monochrome.264, 4:0:0",
      "enc-14-bits.264, 14 bits a sample", "enc-lossless.264, profile 244", "enc-12-bits-monochrome.264, 4:0:0"})
  void whatItTakesFollowsFromTheParameterSets(String name, String reason) throws IOException {
    byte[] stream = Files.readAllBytes(Path.of("golden-vectors", name));
    assertThat(NvdecDecoder.refusal(MemorySegment.ofArray(stream)).orElse(null))
        .isEqualTo(reason == null ? null : "not for NVDEC: " + reason);
  }

  @Test
  void smallPicturesAndFullChromaAreNotForIt() {
    assertThat(NvdecDecoder.refusal(MemorySegment.ofArray(StreamCorpus.stills(ChromaFormat.YUV444, 8, "qp=30"))))
        .contains("not for NVDEC: 4:4:4");
    byte[] small = X264Oracle.encode(List.of(RandomPictures.of(
        RandomPictures.Content.EDGES, 32, 32, ChromaFormat.YUV420, 1)), "qp=30");
    assertThat(NvdecDecoder.refusal(MemorySegment.ofArray(small))).contains("not for NVDEC: pictures of 32x32");
  }

  /** Interlaced streams are for it. */
  @ParameterizedTest
  @ValueSource(strings = {"qp=30:tff=1", "qp=30:tff=1:cabac=0"})
  void mbaffIsForIt(String parameters) {
    assertThat(NvdecDecoder.refusal(MemorySegment.ofArray(StreamCorpus.stills(ChromaFormat.YUV420, 8, parameters)))).isEmpty();
  }
}
