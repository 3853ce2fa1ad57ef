package llm265.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.rate.GaussianModel;
import llm265.rate.QuantizerPoint;
import llm265.tensor.Codec;
import llm265.tensor.MemoryStore;
import llm265.tensor.values.TensorKernels;

/** {@code llm265 bench speed}: values per second of our codec and of others, in the same run, on the same data and streams. */
public final class Speed {
  /** Programs that can be measured. */
  public static final List<String> PEERS = List.of(PeerSpeed.FFMPEG, PeerSpeed.X264);

  private static final int ROW = 4096;
  private static final int MIDDLE = 1 << 11;
  private static final double LEVELS = 28 * 16;
  private static final int WARM_UP_ROUNDS = 2;

  /** About three bits per value. */
  private static final int WARM_UP_QP = 28;

  private static final List<String> X264_PRESETS = List.of("ultrafast", "medium", "veryslow");

  private final double[] bits;
  private final List<OwnCoding> codings;
  private final Set<String> peers;
  private final Stopwatch stopwatch;
  private final Executor executor;
  private final int threads;

  /**
   * @param bits rates to measure at, in bits per value
   * @param peers which of x264 and ffmpeg to measure
   * @param seconds time to warm up and then to measure, for every figure
   * @param threads number of threads, measured in addition to one thread if greater
   */
  public Speed(double[] bits, List<OwnCoding> codings, Set<String> peers, double seconds, Executor executor, int threads) {
    this.bits = bits.clone();
    this.codings = List.copyOf(codings);
    this.peers = Set.copyOf(peers);
    this.stopwatch = new Stopwatch(seconds);
    this.executor = executor;
    this.threads = threads;
  }

  /**
   * One figure.
   *
   * @param source name of the tensor
   * @param work what was done, and by which program
   * @param bits bits per value of the stream; NaN without a stream
   * @param valuesPerSecond values of the tensor per second
   */
  public record Row(String source, String work, int threads, double bits, double valuesPerSecond) {
    /** Megabytes per second of the values as binary32. */
    public double megabytes() {
      return 4 * valuesPerSecond / 1e6;
    }

    /** Megabits per second of the stream; NaN without a stream. */
    public double megabits() {
      return bits * valuesPerSecond / 1e6;
    }
  }

  /** The programs of {@link #PEERS} that are on the PATH. */
  public static List<String> peersThere() {
    return PEERS.stream().filter(PeerSpeed::isThere).toList();
  }

  /**
   * Measures one tensor.
   *
   * @param rows receives the figures as they come
   * @throws IOException if another program fails
   */
  public void measure(Source source, Consumer<Row> rows) throws IOException {
    warmUp(source);
    frontEnd(source, rows);
    try (PeerSpeed others = new PeerSpeed()) {
      for (double rate : bits) {
        measure(source, rate, others, rows);
      }
    }
  }

