package llm265.bench;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import llm265.rate.GaussianModel;
import llm265.rate.QuantizerPoint;

/** Measures rate and distortion of another encoder on one tensor's frames; codes QPs as they are needed. */
final class PeerCurve {
  /** Codes the frames at a QP. */
  interface Coder {
    Peer.Result encode(int qp) throws IOException;
  }

  private final Coder coder;
  private final ClippedFrames frames;
  private final double variance;
  private final int values;
  private final Map<Integer, RatePoint> points = new TreeMap<>();
  private double seconds;

  /**
   * @param variance variance of the tensor, outliers included
   * @param values number of its values
   */
  PeerCurve(Coder coder, ClippedFrames frames, double variance, int values) {
    this.coder = coder;
    this.frames = frames;
    this.variance = variance;
    this.values = values;
  }

  /** Mean time of coding the tensor once, in seconds. */
  double seconds() {
    return seconds / Math.max(1, points.size());
  }

  /** The point at a rate, interpolated linearly between the QPs on either side; null if there are no such QPs. */
  RatePoint atBits(double bits) throws IOException {
    int qp = QuantizerPoint.of(GaussianModel.log2RatioForBits(bits), frames.levelDeviation()).qp();
    qp = Math.min(qp, QuantizerPoint.MAX_QP - 1);
    while (qp > 0 && point(qp).bits() < bits) {
      qp--;
    }
    while (qp < QuantizerPoint.MAX_QP - 1 && point(qp + 1).bits() > bits) {
      qp++;
    }
    RatePoint fine = point(qp);
    RatePoint coarse = point(qp + 1);
    if (fine.bits() < bits || coarse.bits() > bits) {
      return null;
    }
    double share = fine.bits() == coarse.bits() ? 0 : (bits - coarse.bits()) / (fine.bits() - coarse.bits());
    return new RatePoint(bits, coarse.snr() + share * (fine.snr() - coarse.snr()));
  }

  private RatePoint point(int qp) throws IOException {
    RatePoint known = points.get(qp);
    if (known == null) {
      Peer.Result result = coder.encode(qp);
      seconds += result.seconds();
      double bits = (8.0 * result.bytes() + frames.outlierBits()) / values;
      known = new RatePoint(bits, TextbookQuantizers.snr(variance, result.squaredError() / values));
      points.put(qp, known);
    }
    return known;
  }
}
