package llm265.h264.syntax;

/** Table A-1 Level limits: the ones that bind a stream of intra pictures. */
public enum ProfileLevel {
  LEVEL_1(10, 1_485, 99),
  LEVEL_1_1(11, 3_000, 396),
  LEVEL_1_2(12, 6_000, 396),
  LEVEL_1_3(13, 11_880, 396),
  LEVEL_2(20, 11_880, 396),
  LEVEL_2_1(21, 19_800, 792),
  LEVEL_2_2(22, 20_250, 1_620),
  LEVEL_3(30, 40_500, 1_620),
  LEVEL_3_1(31, 108_000, 3_600),
  LEVEL_3_2(32, 216_000, 5_120),
  LEVEL_4(40, 245_760, 8_192),
  LEVEL_4_1(41, 245_760, 8_192),
  LEVEL_4_2(42, 522_240, 8_704),
  LEVEL_5(50, 589_824, 22_080),
  LEVEL_5_1(51, 983_040, 36_864),
  LEVEL_5_2(52, 2_073_600, 36_864),
  LEVEL_6(60, 4_177_920, 139_264),
  LEVEL_6_1(61, 8_355_840, 139_264),
  LEVEL_6_2(62, 16_711_680, 139_264);

  /** profile_idc of the High profile. */
  public static final int HIGH = 100;

  private final int levelIdc;
  private final int maxMbps;
  private final int maxFs;

  ProfileLevel(int levelIdc, int maxMbps, int maxFs) {
    this.levelIdc = levelIdc;
    this.maxMbps = maxMbps;
    this.maxFs = maxFs;
  }

  public int levelIdc() {
    return levelIdc;
  }

  /** MaxMBPS: macroblocks a second. */
  public int maxMbps() {
    return maxMbps;
  }

  /** MaxFS: macroblocks a frame. */
  public int maxFs() {
    return maxFs;
  }

  /** Whether pictures of this size are within MaxFS, and neither side longer than sqrt(8 * MaxFS) (A.3.1 e, f). */
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
    for (ProfileLevel level : values()) {
      if (level.holds(widthInMbs, heightInMbs)) {
        return level;
      }
    }
    throw new IllegalArgumentException("no level holds pictures of " + widthInMbs + "x" + heightInMbs + " macroblocks");
  }
}
