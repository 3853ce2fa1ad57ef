package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.CodedPicture;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/** Writes the pictures and NAL units of a stream into index.json, from headers alone. */
final class IndexJson {
  private static final int RGB = 0;
  private static final int BT709 = 1;
  private static final int BT470BG = 5;
  private static final int SMPTE170M = 6;

  private IndexJson() {}

  static void addPictures(ArrayNode pictures, StreamContents contents) {
    for (StreamContents.CodedFrame frame : contents.frames()) {
      addPicture(pictures.addObject(), frame);
    }
  }

  private static void addPicture(ObjectNode json, StreamContents.CodedFrame frame) {
    SeqParameterSet sps = frame.sps();
    json.put("id", frame.id());
    json.put("output", frame.output());
    json.put("structure", frame.standsAlone() ? "field" : frame.isField() ? "fields" : frame.isMbaff() ? "mbaff" : "frame");
    json.put("idr", frame.slices().getFirst().slice().nalUnit().isIdr());
    addFormat(json, frame.format());
    long bytes = 0;
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    double sum = 0;
    ArrayNode nal = json.putArray("nal");
    ArrayNode slices = json.putArray("slices");
    for (StreamContents.SliceEntry entry : frame.slices()) {
      NalUnit unit = entry.slice().nalUnit();
      nal.add(unit.index());
      bytes += unit.length();
      int qp = entry.slice().header().sliceQpY();
      least = Math.min(least, qp);
      most = Math.max(most, qp);
      sum += qp;
      addSlice(slices.addObject(), entry);
    }
    json.put("byte", frame.slices().getFirst().slice().nalUnit().offset());
    json.put("bytes", bytes);
    json.put("bits", frame.bits());
    json.putArray("qp").add(least).add(sum / frame.slices().size()).add(most);
    json.put("profile", profile(sps));
    json.put("level", sps.levelIdc() == 9 ? "1b" : sps.levelIdc() / 10 + "." + sps.levelIdc() % 10);
    json.put("lossless", sps.qpprimeYZeroTransformBypassFlag());
    json.put("separatePlanes", sps.separateColourPlaneFlag());
    VideoSignal signal = sps.signal();
    json.put("matrix", switch (signal.matrixCoefficients()) {
      case RGB -> "rgb";
      case BT709 -> "bt709";
      case BT470BG, SMPTE170M -> "bt601";
      default -> "unspecified";
    });
    json.put("fullRange", signal.isFullRange());
  }

  /** Sizes and sample format of a picture. */
  static void addFormat(ObjectNode json, PictureFormat format) {
    json.put("width", format.codedWidth(0));
    json.put("height", format.codedHeight(0));
    json.putArray("crop").add(format.left(0)).add(format.top(0)).add(format.width(0)).add(format.height(0));
    json.put("chroma", nameOf(format.chroma()));
    json.putArray("depth").add(format.bitDepthLuma()).add(format.bitDepthChroma());
    json.put("mbWidth", format.widthInMbs());
    json.put("mbHeight", format.heightInMbs());
  }

  private static String nameOf(ChromaFormat chroma) {
    return switch (chroma) {
      case MONOCHROME -> "4:0:0";
      case YUV420 -> "4:2:0";
      case YUV422 -> "4:2:2";
      case YUV444 -> "4:4:4";
    };
  }

  private static void addSlice(ObjectNode json, StreamContents.SliceEntry entry) {
    CodedPicture.Slice slice = entry.slice();
    SliceHeader header = slice.header();
    json.put("nal", slice.nalUnit().index());
    json.put("first", header.firstMbInSlice());
    json.put("qp", header.sliceQpY());
    json.put("deblocking", header.disableDeblockingFilterIdc());
    json.put("alpha", header.filterOffsetA());
    json.put("beta", header.filterOffsetB());
    json.put("entropy", slice.pps().entropyCodingModeFlag() ? "CABAC" : "CAVLC");
    json.put("transform8x8", slice.pps().transform8x8ModeFlag());
    json.put("bits", entry.bits());
    json.put("field", header.fieldPicFlag());
    json.put("bottom", header.bottomFieldFlag());
    json.put("plane", header.colourPlaneId());
  }

  private static String profile(SeqParameterSet sps) {
    return switch (sps.profileIdc()) {
      case ProfileLevel.BASELINE -> "Baseline";
      case ProfileLevel.MAIN -> "Main";
      case ProfileLevel.EXTENDED -> "Extended";
      case ProfileLevel.HIGH -> "High";
      case ProfileLevel.HIGH_10 -> "High 10";
      case ProfileLevel.HIGH_422 -> "High 4:2:2";
      case ProfileLevel.HIGH_444_PREDICTIVE -> "High 4:4:4 Predictive";
      case ProfileLevel.CAVLC_444_INTRA -> "CAVLC 4:4:4 Intra";
      default -> "profile_idc " + sps.profileIdc();
    };
  }

  static void addNalUnits(ArrayNode units, StreamContents contents) {
    for (NalUnit unit : contents.nalUnits()) {
      ObjectNode json = units.addObject();
      json.put("type", unit.nalUnitType());
      json.put("ref", unit.nalRefIdc());
      json.put("byte", unit.offset());
      json.put("bytes", unit.length());
      json.put("picture", contents.frameOf(unit));
      json.put("name", unit.structureName());
    }
  }
}
