package llm265.h264.syntax;

import llm265.h264.PictureFormat;

/** Table A-1 Level limits, from the lowest level to the highest, and the names of A.2. */
public enum ProfileLevel {
  LEVEL_1(10, 1_485, 99, 396, 64, 175, 2),
  /** Also level_idc 11 with constraint_set3_flag, in Baseline, Main and Extended. */
  LEVEL_1B(9, 1_485, 99, 396, 128, 350, 2),
  LEVEL_1_1(11, 3_000, 396, 900, 192, 500, 2),
  LEVEL_1_2(12, 6_000, 396, 2_376, 384, 1_000, 2),
  LEVEL_1_3(13, 11_880, 396, 2_376, 768, 2_000, 2),
  LEVEL_2(20, 11_880, 396, 2_376, 2_000, 2_000, 2),
  LEVEL_2_1(21, 19_800, 792, 4_752, 4_000, 4_000, 2),
  LEVEL_2_2(22, 20_250, 1_620, 8_100, 4_000, 4_000, 2),
  LEVEL_3(30, 40_500, 1_620, 8_100, 10_000, 10_000, 2),
  LEVEL_3_1(31, 108_000, 3_600, 18_000, 14_000, 14_000, 4),
  LEVEL_3_2(32, 216_000, 5_120, 20_480, 20_000, 20_000, 4),
  LEVEL_4(40, 245_760, 8_192, 32_768, 20_000, 25_000, 4),
  LEVEL_4_1(41, 245_760, 8_192, 32_768, 50_000, 62_500, 2),
  LEVEL_4_2(42, 522_240, 8_704, 34_816, 50_000, 62_500, 2),
  LEVEL_5(50, 589_824, 22_080, 110_400, 135_000, 135_000, 2),
  LEVEL_5_1(51, 983_040, 36_864, 184_320, 240_000, 240_000, 2),
  LEVEL_5_2(52, 2_073_600, 36_864, 184_320, 240_000, 240_000, 2),
  LEVEL_6(60, 4_177_920, 139_264, 696_320, 240_000, 240_000, 2),
  LEVEL_6_1(61, 8_355_840, 139_264, 696_320, 480_000, 480_000, 2),
  LEVEL_6_2(62, 16_711_680, 139_264, 696_320, 800_000, 800_000, 2);

  public static final int BASELINE = 66;
  public static final int MAIN = 77;
  public static final int EXTENDED = 88;
  /** profile_idc of the High profile. */
  public static final int HIGH = 100;

  public static final int HIGH_10 = 110;
  public static final int HIGH_422 = 122;
  public static final int HIGH_444_PREDICTIVE = 244;
  public static final int CAVLC_444_INTRA = 44;

  private final int levelIdc;
  private final int maxMbps;
  private final int maxFs;
  private final int maxDpbMbs;
  private final int maxBr;
  private final int maxCpb;
  private final int minCr;

  ProfileLevel(int levelIdc, int maxMbps, int maxFs, int maxDpbMbs, int maxBr, int maxCpb, int minCr) {
    this.levelIdc = levelIdc;
    this.maxMbps = maxMbps;
    this.maxFs = maxFs;
    this.maxDpbMbs = maxDpbMbs;
    this.maxBr = maxBr;
    this.maxCpb = maxCpb;
    this.minCr = minCr;
  }

  /** level_idc in the High profiles. */
  public int levelIdc() {
    return levelIdc;
  }

  /** MaxMBPS: macroblocks per second. */
  public int maxMbps() {
    return maxMbps;
  }

  /** MaxFS: macroblocks per frame. */
  public int maxFs() {
    return maxFs;
  }

  /** MaxBR: bits per second in units of cpbBrVclFactor (1250 in High). */
  public int maxBr() {
    return maxBr;
  }

  /** MaxCPB: coded picture buffer in units of cpbBrVclFactor bits. */
  public int maxCpb() {
    return maxCpb;
  }

  /** MinCR: the factor by which pictures must be smaller than raw samples. */
  public int minCr() {
    return minCr;
  }

  /** MaxDpbFrames (A.3.1 h): number of frames of a size that the decoded picture buffer holds. */
  public int maxDpbFrames(int widthInMbs, int heightInMbs) {
    return (int) Math.min(maxDpbMbs / ((long) widthInMbs * heightInMbs), 16);
  }

  /** MaxDpbFrames of a sequence, at least 1; 16 if its level is not in Table A-1. */
  static int maxDpbFrames(int levelIdc, PictureFormat format) {
    for (ProfileLevel level : values()) {
      if (level.levelIdc == levelIdc) {
        return Math.max(1, level.maxDpbFrames(format.widthInMbs(), format.heightInMbs()));
      }
    }
    return 16;
  }

  /** Whether a profile allows only IDR pictures of I slices (A.2.8 to A.2.11, and E.2.1 at max_num_reorder_frames). */
  static boolean isIntraProfile(int profileIdc, int constraintFlags) {
    boolean set3 = (constraintFlags & 0x10) != 0;
    return switch (profileIdc) {
      case CAVLC_444_INTRA -> true;
      case HIGH, HIGH_10, HIGH_422, HIGH_444_PREDICTIVE -> set3;
      default -> false;
    };
  }

  /** Whether pictures of this size are within MaxFS, and neither side is longer than sqrt(8 * MaxFS) (A.3.1 e to g). */
  public boolean holds(int widthInMbs, int heightInMbs) {
    long longest = Math.max(widthInMbs, heightInMbs);
    return (long) widthInMbs * heightInMbs <= maxFs && longest * longest <= 8L * maxFs;
  }

  /**
   * The lowest level that holds pictures of a size.
   *
   * @throws IllegalArgumentException if none does
   */
  public static ProfileLevel lowestFor(int widthInMbs, int heightInMbs) {
    return lowestFor(widthInMbs, heightInMbs, 0);
  }

  /**
   * The lowest level that holds pictures of a size at a number of macroblocks per second.
   *
   * @throws IllegalArgumentException if none does
   */
  public static ProfileLevel lowestFor(int widthInMbs, int heightInMbs, long mbPerSecond) {
    for (ProfileLevel level : values()) {
      if (level.holds(widthInMbs, heightInMbs) && mbPerSecond <= level.maxMbps) {
        return level;
      }
    }
    throw new IllegalArgumentException(
        "no level holds pictures of " + widthInMbs + "x" + heightInMbs + " macroblocks"
            + (mbPerSecond > 0 ? ", " + mbPerSecond + " macroblocks per second" : ""));
  }

  /** profile_idc of the first of the High profiles (A.2.4 to A.2.7) that holds pictures of a format. */
  static int lowestProfile(PictureFormat format) {
    int bitDepth = Math.max(format.bitDepthLuma(), format.bitDepthChroma());
    return switch (format.chroma()) {
      case YUV444 -> HIGH_444_PREDICTIVE;
      case YUV422 -> bitDepth > 10 ? HIGH_444_PREDICTIVE : HIGH_422;
      case MONOCHROME, YUV420 -> bitDepth > 10 ? HIGH_444_PREDICTIVE : bitDepth > 8 ? HIGH_10 : HIGH;
    };
  }
}
