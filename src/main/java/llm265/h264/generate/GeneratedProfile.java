package llm265.h264.generate;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import llm265.h264.ChromaFormat;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.syntax.ProfileLevel;

/** A.2: the profiles that streams are made for, and what of I slices each has. */
public enum GeneratedProfile {
  BASELINE(ProfileLevel.BASELINE, Set.of(ChromaFormat.YUV420), 8, Set.of(Structure.PROGRESSIVE), false),
  MAIN(ProfileLevel.MAIN, Set.of(ChromaFormat.YUV420), 8, Set.of(Structure.values()), true),
  EXTENDED(ProfileLevel.EXTENDED, Set.of(ChromaFormat.YUV420), 8, Set.of(Structure.values()), false),
  HIGH(ProfileLevel.HIGH, Set.of(ChromaFormat.MONOCHROME, ChromaFormat.YUV420), 8, Set.of(Structure.values()), true),
  HIGH10(ProfileLevel.HIGH_10, Set.of(ChromaFormat.MONOCHROME, ChromaFormat.YUV420), 10, Set.of(Structure.values()), true),
  HIGH422(ProfileLevel.HIGH_422, Set.of(ChromaFormat.MONOCHROME, ChromaFormat.YUV420, ChromaFormat.YUV422), 10,
      Set.of(Structure.values()), true),
  HIGH444(ProfileLevel.HIGH_444_PREDICTIVE, Set.of(ChromaFormat.values()), 14, Set.of(Structure.values()), true),
  /** Its pictures are all IDR, which second fields cannot be. */
  CAVLC444(ProfileLevel.CAVLC_444_INTRA, Set.of(ChromaFormat.values()), 14,
      Set.of(Structure.PROGRESSIVE, Structure.FRAME, Structure.MBAFF), false),
  /** What NVIDIA's decoding engines take: Baseline, Main or High, and IDR frames alone. */
  NVDEC(ProfileLevel.HIGH, Set.of(ChromaFormat.YUV420), 8, Set.of(Structure.PROGRESSIVE, Structure.FRAME, Structure.MBAFF), true);

  private final int profileIdc;
  private final Set<ChromaFormat> chromaFormats;
  private final int mostBitDepth;
  private final Set<Structure> structures;
  private final boolean cabac;

  GeneratedProfile(
      int profileIdc, Set<ChromaFormat> chromaFormats, int mostBitDepth, Set<Structure> structures, boolean cabac) {
    this.profileIdc = profileIdc;
    this.chromaFormats = chromaFormats;
    this.mostBitDepth = mostBitDepth;
    this.structures = structures;
    this.cabac = cabac;
  }

  /** Its name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The profiles that streams may be of. */
  List<Integer> profileIdcs() {
    return this == NVDEC ? List.of(ProfileLevel.BASELINE, ProfileLevel.MAIN, ProfileLevel.HIGH) : List.of(profileIdc);
  }

  /** Whether a tool belongs to the profile. */
  public boolean has(Tool tool) {
    return switch (tool) {
      case CAVLC, PCM, DEBLOCKING, CROPPING -> true;
      case CABAC -> cabac;
      case PROGRESSIVE -> structures.contains(Structure.PROGRESSIVE);
      case FRAME -> structures.contains(Structure.FRAME);
      case MBAFF -> structures.contains(Structure.MBAFF);
      case FIELDS, PAFF -> structures.contains(Structure.FIELDS);
      case MONOCHROME -> chromaFormats.contains(ChromaFormat.MONOCHROME);
      case YUV420 -> true;
      case YUV422 -> chromaFormats.contains(ChromaFormat.YUV422);
      case YUV444 -> chromaFormats.contains(ChromaFormat.YUV444);
      case DEPTH8, DEPTH9, DEPTH10, DEPTH11, DEPTH12, DEPTH13, DEPTH14 -> tool.bitDepth() <= mostBitDepth;
      case TRANSFORM8X8, SCALING -> isHigh() || this == NVDEC;
      case LOSSLESS, PLANES -> mostBitDepth > 10;
      case GROUPS, ORDER, REDUNDANT -> this == BASELINE || this == EXTENDED;
      case PARTITIONS -> this == EXTENDED;
      case NON_IDR -> this != NVDEC && this != CAVLC444;
      case SETS -> this != NVDEC;
    };
  }

  private boolean isHigh() {
    return this != BASELINE && this != MAIN && this != EXTENDED;
  }
}
