package llm265.h264.generate;

import java.util.Arrays;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.generate.RandomStream.Structure;

/** Tools of I slices that a caller may ask for. Of a kind of which one has one value, streams have one of those asked for. */
public enum Tool {
  CAVLC("cavlc", Kind.ENTROPY),
  CABAC("cabac", Kind.ENTROPY),
  PROGRESSIVE("progressive", Kind.STRUCTURE),
  FRAME("frame", Kind.STRUCTURE),
  MBAFF("mbaff", Kind.STRUCTURE),
  FIELDS("fields", Kind.STRUCTURE),
  PAFF("paff", Kind.STRUCTURE),
  MONOCHROME("400", Kind.CHROMA),
  YUV420("420", Kind.CHROMA),
  YUV422("422", Kind.CHROMA),
  YUV444("444", Kind.CHROMA),
  DEPTH8("depth8", Kind.DEPTH),
  DEPTH9("depth9", Kind.DEPTH),
  DEPTH10("depth10", Kind.DEPTH),
  DEPTH11("depth11", Kind.DEPTH),
  DEPTH12("depth12", Kind.DEPTH),
  DEPTH13("depth13", Kind.DEPTH),
  DEPTH14("depth14", Kind.DEPTH),
  TRANSFORM8X8("8x8", Kind.USUAL),
  SCALING("scaling", Kind.USUAL),
  PCM("pcm", Kind.USUAL),
  DEBLOCKING("deblocking", Kind.USUAL),
  CROPPING("cropping", Kind.USUAL),
  /** qpprime_y_zero_transform_bypass_flag. */
  LOSSLESS("lossless", Kind.RARE),
  /** separate_colour_plane_flag. */
  PLANES("planes", Kind.RARE),
  /** Slice groups. */
  GROUPS("fmo", Kind.RARE),
  /** Arbitrary slice order. */
  ORDER("aso", Kind.RARE),
  /** Redundant coded pictures. */
  REDUNDANT("redundant", Kind.RARE),
  /** Slice data partitions. */
  PARTITIONS("partitions", Kind.RARE),
  /** Several picture parameter sets in a picture. */
  SETS("sets", Kind.RARE),
  /** I pictures that are not IDR pictures. */
  NON_IDR("nonidr", Kind.RARE);

  /** Of the first four kinds a picture has exactly one. */
  enum Kind {
    ENTROPY, STRUCTURE, CHROMA, DEPTH,
    /** In most streams. */
    USUAL,
    /** In few streams, unless asked for. */
    RARE
  }

  private final String label;
  private final Kind kind;

  Tool(String label, Kind kind) {
    this.label = label;
    this.kind = kind;
  }

  /** Its name on the command line. */
  public String label() {
    return label;
  }

  Kind kind() {
    return kind;
  }

  static List<Tool> of(Kind kind) {
    return Arrays.stream(values()).filter(tool -> tool.kind == kind).toList();
  }

  int bitDepth() {
    return 8 + ordinal() - DEPTH8.ordinal();
  }

  ChromaFormat chroma() {
    return ChromaFormat.values()[ordinal() - MONOCHROME.ordinal()];
  }

  Structure structure() {
    return Structure.values()[ordinal() - PROGRESSIVE.ordinal()];
  }
}
