package llm265.runtime.kv;

import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.runtime.message.DeviationLaws;
import llm265.tensor.payload.PayloadReader;

/**
 * The pictures of a sequence's keys, or values: all of one size, that of a cell of a whole page, and where coefficients lie on
 * them. Those that are expected to be the largest come first, so that each macroblock has coefficients of one scale. SPEC.md,
 * "Cells on pictures".
 */
public final class CellPicture {
  /** Values of a macroblock. */
  static final int MACROBLOCK = 256;

  /** Macroblocks after which the trellis begins anew. */
  static final int CHUNK = 256;

  /** Most macroblocks of a picture at level 5.1 (Table A-1). */
  private static final int MOST_MACROBLOCKS = 36_864;

  /** NVDEC takes no narrower ones. */
  private static final int LEAST_WIDTH = 3;

  /** The class from which each whole octave up is a raw level bit: one less or more costs .05 dB at 3 bits. */
  private static final int WITHOUT_BITS = 16;

  private static final int CLASSES_OF_OCTAVE = 3;

  /** Units below which no expected deviation lies, with a row's class. */
  private static final int LEAST_UNITS = CellModel.LEAST_UNITS - CellFormat.MOST_ROW * DeviationLaws.CLASS;

  private static final int UNITS =
      CellModel.GREATEST_UNITS - CellModel.LEAST_UNITS + 2 * CellFormat.MOST_ROW * DeviationLaws.CLASS + 1;

  private final PictureFormat format;
  private final int[] counts = new int[UNITS + 1];
  private final int[] order;

  /** @param tokens of a page */
  CellPicture(CellFormat cells, int tokens) {
    format = format(cells, tokens);
    order = new int[cells.values(tokens)];
  }

  private static PictureFormat format(CellFormat cells, int tokens) {
    int macroblocks = Math.ceilDiv(cells.values(tokens), MACROBLOCK);
    int width = Math.max(LEAST_WIDTH, (int) Math.ceil(Math.sqrt(macroblocks)));
    return PictureFormat.of8Bit(16 * width, 16 * Math.ceilDiv(macroblocks, width), ChromaFormat.YUV420);
  }

  /** Whether cells of so many values fit on a picture that decoders take. */
  public static boolean fits(CellFormat cells, int tokens) {
    PictureFormat format = format(cells, tokens);
    return format.sizeInMbs() <= MOST_MACROBLOCKS;
  }

  /** The sequence and the picture parameter set of all pictures of cells, with start codes. */
  public static byte[] parameterSets(CellFormat cells, int tokens) {
    return encoder(format(cells, tokens)).parameterSets();
  }

  /**
   * The body of a cell that is on a picture.
   *
   * @param side what comes before the picture
   * @param slice the picture's NAL unit, without a start code
   */
  public record Unit(byte[] side, byte[] slice) {}

  /**
   * Takes a body apart; null if it is none of a picture.
   *
   * @param tokens of the cell
   * @throws llm265.h264.MalformedStreamException if it is damaged
   */
  public static Unit unit(CellFormat cells, byte[] body, int tokens) {
    if (body.length == 0 || (body[0] & CellFormat.KIND_MASK) != CellFormat.PICTURES) {
      return null;
    }
    PayloadReader in = new PayloadReader(body, 1, body.length);
    CellHead.read(cells, body[0] & 0xFF, in, tokens);
    byte[] slice = CellBody.read(in).slice();
    return new Unit(Arrays.copyOf(body, body.length - slice.length), slice);
  }

  private static H264IntraEncoder encoder(PictureFormat format) {
    return new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, format);
  }

  H264IntraEncoder encoder() {
    return encoder(format);
  }

  PictureFormat format() {
    return format;
  }

  /** Number of levels on a picture. */
  int levels() {
    return MACROBLOCK * format.sizeInMbs();
  }

  /** Bits of the levels of a class that are kept raw beside the picture: levels of a deviation of 1 to 2 take least on it. */
  static int rawBits(int valueClass) {
    return Math.max(0, (valueClass - WITHOUT_BITS) / CLASSES_OF_OCTAVE);
  }

  /**
   * Coefficients of a cell in the order in which macroblocks take them: by expected deviation, the greatest first, then by place.
   *
   * @param rowClass of each row
   * @return indices; valid until the next call
   */
  int[] order(CellModel model, int tokens, CellScales.RowUnits rowClass) {
    int channels = model.channels();
    Arrays.fill(counts, 0);
    for (int r = 0; r < tokens; r++) {
      int[] expected = model.expected(TokenTransform.length(r & -TokenTransform.BLOCK, tokens));
      int at = model.transformsTokens() ? (r & (TokenTransform.BLOCK - 1)) * channels : 0;
      int top = top(rowClass, r);
      for (int c = 0; c < channels; c++) {
        counts[top - expected[at + c] + 1]++;
      }
    }
    for (int i = 1; i < UNITS; i++) {
      counts[i] += counts[i - 1];
    }
    for (int r = 0; r < tokens; r++) {
      int[] expected = model.expected(TokenTransform.length(r & -TokenTransform.BLOCK, tokens));
      int at = model.transformsTokens() ? (r & (TokenTransform.BLOCK - 1)) * channels : 0;
      int top = top(rowClass, r);
      for (int c = 0; c < channels; c++) {
        order[counts[top - expected[at + c]]++] = r * channels + c;
      }
    }
    return order;
  }

  /** What a row's expected units are subtracted from. */
  private static int top(CellScales.RowUnits rowClass, int row) {
    return UNITS - 1 + LEAST_UNITS - rowClass.of(row) * DeviationLaws.CLASS;
  }
}
