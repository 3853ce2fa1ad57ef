package llm265.tensor.carrier;

import llm265.h264.macroblock.BlockScan;

/**
 * The 256 levels of an Intra_16x16 macroblock in the order in which values take them: by their place in the scan of their block,
 * since that is what the contexts of CABAC tell apart.
 */
public final class CarrierOrder {
  /** Place of each level, {@code 16 * luma4x4BlkIdx + 4 * row + column}; the first of a block is its level of the DC block. */
  static final int[] PLACES = places();

  private CarrierOrder() {}

  private static int[] places() {
    int[] places = new int[256];
    int at = 0;
    for (int scan = 0; scan < 16; scan++) {
      places[at++] = 16 * BlockScan.BLOCK_INDEX[BlockScan.ZIGZAG_4X4[scan]];
      for (int block = 0; scan > 0 && block < 16; block++) {
        places[at++] = 16 * block + BlockScan.ZIGZAG_4X4[scan];
      }
    }
    return places;
  }

  /** The place of a level in the macroblock. */
  public static int place(int order) {
    return PLACES[order];
  }

  /** Brings a macroblock's levels into this order. */
  public static void fromPlaces(short[] levels, int at, int[] ordered) {
    for (int i = 0; i < 256; i++) {
      ordered[i] = levels[at + PLACES[i]];
    }
  }

  /** Brings a macroblock's levels to their places. */
  public static void toPlaces(int[] ordered, short[] levels, int at) {
    for (int i = 0; i < 256; i++) {
      levels[at + PLACES[i]] = (short) ordered[i];
    }
  }
}
