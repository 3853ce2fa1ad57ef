package llm265.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.numeric.Logarithms;
import llm265.rate.GaussianModel;

/**
 * {@code llm265 bench rd}: bits against quality, for our encoder with each codec and effort, for textbook quantizers and for
 * other encoders.
 */
public final class RateDistortion {
  /** The most decibels above a wanted quality that count. */
  private static final double MOST_ABOVE = 0.1;

  private final double[] bits;
  private final List<OwnCoding> codings;
  private final List<Peer> peers;
  private final Executor executor;
  private final int threads;

  /**
   * @param bits rates to measure at, in bits per value
   * @param peers encoders whose programs are present
   */
  public RateDistortion(double[] bits, List<OwnCoding> codings, List<Peer> peers, Executor executor, int threads) {
    this.bits = bits.clone();
    this.codings = List.copyOf(codings);
    this.peers = List.copyOf(peers);
    this.executor = executor;
    this.threads = threads;
  }

  /**
   * One measurement.
   *
   * @param source name of the tensor
   * @param values its number of values
   * @param method the coder
   * @param bits bits per value, every byte counted
   * @param snr in dB
   * @param gap bits above Shannon's bound for Gaussian data of that variance, with known scales
   * @param seconds encoding time; NaN if there is nothing to time
   */
  public record Row(String source, int values, String method, double bits, double snr, double gap, double seconds) {}

  /**
   * Our rate at the quality of the better one of the other encoders.
   *
   * @param peerBits rate of the better one
   * @param snr its quality
   * @param bits our rate there
   */
  public record Saving(String source, int values, OwnCoding coding, double peerBits, double snr, double bits) {
    /** The saved share of the other encoder's bits. */
    public double share() {
      return 1 - bits / peerBits;
    }
  }

  /**
   * Our saving over all tensors, with one coding and at one rate of the others.
   *
   * @param share the saved share of the others' bits
   * @param least the tensor with the smallest share
   */
  public record Summary(OwnCoding coding, double peerBits, double share, Saving least) {}

  /** Sums up savings by coding and rate, in the order in which they come. */
  public static List<Summary> summarize(List<Saving> savings) {
    record Group(OwnCoding coding, double peerBits) {}

    Map<Group, List<Saving>> groups = new LinkedHashMap<>();
    for (Saving saving : savings) {
      groups.computeIfAbsent(new Group(saving.coding(), saving.peerBits()), group -> new ArrayList<>()).add(saving);
    }
    List<Summary> summaries = new ArrayList<>();
    groups.forEach((group, members) -> {
      double ours = members.stream().mapToDouble(saving -> saving.bits() * saving.values()).sum();
      double others = members.stream().mapToDouble(saving -> saving.peerBits() * saving.values()).sum();
      Saving least = members.stream().min(Comparator.comparingDouble(Saving::share)).orElseThrow();
      summaries.add(new Summary(group.coding(), group.peerBits(), 1 - ours / others, least));
    });
    return summaries;
  }

  /** All measurements of a tensor. */
  public record Result(List<Row> rows, List<Saving> savings) {}

  /**
   * Measures one tensor.
   *
   * @throws IOException if another encoder fails
   */
  public Result measure(Source source) throws IOException {
    List<Row> rows = new ArrayList<>();
    List<Saving> savings = new ArrayList<>();
    float[] values = source.values();
    double variance = TextbookQuantizers.variance(values);
    for (OwnCoding coding : codings) {
      for (double rate : bits) {
        rows.add(ours(source, TensorEncoder.atBits(rate), coding));
      }
    }
    for (double rate : bits) {
      int whole = (int) Math.clamp(Math.rint(rate), 1, 16);
      rows.add(row(source, "RTN g128", TextbookQuantizers.roundToNearest(values, Math.max(2, whole)), Double.NaN));
      rows.add(row(source, "Lloyd-Max", TextbookQuantizers.lloydMax(values, Math.min(8, whole)), Double.NaN));
      rows.add(row(source, "ECSQ", TextbookQuantizers.entropyCoded(values, rate), Double.NaN));
      RatePoint bound = new RatePoint(rate, (rate + source.boundBits()) * Logarithms.DECIBELS_PER_BIT);
      rows.add(row(source, "Shannon", bound, Double.NaN));
    }
    for (double rate : bits) {
      if (!peers.isEmpty()) {
        measurePeers(source, rate, variance, rows, savings);
      }
    }
    return new Result(rows, savings);
  }

  private void measurePeers(Source source, double rate, double variance, List<Row> rows, List<Saving> savings)
      throws IOException {
    ClippedFrames frames =
        new ClippedFrames(source.tensor(), rate, GaussianModel.relativeError(GaussianModel.log2RatioForBits(rate)));
    double best = Double.NEGATIVE_INFINITY;
    for (Peer peer : peers) {
      PeerCurve curve = new PeerCurve(qp -> peer.encode(frames, qp, threads), frames, variance, source.count());
      RatePoint point = curve.atBits(rate);
      if (point != null) {
        rows.add(row(source, peer.toString(), point, curve.seconds()));
        best = Math.max(best, point.snr());
      }
    }
    if (!Double.isFinite(best)) {
      return;
    }
    for (OwnCoding coding : codings) {
      Row ours = ours(source, TensorEncoder.atSnr(Math.clamp(best, 0, 100)), coding);
      double bitsThere = bitsAt(best, new RatePoint(ours.bits(), ours.snr()));
      savings.add(new Saving(source.name(), source.count(), coding, rate, best, bitsThere));
    }
  }

  /**
   * Our bits at a quality that was nearly met: moves along a line of 6.02 dB per bit. A quality far above counts for only 0.1
   * dB, since a tensor may be better than asked for because it cannot be worse.
   */
  static double bitsAt(double snr, RatePoint measured) {
    return measured.bits() - Math.min(MOST_ABOVE, measured.snr() - snr) / Logarithms.DECIBELS_PER_BIT;
  }

  private Row ours(Source source, TensorEncoder encoder, OwnCoding coding) {
    long start = System.nanoTime();
    byte[] stream = coding.of(encoder).withThreads(executor, threads).encode(source.tensor());
    double seconds = (System.nanoTime() - start) * 1e-9;
    float[] decoded = TensorDecoder.open(stream).withThreads(executor, threads).decode();
    RatePoint point =
        new RatePoint(8.0 * stream.length / source.count(), TextbookQuantizers.snr(source.values(), decoded));
    return row(source, coding.toString(), point, seconds);
  }

  private static Row row(Source source, String method, RatePoint point, double seconds) {
    return new Row(
        source.name(), source.count(), method, point.bits(), point.snr(), point.gap() + source.boundBits(), seconds);
  }
}
