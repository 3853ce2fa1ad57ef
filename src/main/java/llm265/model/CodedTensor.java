package llm265.model;

import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import llm265.TensorInfo;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.ValueCodec;
import llm265.parallel.Workers;

/**
 * An entry of a compressed model, however it is coded: values that are decoded in pieces, one by one or in any range.
 *
 * <p>Thread-safe, as long as the model is open. Whatever the bytes are, only {@link ModelFormatException} is thrown; it names the
 * file and the tensor.
 */
public interface CodedTensor {
  /** Values that are converted to floats at once; fills whole bytes and blocks of every type. */
  int CONVERTED_VALUES = 1 << 16;

  /**
   * What an entry says about its coding, for people.
   *
   * @param codec the way of coding, in lower case
   * @param snr signal-to-noise ratio in dB over the finite values; infinite if there is no error, NaN if no value is finite
   * @param tools names of what else was used
   * @param tiles its pictures, or the parts of it that are coded without; null if it has neither
   */
  record Description(String codec, double snr, List<String> tools, TensorInfo.Tiles tiles)
      implements Serializable {
    /** What a stream says. */
    public static Description of(TensorInfo info) {
      return new Description(info.codec().name().toLowerCase(Locale.ROOT), info.snr(), info.tools(), info.tiles());
    }
  }

  /** Type of the values, before and after. */
  DType dtype();

  /** Dimensions, outermost first. */
  long[] shape();

  /** Number of pieces: ranges of values that can be decoded without the others. At least 1, even if there are no values. */
  int pieces();

  /** Index of the first value of a piece; for {@link #pieces} the number of values. A piece fills whole bytes and blocks. */
  long firstOf(int piece);

  /**
   * Decodes as many values as fit into some memory.
   *
   * @param first index of the first value; the values before it must fill whole bytes or blocks
   * @param target receives the values, row-major, little-endian, in their own type
   * @throws IndexOutOfBoundsException if there are not so many values
   */
  void decode(long first, MemorySegment target, Workers workers);

  /** Decodes everything and keeps nothing. */
  void verify(Workers workers);

  Description describe();

  /**
   * Decodes values as floats.
   *
   * @param first index of the first value, as above
   */
  default void decode(long first, float[] values, Workers workers) {
    int block = dtype().blockValues();
    for (int at = 0; at < values.length; at += CONVERTED_VALUES) {
      int count = Math.min(CONVERTED_VALUES, values.length - at);
      MemorySegment data = MemorySegment.ofArray(new byte[(int) dtype().byteSize(Math.ceilDiv(count, block) * (long) block)]);
      decode(first + at, data, workers);
      ValueCodec.read(dtype(), data, 0, values, at, count);
    }
  }

  /** The values of a piece in their own type. */
  default MemorySegment piece(int piece, Workers workers) {
    MemorySegment data = memory(dtype().byteSize(firstOf(piece + 1) - firstOf(piece)));
    decode(firstOf(piece), data, workers);
    return data;
  }

  /** All values in their own type. */
  default MemorySegment whole(Workers workers) {
    MemorySegment data = memory(dtype().byteSize(Shape.count(shape())));
    decode(0, data, workers);
    return data;
  }

  private static MemorySegment memory(long bytes) {
    return bytes < Integer.MAX_VALUE - 8 ? MemorySegment.ofArray(new byte[(int) bytes]) : Arena.ofAuto().allocate(bytes);
  }
}
