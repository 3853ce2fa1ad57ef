package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerCurveTest {
  private static final int VALUES = 8192;

  private final Source source = Source.synthetic("gauss:8192", 1);
  private final ClippedFrames frames = new ClippedFrames(source.tensor(), 3, 0.02);
  private final List<Integer> coded = new ArrayList<>();

  /** An encoder of 6 QPs a bit and 6.02 dB a bit, at the bound at some QP. */
  private PeerCurve curve(int qpOfOneBit) {
    return new PeerCurve(
        qp -> {
          coded.add(qp);
          double bits = Math.max(0.25, 1 + (qpOfOneBit - qp) / 6.0);
          long bytes = Math.round((bits * VALUES - frames.outlierBits()) / 8);
          return new Peer.Result(bytes, VALUES * Math.pow(2, -2 * bits), 0.5);
        },
        frames, 1, VALUES);
  }

  @Test
  void qpsAroundTheRateAreFoundFromEitherSide() throws IOException {
    for (int qpOfOneBit : new int[] {20, 30, 38, 45}) {
      coded.clear();
      PeerCurve curve = curve(qpOfOneBit);
      RatePoint point = curve.atBits(2.3);
      assertThat(point.bits()).isEqualTo(2.3);
      assertThat(point.snr()).isCloseTo(2.3 * 6.0206, within(0.01));
      assertThat(coded).doesNotHaveDuplicates();
      assertThat(curve.seconds()).isEqualTo(0.5);
    }
  }

  @Test
  void ratesBeyondAllQpsHaveNoPoint() throws IOException {
    assertThat(curve(20).atBits(8)).isNull();
    assertThat(curve(20).atBits(0.1)).isNull();
  }
}
