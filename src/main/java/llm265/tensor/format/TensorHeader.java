package llm265.tensor.format;

import java.util.Arrays;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.UnsupportedStreamException;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * What a stream says about its tensor as a whole: the {@code tensor} section of the first picture's side information.
 *
 * @param dtype {@link DType#F32}, {@link DType#F16} or {@link DType#BF16}; in lossless streams, any type whose values fill
 *     bytes
 * @param shape dimensions, outermost first; empty for a scalar
 * @param framing view and tiles
 * @param transforms what lies between samples and values
 * @param deviation standard deviation of the finite values, to 13 bits of mantissa; 0 if there are none, and in lossless
 *     streams
 * @param rootMeanSquareError root mean square error of the decoded finite values, to 13 bits of mantissa
 * @param tileBytes size of each tile's access unit from its SEI NAL unit's start code on; null for a single tile, which
 *     reaches to the end of the stream
 */
public record TensorHeader(
    DType dtype, long[] shape, TensorFraming framing, TensorTransforms transforms, float deviation,
    float rootMeanSquareError, int[] tileBytes) {

  /** The version of the format that is written and read. */
  public static final int FORMAT_VERSION = 1;

  /** The most dimensions that a stream can have. */
  public static final int MAX_RANK = 32;

  /** Values lie on the view in row-major order. */
  static final int LAYOUT_RASTER = 0;

  private static final int TRANSPOSED = 16;

  private static final int TILE_BYTES_LENGTH = 4;
  private static final int MAX_TILE_BYTES = (1 << 28) - 1;
  private static final int FLOAT21_LENGTH = 3;

  public TensorHeader {
    shape = shape.clone();
    tileBytes = tileBytes == null ? null : tileBytes.clone();
    if (!transforms.isLossless()) {
      ElementType.of(dtype);
    }
    if (shape.length > MAX_RANK) {
      throw new IllegalArgumentException(shape.length + " dimensions are more than the " + MAX_RANK + " that a stream can have");
    }
    if (Shape.count(shape) != framing.values()) {
      throw new IllegalArgumentException("framing of " + framing.values() + " values for " + Arrays.toString(shape));
    }
    if (framing.tiles() > 1 ? tileBytes == null || tileBytes.length != framing.tiles() : tileBytes != null) {
      throw new IllegalArgumentException("index for another number of tiles than " + framing.tiles());
    }
  }

  /** Signal-to-noise ratio in dB: 10 log10 of variance over mean squared error; infinite if there is no error. */
  public double snr() {
    if (isLossless()) {
      return Double.POSITIVE_INFINITY;
    }
    return 20 * StrictMath.log10((double) deviation / rootMeanSquareError);
  }

  /** Whether every value comes back bit for bit. */
  public boolean isLossless() {
    return transforms.isLossless();
  }

  /** Format of the pictures. */
  public PictureFormat pictureFormat(ChromaFormat chroma) {
    int height = transforms.exact() != null ? transforms.exact().pictureHeight(framing) : framing.tileHeight();
    return PictureFormat.of8Bit(framing.tileWidth(), height, chroma).withBitDepth(transforms.bitDepth());
  }

  /** Rows of macroblocks in a slice: planes of bits have slices of their own. */
  public int sliceRows() {
    return (transforms.exact() != null ? transforms.exact().planeHeight(framing) : framing.tileHeight()) / 16;
  }

  /** Number of macroblocks of a picture. */
  public int macroblocks() {
    return pictureFormat(ChromaFormat.MONOCHROME).sizeInMbs();
  }

  /** The same header with what is known only after coding. */
  TensorHeader withResult(float rmsError, int[] bytesOfTiles) {
    return new TensorHeader(
        dtype, shape, framing, transforms, deviation, rmsError, framing.tiles() > 1 ? bytesOfTiles : null);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public int[] tileBytes() {
    return tileBytes == null ? null : tileBytes.clone();
  }

  /** Size of a tile's access unit; only for streams of several tiles. */
  public int bytesOfTile(int tile) {
    return tileBytes[tile];
  }

  /** Type of the values that are kept exactly. In a rotated plane it is not the tensor's type. */
  ElementType outlierType() {
    return transforms.rotation() == null ? ElementType.of(dtype) : ElementType.F32;
  }

  /** Writes the section's content. Its length does not depend on what is known only after coding. */
  void write(PayloadWriter out) {
    int start = out.length();
    out.varint(FORMAT_VERSION);
    out.varint(transforms.flags() | (framing.transposed() ? TRANSPOSED : 0));
    out.varint(ElementType.code(dtype));
    out.varint(LAYOUT_RASTER);
    out.varint(shape.length);
    for (long dimension : shape) {
      out.varint(dimension);
    }
    out.varint(framing.viewColumns());
    out.varint(framing.tileWidth() / 16);
    out.varint(framing.tileHeight() / 16);
    transforms.write(out);
    out.sevenBit(float21(deviation), FLOAT21_LENGTH);
    out.sevenBit(float21(rootMeanSquareError), FLOAT21_LENGTH);
    for (int i = 0; tileBytes != null && i < tileBytes.length; i++) {
      if (tileBytes[i] > MAX_TILE_BYTES) {
        throw new IllegalArgumentException("access unit of " + tileBytes[i] + " bytes");
      }
      out.sevenBit(tileBytes[i], TILE_BYTES_LENGTH);
    }
    out.sevenBit(out.crc32c(start) & 0xFFFF_FFFFL, 5);
  }

  /** Reads the section's content, which is all of {@code in}. */
  static TensorHeader read(PayloadReader in) {
    int start = in.position();
    int version = in.varint("format_version", Integer.MAX_VALUE);
    if (version != FORMAT_VERSION) {
      throw unsupported("format_version", version + " is not " + FORMAT_VERSION);
    }
    long flags = in.varint("transform_flags");
    boolean exact = TensorTransforms.areLossless(flags);
    if (!exact && !TensorTransforms.areKnown(flags & ~TRANSPOSED)) {
      throw unsupported("transform_flags", "0x" + Long.toHexString(flags) + " asks for steps that are not known");
    }
    DType dtype = ElementType.ofCode(in.varint("element_type", 255), exact);
    int layout = in.varint("layout", Integer.MAX_VALUE);
    if (layout != LAYOUT_RASTER) {
      throw unsupported("layout", layout + " is not known");
    }
    long[] shape = new long[in.varint("rank", MAX_RANK)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.varint("dimension");
    }
    TensorFraming framing = readFraming(in, shape, (flags & TRANSPOSED) != 0);
    TensorTransforms transforms = TensorTransforms.read(flags, in, dtype.bits(), framing);
    float deviation = ofFloat21(in.sevenBit("deviation", FLOAT21_LENGTH));
    float rmsError = ofFloat21(in.sevenBit("rms_error", FLOAT21_LENGTH));
    int[] tileBytes = null;
    if (framing.tiles() > 1) {
      if ((long) framing.tiles() * TILE_BYTES_LENGTH > in.remaining()) {
        throw PayloadReader.malformed("tile_bytes", "the index of " + framing.tiles() + " tiles is not complete");
      }
      tileBytes = new int[framing.tiles()];
      for (int i = 0; i < tileBytes.length; i++) {
        tileBytes[i] = (int) in.sevenBit("tile_bytes", TILE_BYTES_LENGTH);
      }
    }
    long actual = in.crc32c(start) & 0xFFFF_FFFFL;
    if (in.sevenBit("header_crc", 5) != actual) {
      throw PayloadReader.malformed("header_crc", "the header is damaged: its CRC-32C does not match");
    }
    in.requireEnd("tensor section");
    return new TensorHeader(dtype, shape, framing, transforms, deviation, rmsError, tileBytes);
  }

  private static TensorFraming readFraming(PayloadReader in, long[] shape, boolean transposed) {
    long viewColumns = in.varint("view_columns");
    int tileWidth = 16 * in.varint("tile_width", TensorFraming.MAX_TILE_SIDE / 16);
    int tileHeight = 16 * in.varint("tile_height", TensorFraming.MAX_TILE_SIDE / 16);
    try {
      return new TensorFraming(Shape.count(shape), viewColumns, transposed, tileWidth, tileHeight);
    } catch (IllegalArgumentException e) {
      throw PayloadReader.malformed("framing", e.getMessage());
    }
  }

  private static UnsupportedStreamException unsupported(String field, String problem) {
    return new UnsupportedStreamException(field, "SPEC.md, Tensor stream", problem);
  }

  /** f21: a binary32 of sign 0 without its last 10 mantissa bits, rounded to nearest. */
  static int float21(float value) {
    return Math.min((Float.floatToIntBits(value) + 0x1FF + ((Float.floatToIntBits(value) >>> 10) & 1)) >>> 10, 0x1F_DFFF);
  }

  static float ofFloat21(long bits) {
    float value = Float.intBitsToFloat((int) bits << 10);
    if (!Float.isFinite(value)) {
      throw PayloadReader.malformed("f21", "is not a finite number");
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorHeader that
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape)
        && framing.equals(that.framing)
        && transforms.equals(that.transforms)
        && Float.compare(deviation, that.deviation) == 0
        && Float.compare(rootMeanSquareError, that.rootMeanSquareError) == 0
        && Arrays.equals(tileBytes, that.tileBytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(shape) * 31 + framing.hashCode();
  }

  @Override
  public String toString() {
    return dtype + " " + Arrays.toString(shape) + " as " + framing.rows() + "x" + framing.columns()
        + " in " + framing.tiles() + " tiles of " + framing.tileHeight() + "x" + framing.tileWidth();
  }
}
