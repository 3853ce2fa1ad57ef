package llm265.jmh;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.runtime.KvCodec;
import llm265.runtime.KvContext;
import llm265.runtime.KvPageJob;
import llm265.runtime.KvRate;
import llm265.runtime.KvSpec;
import llm265.runtime.KvView;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A page of 16 tokens of one layer of 8 heads of 128: 32,768 values of keys and values at 3 bits, on one thread: milliseconds a
 * page.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 6, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dllm265.kernels=vector"})
public class KvPageBenchmark {
  private static final int HEADS = 8;
  private static final int DIM = 128;
  private static final int PAGE = 16;
  private static final int PAGES = 32;
  private static final int TOKENS = PAGE * PAGES;
  private static final int CHANNELS = HEADS * DIM;

  @Param({"BITS", "FIXED_BYTES"})
  public KvRate.Mode mode;

  @Param({"3", "4"})
  public int stateBits;

  private KvCodec codec;
  private KvContext context;
  private KvView view;
  private final byte[][] pages = new byte[PAGES][];
  private final long[] lengths = new long[PAGES];
  private byte[] room;
  private int next;

  @Setup
  public void encodeAll() {
    KvSpec spec = KvSpec.of("benchmark", 1, HEADS, DIM, DType.BF16);
    codec = KvCodec.of(spec, KvRate.of(mode, 3, 3).withStates(stateBits));
    Random random = new Random(1);
    view = KvView.rows(
        new MemorySegment[] {keys(random)}, new MemorySegment[] {values(random)}, DType.BF16, TOKENS, HEADS, DIM, DIM);
    context = codec.learn(view, 0, TOKENS, 0);
    room = new byte[(int) codec.maxPageBytes()];
    for (int p = 0; p < PAGES; p++) {
      pages[p] = new byte[room.length];
      KvPageJob job = new KvPageJob(view, p * PAGE, p * PAGE, PAGE, 0, 1, MemorySegment.ofArray(pages[p]));
      codec.encodePages(context, 0, job);
      lengths[p] = job.length();
    }
  }

  /** Keys of neighbours that correlate by .6, with means in 3 of 64 pairs of channels. */
  private static MemorySegment keys(Random random) {
    float[] keys = new float[TOKENS * CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      double mean = random.nextInt(64) < 3 ? 4 + 16 * random.nextDouble() : 0;
      double deviation = Math.exp(0.5 * random.nextGaussian());
      double state = random.nextGaussian();
      for (int t = 0; t < TOKENS; t++) {
        keys[t * CHANNELS + c] = (float) (mean + deviation * state);
        state = 0.6 * state + 0.8 * random.nextGaussian();
      }
    }
    return patterns(keys);
  }

  private static MemorySegment values(Random random) {
    float[] values = new float[TOKENS * CHANNELS];
    for (int t = 0; t < TOKENS; t++) {
      double scale = Math.exp(0.4 * random.nextGaussian());
      for (int c = 0; c < CHANNELS; c++) {
        values[t * CHANNELS + c] = (float) (scale * random.nextGaussian());
      }
    }
    return patterns(values);
  }

  private static MemorySegment patterns(float[] values) {
    MemorySegment data = MemorySegment.ofArray(new byte[2 * values.length]);
    ValueCodec.write(DType.BF16, data, 0, values, 0, values.length);
    return data;
  }

  private int page() {
    next = (next + 1) % PAGES;
    return next;
  }

  @Benchmark
  public int encode() {
    int p = page();
    return codec.encodePages(context, 0, new KvPageJob(view, p * PAGE, p * PAGE, PAGE, 0, 1, MemorySegment.ofArray(room)));
  }

  @Benchmark
  public int decode() {
    int p = page();
    MemorySegment bytes = MemorySegment.ofArray(pages[p]).asSlice(0, lengths[p]);
    return codec.decodePages(context, 0, new KvPageJob(view, p * PAGE, p * PAGE, PAGE, 0, 1, bytes));
  }
}
