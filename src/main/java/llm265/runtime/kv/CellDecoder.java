package llm265.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.data.DataDecoder;
import llm265.dtype.ValueCodec;
import llm265.h264.MalformedStreamException;
import llm265.runtime.transform.ChannelTransform;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.PayloadReader;
import llm265.trinity.ChunkDecoder;
import llm265.trinity.ChunkKernels;
import llm265.trinity.Laws;

/**
 * Decodes cells. Used by one thread at a time.
 *
 * <p>Nothing but {@link MalformedStreamException} escapes, on any bytes.
 */
public final class CellDecoder {
  /** Of greater ones, sums of products of binary32 values have nothing left. */
  private static final double MOST_SQUARED_STEP = 1e76;

  private final CellFormat format;
  private final int tokens;
  private final float[] rows;
  private final byte[] classes;
  private final byte[] chunkClasses;
  private final int[] rowUnits;
  private final int[] bounds = new int[2];
  private final ChunkDecoder chunks = new ChunkDecoder();
  private final TokenTransform tokenTransform;
  private byte[] in = new byte[0];
  private int step;
  private int gain;
  private double squaredStep;

  /**
   * @param format of the cells
   * @param tokens of a cell at most
   */
  public CellDecoder(CellFormat format, int tokens) {
    this.format = format;
    this.tokens = tokens;
    int padded = Math.ceilDiv(format.values(tokens), 16) * 16;
    rows = new float[padded];
    classes = new byte[padded];
    chunkClasses = new byte[Math.min(padded, CellFormat.CHUNK)];
    rowUnits = new int[tokens];
    tokenTransform = new TokenTransform(format.channels());
  }

  /**
   * Decodes a cell.
   *
   * @param body its bytes, in {@code bytes} from {@code at} to {@code end}
   * @param count tokens, as the page has them
   * @param position of the first token
   * @param out receives {@code count x channels} values of the format's type, little-endian
   */
  public void decode(CellModel model, byte[] bytes, int at, int end, int count, long position, MemorySegment out) {
    if (count > tokens) {
      throw new IllegalArgumentException(count + " tokens are more than " + tokens);
    }
    PayloadReader reader = new PayloadReader(bytes, at, end);
    int first = reader.u8("cell_kind");
    int values = format.values(count);
    ExactValues exact = ExactValues.none();
    squaredStep = 0;
    switch (first & 7) {
      case CellFormat.RAW -> raw(first, reader, count, out);
      case CellFormat.BLOCKS -> blocks(first, bytes, at + 1, end, count, out);
      case CellFormat.PICTURES -> {
        requirePlain(first & ~CellFormat.EXACT_FLAG);
        exact = exact(first, reader, values);
        PictureCell.decode(format, reader, count, rows);
        channels(model, false, count, position);
      }
      case CellFormat.RANGE -> RangeCell.decode(format, reader, requireRange(first), count, rows);
      case CellFormat.TRELLIS -> {
        exact = coefficients(model, first, reader, bytes, end, count);
        squaredStep = Math.min((double) CellLaws.step(step) * CellLaws.step(step), MOST_SQUARED_STEP);
        channels(model, true, count, position);
      }
      default -> throw PayloadReader.malformed("cell_kind", "is " + (first & 7));
    }
    if ((first & 7) != CellFormat.RAW && (first & 7) != CellFormat.BLOCKS) {
      ValueCodec.write(format.dtype(), out, 0, rows, 0, values);
      exact.put(format, out);
    }
  }

  /** The square of the last cell's step between levels; 0 where its kind has none. */
  public double squaredStep() {
    return squaredStep;
  }

  private static void requirePlain(int first) {
    if (first >> CellFormat.FAMILY_SHIFT != 0) {
      throw PayloadReader.malformed("cell_kind", "has flags that its kind has not");
    }
  }

  private static boolean requireRange(int first) {
    requirePlain(first & ~CellFormat.EXACT_FLAG);
    return (first & CellFormat.EXACT_FLAG) == 0;
  }

  private void raw(int first, PayloadReader reader, int count, MemorySegment out) {
    requirePlain(first);
    byte[] patterns = reader.bytes("raw_values", format.rawBytes(count));
    reader.requireEnd("raw_values");
    MemorySegment.copy(MemorySegment.ofArray(patterns), 0, out, 0, patterns.length);
  }

