package llm265.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import llm265.Effort;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.model.TensorView;
import llm265.rate.GaussianModel;
import llm265.tensor.ClippedFrames;

/** {@code llm265 bench rd}: bits against quality, for us at each effort, for quantizers of textbooks and for other encoders. */
public final class RateDistortion {
  private static final double DECIBELS_PER_BIT = 20 * StrictMath.log10(2);

  private final double[] bits;
  private final List<Effort> efforts;
  private final List<Peer> peers;
  private final Executor executor;
  private final int threads;

  /**
   * @param bits rates to measure at, in bits a value
   * @param peers encoders whose programs are there
   */
  public RateDistortion(double[] bits, List<Effort> efforts, List<Peer> peers, Executor executor, int threads) {
    this.bits = bits.clone();
    this.efforts = List.copyOf(efforts);
    this.peers = List.copyOf(peers);
    this.executor = executor;
    this.threads = threads;
  }

  /**
   * One measurement.
   *
   * @param source name of the tensor
   * @param values its number of values
   * @param method who coded it
   * @param bits bits a value, everything counted
   * @param snr in dB
   * @param gap bits above Shannon's bound for Gaussian data of that variance, scales known
   * @param seconds of encoding; NaN where there is nothing to time
   */
  public record Row(String source, int values, String method, double bits, double snr, double gap, double seconds) {}

  /**
   * What we take at the quality of the better of the other encoders.
   *
   * @param peerBits their rate
   * @param snr their quality
   * @param bits our rate there
   */
  public record Saving(String source, int values, Effort effort, double peerBits, double snr, double bits) {
    /** Share of the other encoder's bits that is saved. */
    public double share() {
      return 1 - bits / peerBits;
    }
  }

  /** All that was measured of a tensor. */
  public record Result(List<Row> rows, List<Saving> savings) {}

  /**
   * Measures one tensor.
   *
   * @param progress is told what is being done
   */
  public Result measure(Source source, Consumer<String> progress) throws IOException {
    List<Row> rows = new ArrayList<>();
    List<Saving> savings = new ArrayList<>();
    float[] values = source.values();
    double variance = Statistics.variance(values);
    for (Effort effort : efforts) {
      for (double rate : bits) {
        progress.accept(source.name() + " " + effort + " " + rate);
        rows.add(ours(source, TensorEncoder.atBits(rate), effort));
      }
    }
    for (double rate : bits) {
      int whole = (int) Math.clamp(Math.rint(rate), 1, 16);
      rows.add(row(source, "RTN g128", Statistics.roundToNearest(values, Math.max(2, whole)), Double.NaN));
      rows.add(row(source, "Lloyd-Max", Statistics.lloydMax(values, Math.min(8, whole)), Double.NaN));
      rows.add(row(source, "ECSQ", Statistics.entropyCoded(values, rate), Double.NaN));
      rows.add(row(source, "Shannon", new Statistics.Point(rate, (rate + source.boundBits()) * DECIBELS_PER_BIT), Double.NaN));
    }
    if (!peers.isEmpty()) {
      measurePeers(source, variance, rows, savings, progress);
    }
    return new Result(rows, savings);
  }

  private void measurePeers(
      Source source, double variance, List<Row> rows, List<Saving> savings, Consumer<String> progress)
      throws IOException {
    Map<Peer, PeerCurve> curves = new EnumMap<>(Peer.class);
    double middle = bits[bits.length / 2];
    double error = GaussianModel.relativeError(GaussianModel.log2RatioForBits(middle));
    ClippedFrames frames =
        ClippedFrames.of(TensorView.ofFloats(source.name(), source.shape(), source.values()), middle, error);
    for (Peer peer : peers) {
      curves.put(peer, new PeerCurve(peer, frames, variance, source.count()));
    }
    for (double rate : bits) {
      double best = Double.NEGATIVE_INFINITY;
      for (Map.Entry<Peer, PeerCurve> curve : curves.entrySet()) {
        progress.accept(source.name() + " " + curve.getKey() + " " + rate);
        Statistics.Point point = curve.getValue().atBits(rate);
        rows.add(row(source, curve.getKey().toString(), point, curve.getValue().seconds()));
        best = Math.max(best, point.snr());
      }
      for (Effort effort : efforts) {
        progress.accept(source.name() + " " + effort + " at the quality of the others' " + rate);
        Row ours = ours(source, TensorEncoder.atSnr(Math.clamp(best, 0, 100)), effort);
        savings.add(new Saving(source.name(), source.count(), effort, rate, best, ours.bits()));
      }
    }
  }

  private Row ours(Source source, TensorEncoder encoder, Effort effort) {
    long start = System.nanoTime();
    byte[] stream = encoder.withEffort(effort).withThreads(executor, threads).encode(source.values(), source.shape());
    double seconds = (System.nanoTime() - start) * 1e-9;
    float[] decoded = TensorDecoder.open(stream).withThreads(executor, threads).decode();
    Statistics.Point point =
        new Statistics.Point(8.0 * stream.length / source.count(), Statistics.snr(source.values(), decoded));
    return row(source, effort.toString().toLowerCase(Locale.ROOT), point, seconds);
  }

  private static Row row(Source source, String method, Statistics.Point point, double seconds) {
    return new Row(
        source.name(), source.count(), method, point.bits(), point.snr(), point.gap() + source.boundBits(), seconds);
  }
}
