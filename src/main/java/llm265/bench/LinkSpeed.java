package llm265.bench;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.runtime.GradientCodec;
import llm265.tensor.MemoryStore;

/**
 * {@code llm265 bench link}: how fast this machine codes tensors, and so for which links coding pays. A codec turns computing
 * into bandwidth: encoder, link and decoder work at the same time, and the slowest of them sets the pace.
 */
public final class LinkSpeed {
  /** Bits of a value that is sent as it is. */
  private static final int RAW_BITS = 16;

  private final double[] bits;
  private final List<OwnCoding> codings;
  private final List<Integer> threads;
  private final Stopwatch stopwatch;

  /**
   * @param bits rates to measure at, in bits per value
   * @param threads numbers of threads, at each end of the link
   * @param seconds time to warm up and then to measure, for every figure
   */
  public LinkSpeed(double[] bits, List<OwnCoding> codings, List<Integer> threads, double seconds) {
    this.bits = bits.clone();
    this.codings = List.copyOf(codings);
    this.threads = List.copyOf(threads);
    this.stopwatch = new Stopwatch(seconds);
  }

  /**
   * One way of coding.
   *
   * @param bits bits per value that are sent
   * @param encoded values per second that are encoded
   * @param decoded values per second that are decoded
   */
  public record Row(String source, String coding, int threads, double bits, double encoded, double decoded) {
    /**
     * What a link is worth, in bits per second of values of 16 bits.
     *
     * @param link its bandwidth in bits per second
     */
    public double effective(double link) {
      return RAW_BITS * Math.min(Math.min(encoded, decoded), link / bits);
    }

    /** The bandwidth in bits per second below which a stream of tensors arrives sooner coded than raw. */
    public double breakEven() {
      return RAW_BITS * Math.min(encoded, decoded);
    }

    /** The same for one tensor, whose coding, sending and decoding take place one after the other. */
    public double breakEvenAlone() {
      return Math.max(0, RAW_BITS - bits) / (1 / encoded + 1 / decoded);
    }
  }

  /** What messages of run-time tensors are called among codings. */
  private static final String MESSAGES = "messages";

  /** Messages before the rate is held. */
  private static final int SETTLING = 8;

  /**
   * Measures messages of run-time tensors, which are coded on one thread.
   *
   * @param rows receives the figures as they come
   */
  public void measureMessages(Source source, Consumer<Row> rows) {
    float[] values = source.values();
    float[] decoded = new float[values.length];
    for (double rate : bits) {
      GradientCodec codec = new GradientCodec(GradientCodec.Settings.of(rate).withoutFeedback(), values.length);
      for (int i = 0; i < SETTLING; i++) {
        codec.encode(values);
      }
      byte[] message = codec.encode(values);
      double there = stopwatch.fastest(() -> codec.encode(values));
      double back = stopwatch.fastest(() -> codec.decode(message, decoded));
      rows.accept(new Row(
          source.name(), MESSAGES, 1, 8.0 * message.length / values.length, values.length / there, values.length / back));
    }
  }

  /**
   * Measures one tensor.
   *
   * @param rows receives the figures as they come
   */
  public void measure(Source source, Consumer<Row> rows) {
    // Vector kernels take over only after a while, and the first work would be timed without them.
    for (OwnCoding coding : codings) {
      TensorEncoder encoder = coding.of(TensorEncoder.atBits(bits[0]));
      stopwatch.warmUp(() -> TensorDecoder.decode(encoder.encode(source.tensor())));
    }
    float[] values = new float[source.count()];
    MemorySegment decoded = MemorySegment.ofArray(values);
    for (OwnCoding coding : codings) {
      for (double rate : bits) {
        // With a given step, as a link has it from the tensors before.
        int qp = coding.of(TensorEncoder.atBits(rate)).encode(source.tensor(), new MemoryStore()).qp();
        for (int count : threads) {
          try (ExecutorService executor = Executors.newFixedThreadPool(count)) {
            TensorEncoder encoder = coding.of(TensorEncoder.atQp(qp)).withThreads(executor, count);
            byte[] stream = encoder.encode(source.tensor());
            double there = stopwatch.fastest(() -> encoder.encode(source.tensor()));
            TensorDecoder decoder = TensorDecoder.open(stream).withThreads(executor, count);
            double back = stopwatch.fastest(() -> decoder.decodeInto(decoded));
            rows.accept(new Row(source.name(), coding.toString(), count, 8.0 * stream.length / source.count(),
                source.count() / there, source.count() / back));
          }
        }
      }
    }
  }
}