  private void blocks(int first, byte[] bytes, int at, int end, int count, MemorySegment out) {
    requirePlain(first);
    MemorySegment body = MemorySegment.ofArray(bytes).asSlice(at, end - at);
    DataDecoder.create().decodeBlocks(body, out.asSlice(0, format.rawBytes(count)));
  }

  /** Decodes coefficients less their means, in steps of their own; returns the values that are not finite. */
  private ExactValues coefficients(CellModel model, int first, PayloadReader reader, byte[] bytes, int end, int count) {
    int family = (first >> CellFormat.FAMILY_SHIFT) & 3;
    if (family >= CellLaws.FAMILIES) {
      throw PayloadReader.malformed("cell_kind", "names no family of laws");
    }
    step = (short) (reader.u8("step") | (reader.u8("step") << 8));
    gain = reader.u8("gain");
    int shift = (byte) reader.u8("shift") * CellFormat.SHIFT_UNITS;
    Arrays.fill(rowUnits, 0, count, shift - step);
    if ((first & CellFormat.ROWS_FLAG) != 0) {
      readRows(reader, count);
    }
    int values = format.values(count);
    ExactValues exact = exact(first, reader, values);
    boolean wide = (first & CellFormat.WIDE_FLAG) != 0;
    CellScales.classify(model, count, wide, row -> rowUnits[row], classes);
    int length = end - reader.position();
    if (in.length < length + ChunkKernels.SLACK) {
      in = new byte[length + ChunkKernels.SLACK];
    }
    System.arraycopy(bytes, reader.position(), in, 0, length);
    decodeChunks(CellLaws.of(family, wide), length, values);
    return exact;
  }

  private ExactValues exact(int first, PayloadReader reader, int values) {
    return (first & CellFormat.EXACT_FLAG) == 0 ? ExactValues.none() : ExactValues.read(format, reader, values);
  }

  private void readRows(PayloadReader reader, int count) {
    int parameter = reader.u8("row_parameter");
    if (parameter > 7) {
      throw PayloadReader.malformed("row_parameter", "is " + parameter);
    }
    BitReader bits = new BitReader(reader, "row_class");
    for (int r = 0; r < count; r++) {
      rowUnits[r] += CellLaws.CLASS * bits.signedRice(parameter, CellFormat.MOST_ROW, "row_class");
    }
    bits.requireZeros("row_class");
  }

  private void decodeChunks(Laws laws, int length, int values) {
    float scale = (float) (CellLaws.step(step) * (double) (CellFormat.LEAST_GAIN + gain) / CellFormat.GAIN_UNIT);
    ChunkDecoder.Dequantizer dequantizer = new ChunkDecoder.Dequantizer(scale, 0);
    int at = 0;
    for (int from = 0; from < values; from += CellFormat.CHUNK) {
      int chunkEnd = length;
      if (from + CellFormat.CHUNK < values) {
        if (length - at < 3) {
          throw PayloadReader.malformed("chunk_bytes", "lie beyond the end of the cell");
        }
        int size = (in[at] & 0xFF) | ((in[at + 1] & 0xFF) << 8) | ((in[at + 2] & 0xFF) << 16);
        at += 3;
        chunkEnd = at + size;
        if (chunkEnd > length) {
          throw PayloadReader.malformed("chunk_bytes", "lead beyond the end of the cell");
        }
      }
      int steps = CellFormat.chunkSteps(from, values);
      byte[] own = classes;
      if (values > CellFormat.CHUNK) {
        System.arraycopy(classes, from, chunkClasses, 0, 16 * steps);
        own = chunkClasses;
      }
      bounds[0] = at;
      bounds[1] = chunkEnd;
      chunks.decode(in, bounds, 0, 1, steps, format.trellis(), laws, own, dequantizer, rows, from);
      at = chunkEnd;
    }
  }

  /** Makes channels of coefficients. */
  private void channels(CellModel model, boolean areFrequencies, int count, long position) {
    if (areFrequencies && model.transformsTokens()) {
      tokenTransform.inverse(rows, count);
    }
    float[] means = model.means();
    int channels = format.channels();
    int values = format.values(count);
    for (int at = 0; at < values; at += channels) {
      for (int c = 0; c < channels; c++) {
        rows[at + c] += means[c];
      }
    }
    ChannelTransform transform = model.transform();
    if (transform != null) {
      transform.inverse(rows, 0, count, position);
    }
  }
}
