package llm265.golden;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.StreamListing;

/** What of the standard a stream makes use of: for each tool the values that occur. */
final class StreamCoverage {
  private final SortedMap<String, SortedSet<Integer>> values = new TreeMap<>();

  /** Slice of each macroblock of the picture being decoded, by column and row. */
  private final Map<List<Integer>, Integer> slices = new HashMap<>();

  /** Whether the sequence parameter set that came last has scaling lists. */
  private boolean sequenceHasLists;

  /** Nothing covered yet. */
  StreamCoverage() {}

  /** What a stream covers that decodes without fault. */
  static StreamCoverage of(byte[] stream) {
    StreamCoverage coverage = new StreamCoverage();
    for (NalUnit nalUnit : new ByteStream(stream)) {
      coverage.note("nal_unit_type", nalUnit.nalUnitType());
      int escaped = nalUnit.length() - 1 - nalUnit.rbsp().length();
      if (escaped > 0) {
        coverage.note("emulation_prevention_in", nalUnit.nalUnitType());
      }
    }
    StreamListing.list(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, coverage::parameterSet);
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    decoder.setMacroblockListener(coverage::macroblock);
    decoder.decode(stream, 0, stream.length, coverage::picture);
    return coverage;
  }

  /** Takes over all that another stream covers. */
  void addAll(StreamCoverage other) {
    other.values.forEach((tool, found) -> found.forEach(value -> note(tool, value)));
  }

  /** The values of a tool that occur. */
  SortedSet<Integer> values(String tool) {
    return Collections.unmodifiableSortedSet(values.getOrDefault(tool, new TreeSet<>()));
  }

  private void note(String tool, int value) {
    values.computeIfAbsent(tool, name -> new TreeSet<>()).add(value);
  }

  private void note(String tool, boolean value) {
    note(tool, value ? 1 : 0);
  }

  private void macroblock(Macroblock mb, int sliceIndex) {
    if (mb.mbAddr == 0) {
      slices.clear();
    }
    if (slices.containsValue(sliceIndex)) {
      note("slice_starts_within_row", 0);
    } else {
      note("slice_starts_within_row", mb.mbX > 0);
    }
    slices.put(List.of(mb.mbX, mb.mbY), sliceIndex);
    note("mb_type", mb.mbType);
    if (mb.isPcm()) {
      return;
    }
    int neighbours = (isNeighbour(mb.mbX - 1, mb.mbY, sliceIndex) ? 1 : 0)
        | (isNeighbour(mb.mbX, mb.mbY - 1, sliceIndex) ? 2 : 0);
    note("qp", mb.qpY);
    if (mb.isI16x16()) {
      note("intra16x16", mb.intra16x16PredMode);
      if (mb.intra16x16PredMode == 2) {
        note("intra16x16_dc_neighbours", neighbours);
      }
    } else {
      note("transform_8x8", mb.transformSize8x8Flag);
      for (int block = 0; block < 16; block++) {
        note(mb.transformSize8x8Flag ? "intra8x8" : "intra4x4", mb.intraPredModes[block]);
      }
      note("coded_block_pattern_luma", mb.codedBlockPattern & 15);
    }
    note("coded_block_pattern_chroma", mb.codedBlockPattern >> 4);
    note("intra_chroma", mb.intraChromaPredMode);
    if (mb.intraChromaPredMode == 0) {
      note("intra_chroma_dc_neighbours", neighbours);
    }
    if (mb.isI16x16() || mb.codedBlockPattern != 0) {
      note("mb_qp_delta", mb.mbQpDelta);
    }
    residual(mb);
  }

  private boolean isNeighbour(int mbX, int mbY, int sliceIndex) {
    return slices.getOrDefault(List.of(mbX, mbY), -1) == sliceIndex;
  }

  private void residual(Macroblock mb) {
    long flags = mb.codedBlockFlags;
    if (((flags >>> Macroblock.DC_FLAG_BIT) & 1) != 0) {
      note("block_cat", 0);
    }
    if ((flags & 0xFFFF) != 0) {
      note("block_cat", MbType.isI16x16(mb.mbType) ? 1 : mb.transformSize8x8Flag ? 5 : 2);
    }
    if (((flags >>> Macroblock.CHROMA_DC_FLAG_BIT) & 3) != 0) {
      note("block_cat", 3);
    }
    if (((flags >>> 16) & 0xFFFFFFFFL) != 0) {
      note("block_cat", 4);
    }
    int largest = Math.max(
        Arrays.stream(mb.levels).map(Math::abs).max().orElse(0), Arrays.stream(mb.dcLevels).map(Math::abs).max().orElse(0));
    if (largest > 0) {
      // Levels from 15 on have an Exp-Golomb suffix.
      note("log2_level", 31 - Integer.numberOfLeadingZeros(largest));
    }
  }

