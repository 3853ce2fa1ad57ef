package llm265.tensor.format;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.transform.LevelRecovery;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.tools.CarrierFormat;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.PreInverse;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.TrellisFormat;
import llm265.trinity.Trellis;

/**
 * What a reader of a tensor stream undoes between samples and values: {@code transform_flags} of the tensor section.
 *
 * @param preInverse whether samples must be transformed forward, see {@link PreInverse}
 * @param rowClasses whether every tile has scale classes of its rows
 * @param columnClasses scale classes of the plane's columns, or null
 * @param rotation rotation of the plane's columns, or null
 * @param channels scales of channels, or null
 * @param exact how the bits of values lie on pictures without loss, which excludes everything else; null if samples stand for
 *     values
 * @param bitDepth bits of a sample, 8 to 14
 * @param lowBits number of raw bits of each level, 0 to {@link #MOST_LOW_BITS}; only with 8-bit samples, and without scale
 *     classes, pre-inverse transform and sign patterns
 * @param trellis how values are coded where there are no pictures; null where there are. Not with pre-inverse transform, exact
 *     values, deep samples and low bits
 * @param blocks whether values are kept bit for bit in blocks of {@link llm265.data}, with nothing else then
 * @param carried how levels of a trellis are carried by pictures; null where they are not. Not with pre-inverse transform, exact
 *     values, deep samples, low bits and trellis
 */
