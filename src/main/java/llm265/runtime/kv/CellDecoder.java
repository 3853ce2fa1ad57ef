package llm265.runtime.kv;

import java.lang.foreign.MemorySegment;
import llm265.data.DataDecoder;
import llm265.dtype.ValueCodec;
import llm265.h264.MalformedStreamException;
import llm265.runtime.message.DeviationLaws;
import llm265.runtime.transform.ChannelTransform;
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
  private final int[] bounds = new int[2];
  private final ChunkDecoder chunks = new ChunkDecoder();
  private final TokenTransform tokenTransform;
  private byte[] in = new byte[0];
  /** Null until there is a cell on a picture. */
  private PictureDecoding pictures;
  private byte[] parameterSets;
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
    tokenTransform = new TokenTransform(format.channels());
  }

  /**
   * Says what the parameter sets of pictures are from now on.
   *
   * @param sets null for those of {@link CellPicture#parameterSets}
   */
  public void useParameterSets(byte[] sets) {
    parameterSets = sets;
  }

  /**
   * Decodes a cell.
   *
   * @param keys decoded keys of its tokens, as {@link CellEncoder#encode} has them
   * @param body its bytes
   * @param luma samples of its picture that another decoder has made; null to decode it, if it has one
   * @param count tokens, as the page has them
   * @param position of the first token
   * @param out receives {@code count x channels} values of the format's type, little-endian
   */
  public void decode(
      CellModel model, float[] keys, byte[] body, byte[] luma, int count, long position, MemorySegment out) {
    if (count > tokens) {
      throw new IllegalArgumentException(count + " tokens are more than " + tokens);
    }
    PayloadReader reader = new PayloadReader(body, 0, body.length);
    int first = reader.u8("cell_kind");
    int values = format.values(count);
    ExactValues exact = ExactValues.none();
    squaredStep = 0;
    switch (first & CellFormat.KIND_MASK) {
      case CellFormat.RAW -> raw(first, reader, count, out);
      case CellFormat.BLOCKS -> blocks(first, body, count, out);
      case CellFormat.RANGE -> RangeCell.decode(format, reader, requireRange(first), count, rows);
      case CellFormat.TRELLIS, CellFormat.PICTURES -> {
        CellHead head = CellHead.read(format, first, reader, count);
        coefficients(model, head, reader, luma, count);
        exact = head.exact();
        squaredStep = Math.min(head.squaredStep(), MOST_SQUARED_STEP);
        channels(model, keys, count, position);
      }
      default -> throw PayloadReader.malformed("cell_kind", "is " + (first & CellFormat.KIND_MASK));
    }
    if ((first & CellFormat.KIND_MASK) != CellFormat.RAW && (first & CellFormat.KIND_MASK) != CellFormat.BLOCKS) {
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

  private void blocks(int first, byte[] body, int count, MemorySegment out) {
    requirePlain(first);
    DataDecoder.create().decodeBlocks(MemorySegment.ofArray(body).asSlice(1), out.asSlice(0, format.rawBytes(count)));
  }

  /** Decodes coefficients less their means. */
  private void coefficients(CellModel model, CellHead head, PayloadReader reader, byte[] luma, int count) {
    boolean isPicture = (head.first() & CellFormat.KIND_MASK) == CellFormat.PICTURES;
    CellScales.classify(model, count, isPicture || head.isWide(), head::units, classes);
    if (isPicture) {
      onPicture(model, head, reader, luma, count);
      return;
    }
    Laws laws = DeviationLaws.of(head.family(), head.isWide());
    byte[] bytes = reader.bytes("chunks", reader.remaining());
    if (in.length < bytes.length + ChunkKernels.SLACK) {
      in = new byte[bytes.length + ChunkKernels.SLACK];
    }
    System.arraycopy(bytes, 0, in, 0, bytes.length);
    decodeChunks(laws, head.scale(), bytes.length, format.values(count));
  }

  private void onPicture(CellModel model, CellHead head, PayloadReader reader, byte[] luma, int count) {
    requirePlain(head.first() & ~(CellFormat.EXACT_FLAG | CellFormat.ROWS_FLAG));
    if (!format.hasPictures()) {
      throw PayloadReader.malformed("cell_kind", "is a picture in a sequence without them");
    }
    if (pictures == null) {
      pictures = new PictureDecoding(format, tokens);
    }
    if (parameterSets == null) {
      parameterSets = CellPicture.parameterSets(format, tokens);
    }
    pictures.decode(parameterSets, CellBody.read(reader), luma, model, count, head::rowClass, classes, rows);
    float scale = head.scale();
    int values = format.values(count);
    for (int i = 0; i < values; i++) {
      rows[i] *= scale;
    }
  }

  private void decodeChunks(Laws laws, float scale, int length, int values) {
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
  private void channels(CellModel model, float[] keys, int count, long position) {
    if (model.transformsTokens()) {
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
    if (model.isPredicted()) {
      model.prediction().add(keys, rows, count);
    }
    ChannelTransform transform = model.transform();
    if (transform != null) {
      transform.inverse(rows, 0, count, position);
    }
  }
}
