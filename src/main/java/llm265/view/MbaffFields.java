package llm265.view;

import java.util.BitSet;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbaffNeighbours;

/**
 * 6.4.11.1: mbAddrA to mbAddrD of macroblocks. In MBAFF frames, the decoder only derives addresses that it needs; those of C
 * and D are derived here by Table 6-4, for the sample next to the corner.
 */
final class MbaffFields {
  private final int widthInMbs;
  private final int sizeInMbs;
  private final boolean mbaff;
  private final BitSet isField = new BitSet();

  MbaffFields(PictureFormat format, boolean mbaff) {
    widthInMbs = format.widthInMbs();
    sizeInMbs = format.sizeInMbs();
    this.mbaff = mbaff;
  }

  /** Remembers mb_field_decoding_flag of a macroblock, and so of its pair. */
  void put(Macroblock mb) {
    isField.set(mb.mbAddr | 1, mb.mbFieldDecodingFlag);
    isField.set(mb.mbAddr & ~1, mb.mbFieldDecodingFlag);
  }

  /** The neighbours as JSON; -1 for one that is not available. */
  String neighbours(Macroblock mb, MbNeighbours around) {
    String a = around.availableA && around.a > sizeInMbs ? leftRows((MbaffNeighbours) around)
        : String.valueOf(around.availableA ? around.a : -1);
    int b = around.availableB ? around.b : -1;
    int c = around.availableC ? mbaff ? above(mb, 1) : around.c : -1;
    int d = around.availableD ? mbaff ? cornerOfPair(mb) : around.d : -1;
    return "{\"A\":" + a + ",\"B\":" + b + ",\"C\":" + c + ",\"D\":" + d + "}";
  }

  private static String leftRows(MbaffNeighbours around) {
    StringBuilder rows = new StringBuilder("[");
    for (int row = 0; row < 4; row++) {
      rows.append(row == 0 ? "" : ",").append(around.leftMb(row, false, 0));
    }
    return rows.append(']').toString();
  }

  /** The macroblock of a pair in the row of pairs above that touches the macroblock. */
  private int above(Macroblock mb, int columns) {
    int pair = (mb.mbAddr & ~1) + 2 * (columns - widthInMbs);
    boolean top = (mb.mbAddr & 1) == 0;
    return mb.mbFieldDecodingFlag && top && isField.get(pair) ? pair : pair + 1;
  }

  private int cornerOfPair(Macroblock mb) {
    boolean bottomOfFrame = (mb.mbAddr & 1) == 1 && !mb.mbFieldDecodingFlag;
    // Below the top row of a frame pair, the corner is in the pair on the left: in its top macroblock, whatever its kind
    return bottomOfFrame ? (mb.mbAddr & ~1) - 2 : above(mb, -1);
  }
}