public record TensorTransforms(
    boolean preInverse, boolean rowClasses, ScaleClasses columnClasses, Rotation rotation, ChannelScales channels,
    ExactValues exact, int bitDepth, int lowBits, TrellisFormat trellis, boolean blocks, CarrierFormat carried) {
  /** Nothing. */
  public static final TensorTransforms NONE =
      new TensorTransforms(false, false, null, null, null, null, 8, 0, null, false, null);

  /** Values that are kept bit for bit in blocks of {@link llm265.data}. */
  public static final TensorTransforms BLOCKS =
      new TensorTransforms(false, false, null, null, null, null, 8, 0, null, true, null);

  /** The greatest number of bits of a sample. */
  public static final int MOST_BIT_DEPTH = 14;

  /** With more low bits, levels would have more than 14 bits. */
  public static final int MOST_LOW_BITS = 6;

  private static final int PRE_INVERSE = 2;
  private static final int ROW_CLASSES = 4;
  private static final int COLUMN_CLASSES = 8;
  private static final int ROTATION = 32;
  private static final int CHANNELS = 64;
  private static final int EXACT = 128;
  private static final int DEEP = 256;
  private static final int LOW_BITS = 512;
  private static final int CHANNEL_BLOCKS = 1024;
  private static final int TRELLIS = 2048;
  private static final int BLOCKS_FLAG = 4096;
  private static final int CARRIED = 8192;
  private static final int EXACT_CARRIED = EXACT | CARRIED;
  private static final int KNOWN =
      PRE_INVERSE | ROW_CLASSES | COLUMN_CLASSES | ROTATION | CHANNELS | DEEP | LOW_BITS | CHANNEL_BLOCKS | TRELLIS
          | CARRIED;

  /** Flags that exclude low bits. */
  private static final int NOT_WITH_LOW_BITS = PRE_INVERSE | ROW_CLASSES | COLUMN_CLASSES | DEEP;

  /** What needs samples of pictures. */
  private static final int NOT_WITH_TRELLIS = PRE_INVERSE | DEEP | LOW_BITS;

  /** What is undone of values whose levels pictures carry. */
  public static TensorTransforms ofCarried(
      boolean rowClasses, ScaleClasses columnClasses, Rotation rotation, ChannelScales channels, CarrierFormat carried) {
    return new TensorTransforms(false, rowClasses, columnClasses, rotation, channels, null, 8, 0, null, false, carried);
  }

  public static TensorTransforms exactly(ExactValues values) {
    return new TensorTransforms(false, false, null, null, null, values, 8, 0, null, false, null);
  }

  /** What is undone of values that are on no picture. */
  public static TensorTransforms ofTrellis(
      boolean rowClasses, ScaleClasses columnClasses, Rotation rotation, ChannelScales channels, TrellisFormat trellis) {
    return new TensorTransforms(false, rowClasses, columnClasses, rotation, channels, null, 8, 0, trellis, false, null);
  }

  /** Names of the tools in use, for people to read. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    if (preInverse) {
      names.add("pre-inverse");
    }
    if (rowClasses) {
      names.add("rows by scale");
    }
    if (columnClasses != null) {
      names.add("columns by scale");
    }
    if (rotation != null) {
      names.add("rotation of " + rotation.reflections());
    }
    if (channels != null) {
      names.add("channels by weight");
    }
    if (exact != null) {
      names.add(exact.name());
    }
    if (bitDepth > 8) {
      names.add("samples of " + bitDepth + " bits");
    }
    if (lowBits > 0) {
      names.add(lowBits + " raw bits");
    }
    if (blocks) {
      names.add("exact, in blocks");
    }
    if (trellis != null) {
      names.add(name(trellis.trellis()));
    }
    if (carried != null) {
      names.add(name(carried.trellis()) + ", carried" + (carried.lowBits() == 0 ? "" : ", " + carried.lowBits() + " raw bits"));
    }
    return names;
  }

  private static String name(Trellis trellis) {
    return "trellis of " + trellis.states() + (trellis.states() == 1 ? " state" : " states");
  }

  int flags() {
    return (preInverse ? PRE_INVERSE : 0)
        | (rowClasses ? ROW_CLASSES : 0)
        | (columnClasses != null ? COLUMN_CLASSES : 0)
        | (rotation != null ? ROTATION : 0)
        | (channels != null ? CHANNELS : 0)
        | (channels != null && channels.channels().hasBlocks() ? CHANNEL_BLOCKS : 0)
        | (exact != null ? EXACT : 0)
        | (bitDepth > 8 ? DEEP : 0)
        | (lowBits > 0 ? LOW_BITS : 0)
        | (trellis != null ? TRELLIS : 0)
        | (blocks ? BLOCKS_FLAG : 0)
        | (areLevelsCarried() ? CARRIED : 0);
  }

  static boolean areKnown(long flags) {
    return (flags & ~KNOWN) == 0
        && ((flags & LOW_BITS) == 0 || (flags & NOT_WITH_LOW_BITS) == 0)
        && ((flags & TRELLIS) == 0 || (flags & (NOT_WITH_TRELLIS | CARRIED)) == 0)
        && ((flags & CARRIED) == 0 || (flags & NOT_WITH_TRELLIS) == 0)
        && ((flags & CHANNEL_BLOCKS) == 0 || (flags & CHANNELS) != 0)
        && ((flags & CHANNELS) == 0 || (flags & ROTATION) == 0);
  }

  /** Whether flags specify that every value is kept bit for bit. Such flags stand alone. */
  static boolean areLossless(long flags) {
    return flags == EXACT || flags == EXACT_CARRIED || flags == BLOCKS_FLAG;
  }

  /** Whether every value is kept bit for bit. */
  boolean isLossless() {
    return exact != null || blocks;
  }

  /** Whether tiles are pictures. */
  public boolean hasPictures() {
    return trellis == null && !blocks;
  }

  /** Whether samples may have sign patterns. */
  boolean allowsSigns() {
    return exact == null && lowBits == 0 && trellis == null && carried == null;
  }

  /** Whether the levels of pictures are what is coded, rather than their samples. */
  public boolean areLevelsCarried() {
    return carried != null || exact != null && exact.isCarried();
  }

  /** How levels come back from samples; null where samples are what is coded. */
  public LevelRecovery recovery() {
    return carried != null ? carried.recovery() : exact != null ? exact.carrying() : null;
  }

  /** Whether macroblocks may have raw symbols in place of levels. */
  boolean allowsRawMacroblocks() {
    return exact != null && exact.carrying() == LevelRecovery.WIDE && !exact.planes().isEmpty();
  }

  /** Whether runs may list values that are not finite: the values must be the tensor's own. */
  boolean allowsNotFinite() {
    return !isLossless() && rotation == null;
  }

  /** Writes what follows in the tensor section according to the flags. */
  void write(PayloadWriter out) {
    if (columnClasses != null) {
      columnClasses.write(out);
    }
    if (rotation != null) {
      rotation.write(out);
    }
    if (channels != null) {
      channels.write(out);
    }
    if (exact != null) {
      exact.write(out);
    }
    if (bitDepth > 8) {
      out.varint(bitDepth);
    }
    if (lowBits > 0) {
      out.varint(lowBits);
    }
    if (trellis != null) {
      trellis.write(out);
    }
    if (carried != null) {
      carried.write(out);
    }
  }

  /**
   * Reads what follows according to the flags.
   *
   * @param width number of bits of a value
   */
  static TensorTransforms read(long flags, PayloadReader in, int width, TensorFraming framing) {
    if (flags == BLOCKS_FLAG) {
      return BLOCKS;
    }
    if (flags == EXACT || flags == EXACT_CARRIED) {
      return exactly(ExactValues.read(in, width, flags == EXACT_CARRIED, framing));
    }
    ScaleClasses columns = null;
    if ((flags & COLUMN_CLASSES) != 0) {
      if (framing.columns() > ScaleClasses.MOST_LINES) {
        throw PayloadReader.malformed("view_columns", framing.columns() + " columns have no scale classes");
      }
      columns = ScaleClasses.read(in, (int) framing.columns());
    }
    Rotation rotation = null;
    if ((flags & ROTATION) != 0) {
      if (framing.rows() > framing.tileHeight()) {
        throw PayloadReader.malformed("tile_height", "a rotation needs whole columns in each tile");
      }
      if ((flags & (TRELLIS | CARRIED)) != 0 && framing.values() % framing.viewColumns() != 0) {
        // There is no padding to reflect, as pictures have it.
        throw PayloadReader.malformed("rotation", "a rotation without pictures needs whole rows");
      }
      rotation = Rotation.read(in, (int) framing.rows());
    }
    ChannelScales channels =
        (flags & CHANNELS) != 0 ? ChannelScales.read(in, (flags & CHANNEL_BLOCKS) != 0, framing.values()) : null;
    int bitDepth = 8;
    if ((flags & DEEP) != 0) {
      bitDepth = in.varint("sample_bits", MOST_BIT_DEPTH);
      if (bitDepth <= 8) {
        throw PayloadReader.malformed("sample_bits", bitDepth + " is not in 9..14");
      }
    }
    int lowBits = 0;
    if ((flags & LOW_BITS) != 0) {
      lowBits = in.varint("low_bits", MOST_LOW_BITS);
      if (lowBits == 0) {
        throw PayloadReader.malformed("low_bits", "are none");
      }
    }
    return new TensorTransforms(
        (flags & PRE_INVERSE) != 0, (flags & ROW_CLASSES) != 0, columns, rotation, channels, null, bitDepth, lowBits,
        (flags & TRELLIS) != 0 ? TrellisFormat.read(in) : null, false, (flags & CARRIED) != 0 ? CarrierFormat.read(in) : null);
  }
}
