package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import llm265.dtype.TensorView;
import llm265.program.Program;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Needs programs that not every machine has: skipped, visibly, without them. */
class PeerTest {
  private static ClippedFrames frames(String source) {
    return new ClippedFrames(Source.synthetic(source, 1).tensor(), 3, 0.02);
  }

  @ParameterizedTest
  @EnumSource
  void noiseOfAQuantizerStepIsWhatComesOut(Peer peer) throws IOException {
    assumeTrue(peer.isThere(), peer + " is not there");
    ClippedFrames frames = frames("gauss:65536");
    Peer.Result result = peer.encode(frames, 22, 1);
    double levelsSquared = result.squaredError() / 65536 * frames.levelDeviation() * frames.levelDeviation();
    // Steps of 8 samples, about: 64 / 12, and somewhat more from dead zones.
    assertThat(levelsSquared).isBetween(4.0, 8.0);
    assertThat(8.0 * result.bytes() / 65536).isBetween(2.5, 5.0);
  }

  @ParameterizedTest
  @EnumSource
  void severalFramesAndSmallOnesAreCoded(Peer peer) throws IOException {
    assumeTrue(peer.isThere(), peer + " is not there");
    ClippedFrames small = frames("gauss:2048");
    assertThat(small.height()).isLessThan(64);
    assertThat(peer.encode(small, 30, 1).bytes()).isPositive();

    ClippedFrames several = new ClippedFrames(
        TensorView.copyOf("", new long[] {5000, 64}, new float[320_000]), 3, 0.02);
    assertThat(several.count()).isGreaterThan(1);
    assertThat(peer.encode(several, 30, 2).squaredError()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void ffmpegWithTheSameLibraryComesToTheSame(Peer peer) throws IOException {
    assumeTrue(Program.isOnPath(peer.toString()) && Program.isOnPath("ffmpeg"), "both programs are needed");
    assumeTrue(Program.output(List.of("ffmpeg", "-hide_banner", "-encoders")).contains(" lib" + peer + " "));
    ClippedFrames frames = frames("gauss:16384");
    Peer.Result own = peer.encode(frames, 27, 1, true);
    Peer.Result byFfmpeg = peer.encode(frames, 27, 1, false);
    // Video usability information may differ by some bytes, and versions by a little.
    assertThat((double) byFfmpeg.bytes()).isCloseTo(own.bytes(), within(0.005 * own.bytes()));
    assertThat(byFfmpeg.squaredError()).isCloseTo(own.squaredError(), within(0.005 * own.squaredError()));
  }
}
