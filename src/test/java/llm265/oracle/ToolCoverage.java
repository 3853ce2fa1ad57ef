package llm265.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.PictureFormat;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/** Which tools of I slices streams make use of, as the decoder finds them: rows of the table in docs/conformance.md. */
final class ToolCoverage {
  private static final String[] FRAME_KINDS = {"frame", "frame of an interlaced sequence", "MBAFF frame", "field"};

  /** By tool in the order of the table. */
  private final Map<String, SortedSet<Object>> values = new LinkedHashMap<>();

  /** Macroblocks of the picture being decoded: kind, prediction, QPY. */
  private final List<int[]> macroblocks = new ArrayList<>();

  ToolCoverage() {
    for (String tool : List.of("profile_idc", "chroma_format_idc", "separate_colour_plane_flag", "BitDepthY", "BitDepthC",
        "entropy_coding_mode_flag", "structure", "mb_field_decoding_flag", "transform_8x8_mode_flag", "macroblocks",
        "Intra_4x4 modes",
        "Intra_8x8 modes", "Intra_16x16 modes", "chroma modes", "mb_qp_delta", "QP'Y", "transform bypass", "scaling lists",
        "chroma QP offsets", "disable_deblocking_filter_idc", "deblocking offsets", "slices a picture", "arbitrary slice order",
        "slice_group_map_type", "redundant_pic_cnt_present_flag", "constrained_intra_pred_flag", "cropping", "IDR",
        "nal_ref_idc 0")) {
      values.put(tool, new TreeSet<>());
    }
  }

  List<String> tools() {
    return List.copyOf(values.keySet());
  }

  /** Adds all that a stream makes use of. */
  void add(byte[] stream) {
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    decoder.setMacroblockListener((mb, slice) -> macroblock(mb));
    decoder.decode(stream, 0, stream.length, this::picture);
  }

  SortedSet<Object> of(String tool) {
    return values.get(tool);
  }

  private void note(String tool, Object value) {
    values.get(tool).add(value);
  }

  private void macroblock(Macroblock mb) {
    int kind = mb.isPcm() ? 3 : mb.isI16x16() ? 2 : mb.transformSize8x8Flag ? 1 : 0;
    note("macroblocks", List.of("I_NxN 4x4", "I_NxN 8x8", "I_16x16", "I_PCM").get(kind));
    note("mb_field_decoding_flag", mb.mbFieldDecodingFlag ? 1 : 0);
    boolean vertical = false;
    if (kind == 2) {
      note("Intra_16x16 modes", mb.intra16x16PredMode);
      vertical = mb.intra16x16PredMode < 2;
    } else if (kind < 2) {
      for (byte mode : mb.intraPredModes) {
        note(kind == 1 ? "Intra_8x8 modes" : "Intra_4x4 modes", (int) mode);
        vertical |= mode < 2;
      }
    }
    if (kind < 3) {
      note("chroma modes", mb.intraChromaPredMode);
      note("mb_qp_delta", mb.mbQpDelta);
      macroblocks.add(new int[] {kind, vertical ? 1 : 0, mb.qpY, mb.intraChromaPredMode});
    }
  }

