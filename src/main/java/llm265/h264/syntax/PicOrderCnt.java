package llm265.h264.syntax;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.1.1: what a sequence parameter set says about picture order counts (8.2.1).
 *
 * @param type pic_order_cnt_type, 0..2
 * @param log2MaxPicOrderCntLsb log2_max_pic_order_cnt_lsb_minus4 + 4, 4..16; 0 for other types than 0
 * @param deltaPicOrderAlwaysZeroFlag delta_pic_order_always_zero_flag; true for other types than 1
 * @param offsetForNonRefPic offset_for_non_ref_pic; 0 for other types than 1
 * @param offsetForTopToBottomField offset_for_top_to_bottom_field; 0 for other types than 1
 * @param offsetForRefFrame offset_for_ref_frame, up to 255; empty for other types than 1
 */
public record PicOrderCnt(
    int type,
    int log2MaxPicOrderCntLsb,
    boolean deltaPicOrderAlwaysZeroFlag,
    int offsetForNonRefPic,
    int offsetForTopToBottomField,
    List<Integer> offsetForRefFrame) {

  private static final String CLAUSE = "7.4.2.1.1";

  /** Output order is decoding order; slice headers carry nothing. */
  public static final PicOrderCnt TYPE_2 = new PicOrderCnt(2, 0, true, 0, 0, List.of());

  public PicOrderCnt {
    offsetForRefFrame = List.copyOf(offsetForRefFrame);
  }

  /** Slice headers carry the lower bits. */
  public static PicOrderCnt type0(int log2MaxPicOrderCntLsb) {
    return new PicOrderCnt(0, log2MaxPicOrderCntLsb, true, 0, 0, List.of());
  }

  static PicOrderCnt parse(RbspReader reader) {
    int type = reader.readUe("pic_order_cnt_type", CLAUSE, 2);
    if (type == 0) {
      return type0(4 + reader.readUe("log2_max_pic_order_cnt_lsb_minus4", CLAUSE, 12));
    }
    return type == 1 ? parseType1(reader) : TYPE_2;
  }

  private static PicOrderCnt parseType1(RbspReader reader) {
    boolean alwaysZero = reader.readFlag("delta_pic_order_always_zero_flag");
    int nonRef = readOffset(reader, "offset_for_non_ref_pic");
    int topToBottom = readOffset(reader, "offset_for_top_to_bottom_field");
    int cycle = reader.readUe("num_ref_frames_in_pic_order_cnt_cycle", CLAUSE, 255);
    List<Integer> offsets = new ArrayList<>(cycle);
    for (int i = 0; i < cycle; i++) {
      offsets.add(readOffset(reader, reader.indexed("offset_for_ref_frame", i)));
    }
    return new PicOrderCnt(1, 0, alwaysZero, nonRef, topToBottom, offsets);
  }

  private static int readOffset(RbspReader reader, String name) {
    return reader.readSe(name, CLAUSE, -Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  void write(RbspWriter writer) {
    writer.writeUe(type);
    if (type == 0) {
      writer.writeUe(log2MaxPicOrderCntLsb - 4);
    } else if (type == 1) {
      writer.writeFlag(deltaPicOrderAlwaysZeroFlag);
      writer.writeSe(offsetForNonRefPic);
      writer.writeSe(offsetForTopToBottomField);
      writer.writeUe(offsetForRefFrame.size());
      offsetForRefFrame.forEach(writer::writeSe);
    }
  }
}
