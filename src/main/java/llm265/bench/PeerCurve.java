package llm265.bench;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import llm265.tensor.ClippedFrames;

/** Rate and distortion of another encoder on one tensor: QPs are coded as they are needed. */
final class PeerCurve {
  private static final int MAX_QP = 51;
  private static final double QPS_A_BIT = 5.6;
  private static final int MIDDLE_QP = 27;
  private static final double MIDDLE_BITS = 3.2;

  private final Peer peer;
  private final ClippedFrames frames;
  private final double variance;
  private final int values;
  private final Map<Integer, Statistics.Point> points = new TreeMap<>();
  private double seconds;

  PeerCurve(Peer peer, ClippedFrames frames, double variance, int values) {
    this.peer = peer;
    this.frames = frames;
    this.variance = variance;
    this.values = values;
  }

  /** Mean seconds of coding the tensor once. */
  double seconds() {
    return seconds / Math.max(1, points.size());
  }

  /** The point at a rate, on the straight line between two neighbouring QPs. */
  Statistics.Point atBits(double bits) throws IOException {
    int qp = (int) Math.clamp(Math.round(MIDDLE_QP + QPS_A_BIT * (MIDDLE_BITS - bits)), 0, MAX_QP - 1);
    while (qp > 0 && point(qp).bits() < bits) {
      qp--;
    }
    while (qp < MAX_QP - 1 && point(qp + 1).bits() > bits) {
      qp++;
    }
    Statistics.Point fine = point(qp);
    Statistics.Point coarse = point(qp + 1);
    double share = fine.bits() == coarse.bits() ? 0 : (bits - coarse.bits()) / (fine.bits() - coarse.bits());
    return new Statistics.Point(bits, coarse.snr() + share * (fine.snr() - coarse.snr()));
  }

  private Statistics.Point point(int qp) throws IOException {
    Statistics.Point known = points.get(qp);
    if (known == null) {
      Peer.Result result = peer.encode(frames, qp);
      seconds += result.seconds();
      double bits = (8.0 * result.bytes() + frames.outlierBits()) / values;
      known = new Statistics.Point(bits, Statistics.snr(variance, result.squaredError() / values));
      points.put(qp, known);
    }
    return known;
  }
}
