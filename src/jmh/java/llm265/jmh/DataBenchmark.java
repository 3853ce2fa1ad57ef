package llm265.jmh;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import llm265.data.DataDecoder;
import llm265.data.DataEncoder;
import llm265.dtype.DType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Numbers without loss, from and to memory, on one thread: bytes of values a nanosecond, that is GB/s, with a copy and with zlib
 * beside.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(DataBenchmark.BYTES)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dllm265.kernels=vector"})
public class DataBenchmark {
  static final int BYTES = 1 << 23;

  @Param({"BF16", "I8", "F32"})
  public DType type;

  private final byte[] values = new byte[BYTES];
  private final byte[] decoded = new byte[BYTES];
  private byte[] blocks;
  private byte[] deflated;
  private int deflatedBytes;

  @Setup
  public void fill() {
    ByteBuffer out = ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(1);
    while (out.hasRemaining()) {
      double value = random.nextGaussian();
      int bits = Float.floatToRawIntBits((float) value);
      switch (type) {
        case BF16 -> out.putShort((short) (bits >>> 16));
        case I8 -> out.put((byte) Math.round(30 * value));
        default -> out.putInt(bits);
      }
    }
    blocks = encode();
    deflated = new byte[2 * BYTES];
    deflatedBytes = deflate();
  }

  @Benchmark
  public byte[] encode() {
    return DataEncoder.of(type).encodeBlocks(MemorySegment.ofArray(values));
  }

  @Benchmark
  public byte[] decode() {
    DataDecoder.create().decodeBlocks(MemorySegment.ofArray(blocks), MemorySegment.ofArray(decoded));
    return decoded;
  }

  @Benchmark
  public byte[] copy() {
    MemorySegment.ofArray(decoded).copyFrom(MemorySegment.ofArray(values));
    return decoded;
  }

  @Benchmark
  public int deflate() {
    try (Deflater deflater = new Deflater(Deflater.BEST_SPEED)) {
      deflater.setInput(values);
      deflater.finish();
      return deflater.deflate(deflated);
    }
  }

  @Benchmark
  public byte[] inflate() throws DataFormatException {
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(deflated, 0, deflatedBytes);
      inflater.inflate(decoded);
      return decoded;
    }
  }
}
