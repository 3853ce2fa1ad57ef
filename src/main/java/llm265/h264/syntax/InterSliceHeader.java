package llm265.h264.syntax;

import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;

/**
 * 7.3.3 Slice header of P, B, SP and SI slices, from direct_spatial_mv_pred_flag to dec_ref_pic_marking().
 *
 * <p>Their slice data is not decoded. But memory_management_control_operation 5 restarts picture order counts (8.2.1), also for
 * the intra pictures after them.
 */
public final class InterSliceHeader {
  private static final String CLAUSE = "7.4.3";
  /** slice_type % 5 (Table 7-6). */
  private static final int B = 1;

  private static final int SI = 4;
  /** 7.4.3.2: one operation for each entry of a list, and num_ref_idx_active_minus1 is at most 31. */
  private static final int MAX_MODIFICATIONS = 32;

  private InterSliceHeader() {}

  /**
   * Reads up to and including dec_ref_pic_marking().
   *
   * @param opening opening of a slice that is not an I slice
   * @param reader positioned after the opening
   * @return null if nal_ref_idc is 0
   * @throws MalformedStreamException if an element is out of its range or the data ends early
   */
  public static DecRefPicMarking readMarking(
      SliceOpening opening, RbspReader reader, SeqParameterSet sps, PicParameterSet pps) {
    if (opening.nalRefIdc() == 0) {
      return null;
    }
    int type = opening.sliceType() % 5;
    if (type != SI) {
      readReferences(type, reader, sps, pps);
    }
    return DecRefPicMarking.parse(reader, opening.idrPicFlag());
  }

  private static void readReferences(int type, RbspReader reader, SeqParameterSet sps, PicParameterSet pps) {
    int l0 = pps.numRefIdxL0DefaultActive();
    int l1 = pps.numRefIdxL1DefaultActive();
    if (type == B) {
      reader.readFlag("direct_spatial_mv_pred_flag");
    }
    if (reader.readFlag("num_ref_idx_active_override_flag")) {
      l0 = 1 + reader.readUe("num_ref_idx_l0_active_minus1", CLAUSE, 31);
      l1 = type == B ? 1 + reader.readUe("num_ref_idx_l1_active_minus1", CLAUSE, 31) : l1;
    }
    readListModification(reader, "ref_pic_list_modification_flag_l0");
    if (type == B) {
      readListModification(reader, "ref_pic_list_modification_flag_l1");
    }
    boolean weighted = type == B ? pps.weightedBipredIdc() == 1 : pps.weightedPredFlag();
    if (weighted) {
      readWeights(reader, sps.chromaArrayType() != ChromaFormat.MONOCHROME, l0 + (type == B ? l1 : 0));
    }
  }

  /** 7.3.3.1 for one list. */
  private static void readListModification(RbspReader reader, String flag) {
    if (!reader.readFlag(flag)) {
      return;
    }
    int modifications = 0;
    while (reader.readUe("modification_of_pic_nums_idc", CLAUSE, 3) != 3) {
      if (modifications++ == MAX_MODIFICATIONS) {
        throw new MalformedStreamException(
            "modification_of_pic_nums_idc", CLAUSE, "more than " + MAX_MODIFICATIONS + " of them");
      }
      // for 2 it is long_term_pic_num, coded the same way
      reader.readUe("abs_diff_pic_num_minus1", CLAUSE, Integer.MAX_VALUE);
    }
  }

  /** 7.3.3.2; the entries of list 1 follow those of list 0 and have the same form. */
  private static void readWeights(RbspReader reader, boolean chroma, int entries) {
    reader.readUe("luma_log2_weight_denom", CLAUSE, 7);
    if (chroma) {
      reader.readUe("chroma_log2_weight_denom", CLAUSE, 7);
    }
    for (int i = 0; i < entries; i++) {
      if (reader.readFlag("luma_weight_flag")) {
        readWeightAndOffset(reader);
      }
      if (chroma && reader.readFlag("chroma_weight_flag")) {
        readWeightAndOffset(reader);
        readWeightAndOffset(reader);
      }
    }
  }

  private static void readWeightAndOffset(RbspReader reader) {
    reader.readSe("weight", CLAUSE, -128, 127);
    reader.readSe("offset", CLAUSE, -128, 127);
  }
}