  private void picture(DecodedPicture decoded) {
    SeqParameterSet sps = decoded.sps();
    PicParameterSet pps = decoded.pps();
    note("profile_idc", sps.profileIdc());
    if (sps.format().bitDepthLuma() > 8) {
      note("bit_depth", sps.format().bitDepthLuma());
    }
    if (sps.qpprimeYZeroTransformBypassFlag()) {
      note("transform_bypass", sps.format().bitDepthLuma());
    }
    note("chroma_format_idc", sps.format().chroma().chromaFormatIdc());
    note("pic_order_cnt_type", sps.picOrderCntType());
    note("sps_id", sps.id());
    note("pps_id", pps.id());
    note("vui", sps.vui() != null);
    note("crop_left", sps.format().cropLeft() > 0);
    note("crop_right", sps.format().cropRight() > 0);
    note("crop_top", sps.format().cropTop() > 0);
    note("crop_bottom", sps.format().cropBottom() > 0);
    note("pic_init_qp", pps.picInitQp());
    note("chroma_qp_index_offset", pps.chromaQpIndexOffset());
    note("second_chroma_qp_index_offset", pps.secondChromaQpIndexOffset());
    note("deblocking_filter_control", pps.deblockingFilterControlPresentFlag());
    note("constrained_intra_pred", pps.constrainedIntraPredFlag());
    note("redundant_pic_cnt_present", pps.redundantPicCntPresentFlag());
    note("transform_8x8_mode", pps.transform8x8ModeFlag());
    note("slices", decoded.slices().size());
    for (SliceHeader slice : decoded.slices()) {
      note("slice_type", slice.sliceType());
      note("slice_qp", slice.sliceQpY());
      note("idr", slice.idrPicFlag());
      note("nal_ref_idc", slice.nalRefIdc());
      note("disable_deblocking", slice.disableDeblockingFilterIdc());
      if (slice.disableDeblockingFilterIdc() != 1) {
        note("alpha_offset_div2", slice.filterOffsetA() / 2);
        note("beta_offset_div2", slice.filterOffsetB() / 2);
      }
    }
    note("sei_messages", decoded.sei().size());
  }

  /**
   * The scaling lists of a parameter set: 0 no matrix, 1 a list sent, 2 the default list, 3 the fall-back rule, 4 the list
   * before.
   */
  private void parameterSet(StreamListing.Unit unit) {
    List<StreamListing.Element> elements = unit.elements();
    boolean picture = unit.nalUnit().nalUnitType() == NalUnit.PPS;
    int list = 0;
    for (int i = 0; i < elements.size(); i++) {
      String name = elements.get(i).name();
      boolean present = elements.get(i).value() != 0;
      if (name.equals("seq_scaling_matrix_present_flag")) {
        sequenceHasLists = present;
      }
      if (name.endsWith("scaling_matrix_present_flag") && !present) {
        note(picture ? "pps_scaling" : "sps_scaling", 0);
      } else if (name.contains("scaling_list_present_flag")) {
        boolean first = list == 0 || list == 3 || list == 6 || list == 7;
        boolean isDefault = present && elements.get(i + 1).value() == -8;
        note(picture ? "pps_scaling" : "sps_scaling", present ? isDefault ? 2 : 1 : first ? 3 : 4);
        if (picture && first && !present) {
          // Where it falls back to: 0 the default (rule A), 1 the sequence's list (rule B). A stream's own SPS comes before.
          note("pps_scaling_rule", sequenceHasLists);
        }
        list++;
      }
    }
  }

  /** One text for all, such as {@code intra4x4=0-8 mb_type=0,25}. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + ranges(entry.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String ranges(SortedSet<Integer> numbers) {
    List<String> parts = new ArrayList<>();
    List<Integer> sorted = List.copyOf(numbers);
    int from = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      if (i == sorted.size() || sorted.get(i) != sorted.get(i - 1) + 1) {
        int first = sorted.get(from);
        int last = sorted.get(i - 1);
        parts.add(first == last ? "" + first : last == first + 1 ? first + "," + last : first + ".." + last);
        from = i;
      }
    }
    return String.join(",", parts);
  }
}