  private void picture(DecodedPicture decoded) {
    SeqParameterSet sps = decoded.sps();
    PictureFormat format = sps.format();
    note("profile_idc", sps.profileIdc());
    note("chroma_format_idc", format.chroma().chromaFormatIdc());
    note("separate_colour_plane_flag", sps.separateColourPlaneFlag() ? 1 : 0);
    note("BitDepthY", format.bitDepthLuma());
    if (format.chroma() != ChromaFormat.MONOCHROME && !sps.separateColourPlaneFlag()) {
      note("BitDepthC", format.bitDepthChroma());
    }
    SliceHeader first = decoded.slices().getFirst();
    note("structure", FRAME_KINDS[first.fieldPicFlag() ? 3 : sps.mbAdaptiveFrameFieldFlag() ? 2 : sps.frameMbsOnlyFlag() ? 0
        : 1]);
    note("cropping", format.cropLeft() + format.cropRight() + format.cropTop() + format.cropBottom() > 0 ? 1 : 0);
    parameterSet(sps, decoded.pps());
    slices(decoded.slices());
    for (int[] mb : macroblocks) {
      int qpPrimeY = mb[2] + sps.qpBdOffsetY();
      note("QP'Y", qpPrimeY);
      if (qpPrimeY == 0 && sps.qpprimeYZeroTransformBypassFlag()) {
        note("transform bypass", List.of("4x4", "8x8", "16x16").get(mb[0]) + (mb[1] == 1 ? " summed" : ""));
        if (mb[3] == 1 || mb[3] == 2) {
          note("transform bypass", "chroma summed");
        }
      }
    }
    macroblocks.clear();
  }

  private void parameterSet(SeqParameterSet sps, PicParameterSet pps) {
    note("entropy_coding_mode_flag", pps.entropyCodingModeFlag() ? 1 : 0);
    note("transform_8x8_mode_flag", pps.transform8x8ModeFlag() ? 1 : 0);
    if (sps.scalingMatrix() == null && pps.scalingMatrix() == null) {
      note("scaling lists", "flat");
    } else {
      String of12 = sps.format().chroma() == ChromaFormat.YUV444 ? " of 12" : "";
      if (sps.scalingMatrix() != null) {
        note("scaling lists", "SPS" + of12);
      }
      if (pps.scalingMatrix() != null) {
        note("scaling lists", "PPS" + of12);
      }
    }
    note("chroma QP offsets", pps.chromaQpIndexOffset());
    note("chroma QP offsets", pps.secondChromaQpIndexOffset());
    note("redundant_pic_cnt_present_flag", pps.redundantPicCntPresentFlag() ? 1 : 0);
    note("constrained_intra_pred_flag", pps.constrainedIntraPredFlag() ? 1 : 0);
    if (pps.sliceGroups() != null) {
      note("slice_group_map_type", pps.sliceGroups().mapType());
    }
  }

  private void slices(List<SliceHeader> slices) {
    note("slices a picture", Math.min(slices.size(), 8));
    for (int i = 0; i < slices.size(); i++) {
      SliceHeader slice = slices.get(i);
      note("disable_deblocking_filter_idc", slice.disableDeblockingFilterIdc());
      note("deblocking offsets", slice.filterOffsetA() / 2);
      note("deblocking offsets", slice.filterOffsetB() / 2);
      note("IDR", slice.idrPicFlag() ? 1 : 0);
      note("nal_ref_idc 0", slice.nalRefIdc() == 0 ? 1 : 0);
      boolean sameArray = i > 0 && slices.get(i - 1).colourPlaneId() == slice.colourPlaneId()
          && slices.get(i - 1).bottomFieldFlag() == slice.bottomFieldFlag();
      note("arbitrary slice order", sameArray && slices.get(i - 1).firstMbInSlice() > slice.firstMbInSlice() ? 1 : 0);
    }
  }

  /** The values of a tool, runs of numbers drawn together. */
  String text(String tool) {
    SortedSet<Object> found = values.get(tool);
    if (found.isEmpty()) {
      return "";
    }
    if (!(found.first() instanceof Integer)) {
      return found.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
    int[] numbers = found.stream().mapToInt(value -> (Integer) value).toArray();
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < numbers.length; ) {
      int to = from;
      while (to + 1 < numbers.length && numbers[to + 1] == numbers[to] + 1) {
        to++;
      }
      if (to > from + 1) {
        parts.add(numbers[from] + ".." + numbers[to]);
      } else {
        Arrays.stream(numbers, from, to + 1).forEach(number -> parts.add("" + number));
      }
      from = to + 1;
    }
    return String.join(", ", parts);
  }
}