  /**
   * Runs all that will be timed. Vector kernels take over only after a while, and the first work would be timed without them.
   */
  private void warmUp(Source source) {
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      for (OwnCoding coding : codings) {
        TensorEncoder encoder = coding.of(TensorEncoder.atQp(WARM_UP_QP));
        stopwatch.warmUp(() -> TensorDecoder.decode(encoder.encode(source.tensor())));
      }
    }
  }

  private void measure(Source source, double rate, PeerSpeed others, Consumer<Row> rows) throws IOException {
    Map<Codec, byte[]> ours = new EnumMap<>(Codec.class);
    for (OwnCoding coding : codings) {
      // Times without the search for the step, since x264 is given its step too.
      int qp = coding.of(TensorEncoder.atBits(rate)).encode(source.tensor(), new MemoryStore()).qp();
      TensorEncoder encoder = coding.of(TensorEncoder.atQp(qp));
      byte[] stream = encoder.encode(source.tensor());
      ours.putIfAbsent(coding.codec(), stream);
      String work = "encode " + coding;
      rows.accept(row(source, work, 1, stream, stopwatch.fastest(() -> encoder.encode(source.tensor()))));
      if (threads > 1) {
        TensorEncoder parallel = encoder.withThreads(executor, threads);
        rows.accept(row(source, work, threads, stream, stopwatch.fastest(() -> parallel.encode(source.tensor()))));
      }
    }
    byte[] theirs = null;
    if (peers.contains(PeerSpeed.X264)) {
      ClippedFrames frames =
          new ClippedFrames(source.tensor(), rate, GaussianModel.relativeError(GaussianModel.log2RatioForBits(rate)));
      int qp = QuantizerPoint.of(GaussianModel.log2RatioForBits(rate), frames.levelDeviation()).qp();
      for (String preset : X264_PRESETS) {
        PeerSpeed.Encoded encoded = others.encode(frames, qp, preset, 1);
        theirs = encoded.stream();
        rows.accept(row(source, "encode x264 " + preset, 1, encoded.stream(), encoded.seconds()));
      }
    }
    if (ours.containsKey(Codec.H264)) {
      decode(source, "our stream", ours.get(Codec.H264), others, rows);
    }
    ours.forEach((codec, stream) -> decodeToFloats(source, codec, stream, rows));
    if (theirs != null) {
      decode(source, "x264's stream", theirs, others, rows);
    }
  }

  private void decodeToFloats(Source source, Codec codec, byte[] stream, Consumer<Row> rows) {
    String work = "decode " + (codec == Codec.H264 ? "" : codec.toString().toLowerCase(Locale.ROOT) + " ") + "to F32";
    float[] values = new float[source.count()];
    MemorySegment data = MemorySegment.ofArray(values);
    TensorDecoder decoder = TensorDecoder.open(stream);
    rows.accept(row(source, work, 1, stream, stopwatch.fastest(() -> decoder.decodeInto(data))));
    if (threads > 1) {
      TensorDecoder parallel = decoder.withThreads(executor, threads);
      rows.accept(row(source, work, threads, stream, stopwatch.fastest(() -> parallel.decodeInto(data))));
    }
  }

  /** Decodes to pictures, as FFmpeg does. */
  private void decode(Source source, String name, byte[] stream, PeerSpeed others, Consumer<Row> rows) throws IOException {
    rows.accept(row(source, "decode " + name, 1, stream, stopwatch.fastest(() ->
        new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, PictureReceiver.passing(picture -> {})))));
    if (peers.contains(PeerSpeed.FFMPEG)) {
      rows.accept(row(source, "decode " + name + " FFmpeg", 1, stream, others.decode(stream, 1)));
    }
  }

  /** Times floats to samples, with the sums for mean and variance, and levels to floats, a row at a time. */
  private void frontEnd(Source source, Consumer<Row> rows) {
    float[] values = source.values();
    float[] copied = new float[values.length];
    double copy = stopwatch.fastest(() -> {
      for (int i = 0; i < copied.length; i++) {
        copied[i] = 1.5f * values[i];
      }
    });
    rows.accept(new Row(source.name(), "y = 1.5 x", 1, Double.NaN, values.length / copy));
    short[] samples = new short[ROW];
    double[] sums = new double[2 * TensorKernels.LANES];
    float inverseScale = (float) (LEVELS / Math.sqrt(TextbookQuantizers.variance(values)));
    double there = stopwatch.fastest(() -> {
      float[] range = new float[2];
      for (int i = 0; i < values.length; i += ROW) {
        int count = Math.min(ROW, values.length - i);
        TensorKernels.ACTIVE.moments(values, i, count, 0, sums, range);
        TensorKernels.ACTIVE.quantize(values, i, count, 0, inverseScale, MIDDLE, MIDDLE, samples, 0);
      }
    });
    rows.accept(new Row(source.name(), "F32 to samples", 1, Double.NaN, values.length / there));
    float[] levels = new float[ROW];
    float[] decoded = new float[values.length];
    double back = stopwatch.fastest(() -> {
      for (int i = 0; i < decoded.length; i += ROW) {
        int count = Math.min(ROW, decoded.length - i);
        for (int x = 0; x < count; x++) {
          levels[x] = samples[x] - MIDDLE;
        }
        TensorKernels.ACTIVE.dequantize(levels, 0, count, 0, 1 / inverseScale, decoded, i);
      }
    });
    rows.accept(new Row(source.name(), "samples to F32", 1, Double.NaN, values.length / back));
  }

  private static Row row(Source source, String work, int threads, byte[] stream, double seconds) {
    return new Row(source.name(), work, threads, 8.0 * stream.length / source.count(), source.count() / seconds);
  }
}
