package llm265;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Executor;
import llm265.h264.DecoderLimits;
import llm265.parallel.Workers;
import llm265.tensor.decode.TensorStream;

/**
 * Decodes a tensor from its stream, all of it or a part.
 *
 * <p>Immutable and thread-safe. Whatever the bytes are, only {@link llm265.h264.MalformedStreamException} and {@link
 * llm265.h264.UnsupportedStreamException} are thrown.
 */
public final class TensorDecoder {
  private final TensorStream stream;
  private final Workers workers;

  private TensorDecoder(TensorStream stream, Workers workers) {
    this.stream = stream;
    this.workers = workers;
  }

  /**
   * Opens a stream: reads its header and decodes nothing.
   *
   * @throws llm265.h264.MalformedStreamException if the stream is damaged or holds no tensor
   * @throws llm265.h264.UnsupportedStreamException if a later version of this program has written the stream
   */
  public static TensorDecoder open(byte[] stream) {
    return open(MemorySegment.ofArray(stream));
  }

  /** Opens a stream in memory that must stay accessible, such as a part of a mapped file; like {@link #open(byte[])}. */
  public static TensorDecoder open(MemorySegment stream) {
    return open(stream, DecoderLimits.DEFAULT);
  }

  /** Opens a stream with limits on what decoding may allocate; like {@link #open(byte[])}. */
  public static TensorDecoder open(MemorySegment stream, DecoderLimits limits) {
    return new TensorDecoder(TensorStream.open(stream, limits), Workers.CALLER);
  }

  /** Decodes a whole stream at once. */
  public static float[] decode(byte[] stream) {
    return open(stream).decode();
  }

  /**
   * The same stream with helping threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public TensorDecoder withThreads(Executor executor, int threads) {
    return new TensorDecoder(stream, new Workers(executor, threads));
  }

  /** What the stream says about its tensor: type, shape, quality. */
  public TensorInfo info() {
    return TensorInfo.of(stream);
  }

  /**
   * The whole tensor, row-major; 16-bit values as floats.
   *
   * @throws IllegalArgumentException if it has too many values for an array; use {@link #decodeInto(MemorySegment)} then
   */
  public float[] decode() {
    long values = stream.header().framing().values();
    if (values > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("a tensor of " + values + " values does not fit into an array");
    }
    return decodeValues(0, (int) values);
  }

  /**
   * The whole tensor in its own type.
   *
   * @param data receives the values, row-major, little-endian; must have exactly their size
   */
  public void decodeInto(MemorySegment data) {
    if (data.byteSize() != stream.header().dtype().byteSize(stream.header().framing().values())) {
      throw new IllegalArgumentException("memory of " + data.byteSize() + " bytes is not of the size of " + stream.header());
    }
    stream.decode(0, data, workers);
  }

  /**
   * Decodes everything and keeps nothing.
   *
   * @throws llm265.h264.MalformedStreamException if the stream is damaged, even where only a checksum shows it
   */
  public void verify() {
    stream.verify(workers);
  }

  /**
   * Some values in row-major order. Decodes only the tiles that hold them.
   *
   * @param first index of the first value
   * @param count number of values
   * @throws IndexOutOfBoundsException if the range exceeds the tensor
   */
  public float[] decodeValues(long first, int count) {
    float[] values = new float[count];
    stream.decode(first, values, workers);
    return values;
  }

  /**
   * Some values in row-major order in the tensor's own type. Decodes only the tiles that hold them.
   *
   * @param first index of the first value
   * @param data receives as many values as fit, little-endian
   * @throws IndexOutOfBoundsException if the range exceeds the tensor
   */
  public void decodeValuesInto(long first, MemorySegment data) {
    stream.decode(first, data, workers);
  }

  /**
   * Slices of the tensor along its first dimension, like {@code tensor[from:to]} in NumPy.
   *
   * @param from first slice
   * @param to slice after the last
   * @throws IndexOutOfBoundsException if the range exceeds the tensor
   * @throws IllegalArgumentException if the tensor has no dimension, or the slices have too many values for an array
   */
  public float[] decodeSlices(long from, long to) {
    long[] shape = stream.header().shape();
    if (shape.length == 0) {
      throw new IllegalArgumentException("a scalar has no slices");
    }
    if (from < 0 || to < from || to > shape[0]) {
      throw new IndexOutOfBoundsException("slices " + from + " to " + to + " of " + shape[0]);
    }
    long size = shape[0] == 0 ? 0 : stream.header().framing().values() / shape[0];
    if (size > 0 && to - from > (Integer.MAX_VALUE - 8) / size) {
      throw new IllegalArgumentException("too many values for an array");
    }
    return decodeValues(from * size, (int) ((to - from) * size));
  }
}
