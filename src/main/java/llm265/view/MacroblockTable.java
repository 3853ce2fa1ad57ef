package llm265.view;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import llm265.h264.ChromaFormat;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;

/** What overlays show of a picture's macroblocks: an array for each property, by raster position. */
final class MacroblockTable {
  /** The slice of a macroblock that was not decoded. */
  static final int NOT_DECODED = 0xFFFF;

  static final int FIELD = 1;
  static final int LOSSLESS = 2;
  static final int TRANSFORM_8X8 = 4;
  static final int BOTTOM_FIELD = 8;

  /** Values of {@link #kind}. */
  static final int I_4X4 = 0;
  static final int I_8X8 = 1;
  static final int I_16X16 = 2;
  static final int I_PCM = 3;

  private static final int NO_MODE = 255;

  final int size;
  final int[] bits;
  final int[] firstBit;
  final int[] mbAddr;
  final double[] residualEnergy;
  final short[] slice;
  final short[] levels;
  final byte[] mbType;
  final byte[] kind;
  final byte[] flags;
  final byte[] codedBlockPattern;
  final byte[] qp;
  final byte[] chromaMode;
  final byte[] qpDelta;
  final short[] nal;
  final byte[] modes;

  MacroblockTable(int size) {
    this.size = size;
    bits = new int[size];
    firstBit = new int[size];
    mbAddr = new int[size];
    residualEnergy = new double[size];
    slice = new short[size];
    levels = new short[size];
    mbType = new byte[size];
    kind = new byte[size];
    flags = new byte[size];
    codedBlockPattern = new byte[size];
    qp = new byte[size];
    chromaMode = new byte[size];
    qpDelta = new byte[size];
    nal = new short[size];
    modes = new byte[16 * size];
    Arrays.fill(slice, (short) NOT_DECODED);
    Arrays.fill(firstBit, -1);
    Arrays.fill(mbAddr, -1);
    Arrays.fill(chromaMode, (byte) NO_MODE);
    Arrays.fill(modes, (byte) NO_MODE);
  }

  boolean isDecoded(int place) {
    return (slice[place] & 0xFFFF) != NOT_DECODED;
  }

  /** Takes down the syntax elements of a macroblock. */
  void put(int place, Macroblock mb, ChromaFormat chroma, boolean field, boolean bottomField) {
    mbType[place] = (byte) mb.mbType;
    kind[place] = (byte) kindOf(mb);
    flags[place] = (byte) ((field ? FIELD : 0) | (bottomField ? BOTTOM_FIELD : 0)
        | (kind[place] == I_8X8 ? TRANSFORM_8X8 : 0));
    codedBlockPattern[place] = (byte) mb.codedBlockPattern;
    qp[place] = (byte) mb.qpY;
    qpDelta[place] = (byte) (mb.isPcm() ? 0 : mb.mbQpDelta);
    boolean hasChromaMode = chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.YUV422;
    chromaMode[place] = (byte) (mb.isPcm() || !hasChromaMode ? NO_MODE : mb.intraChromaPredMode);
    levels[place] = (short) levelsOf(mb);
    for (int blkIdx = 0; blkIdx < 16; blkIdx++) {
      modes[16 * place + BlockScan.BLOCK_RASTER[blkIdx]] = (byte) switch (kind[place]) {
        case I_PCM -> NO_MODE;
        case I_16X16 -> mb.intra16x16PredMode;
        default -> mb.intraPredModes[blkIdx];
      };
    }
  }

  private static int kindOf(Macroblock mb) {
    return mb.isPcm() ? I_PCM : mb.isI16x16() ? I_16X16 : mb.transformSize8x8Flag ? I_8X8 : I_4X4;
  }

  private static int levelsOf(Macroblock mb) {
    int count = 0;
    if (!mb.isPcm()) {
      for (int level : mb.levels) {
        count += level != 0 ? 1 : 0;
      }
      for (int level : mb.dcLevels) {
        count += level != 0 ? 1 : 0;
      }
    }
    return count;
  }

  /** The arrays one after another, little-endian, each filled up to four bytes. */
  byte[] toBytes() {
    int oneByte = padded(size);
    ByteBuffer out = ByteBuffer.allocate(16 * size + 3 * padded(2 * size) + 7 * oneByte + 16 * size)
        .order(ByteOrder.LITTLE_ENDIAN);
    put(out, bits);
    put(out, firstBit);
    put(out, mbAddr);
    for (double energy : residualEnergy) {
      out.putFloat((float) energy);
    }
    put(out, slice);
    put(out, levels);
    for (byte[] array : new byte[][] {mbType, kind, flags, codedBlockPattern, qp, chromaMode, qpDelta}) {
      out.put(array);
      pad(out);
    }
    put(out, nal);
    out.put(modes);
    return out.array();
  }

  private static int padded(int bytes) {
    return (bytes + 3) & ~3;
  }

  private static void pad(ByteBuffer out) {
    out.position(padded(out.position()));
  }

  private static void put(ByteBuffer out, int[] values) {
    for (int value : values) {
      out.putInt(value);
    }
  }

  private static void put(ByteBuffer out, short[] values) {
    for (short value : values) {
      out.putShort(value);
    }
    pad(out);
  }
}
