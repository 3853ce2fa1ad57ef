package llm265.h264.generate;

import llm265.h264.syntax.ProfileLevel;

/** A.3: the lowest level that holds a stream whose pictures have all the time that they need. */
final class LevelLimits {
  /** fR of frames at levels below 6.1 (A.3.3): the least time from one access unit to the next. */
  private static final int MOST_FRAMES_PER_SECOND = 172;

  /** cpbBrNalFactor of Baseline, Main and Extended, the least of all (Table A-2). */
  private static final int CPB_BITS = 1_200;

  /** cpbBrVclFactor of the same. */
  private static final int CPB_BITS_OF_SLICES = 1_000;

  /** What of a stream levels bound, the most of all of its pictures. */
  private int bytes;
  private int otherBytes;
  private int slices;
  private int sizeInMbs;
  private boolean field;

  /** Counts a coded frame or field. */
  void add(int bytesOfPicture, int slicesOfPicture, int macroblocks, boolean isField) {
    bytes = Math.max(bytes, bytesOfPicture);
    slices = Math.max(slices, slicesOfPicture);
    sizeInMbs = Math.max(sizeInMbs, macroblocks);
    field |= isField;
  }

  /** Counts bytes that an access unit may have beside its slices, all of which a buffer is to hold. */
  void addOther(int bytesOfSets) {
    otherBytes += bytesOfSets;
  }

  /** Bytes of an access unit at most. */
  int bytes() {
    return bytes + otherBytes;
  }

  /**
   * The lowest level.
   *
   * @param widthInMbs of frames
   * @param refFrames max_num_ref_frames
   * @param interlaced frame_mbs_only_flag 0
   * @param sliceRate whether the number of slices is bounded: not in Baseline and Extended
   */
  ProfileLevel lowest(int widthInMbs, int heightInMbs, int refFrames, boolean interlaced, boolean sliceRate) {
    for (ProfileLevel level : ProfileLevel.values()) {
      if (level != ProfileLevel.LEVEL_1B && level.holds(widthInMbs, heightInMbs)
          && level.maxDpbFrames(widthInMbs, heightInMbs) >= refFrames
          && (!interlaced || isInterlaced(level)) && holds(level, sliceRate)) {
        return level;
      }
    }
    throw new IllegalArgumentException("no level holds pictures of " + bytes + " bytes in " + slices + " slices");
  }

  /** A.3.1 and A.3.3: bytes, bits of the coded picture buffer and slices of a picture. */
  private boolean holds(ProfileLevel level, boolean sliceRate) {
    int perSecond = field ? 2 * MOST_FRAMES_PER_SECOND : MOST_FRAMES_PER_SECOND;
    double macroblocks = Math.max(sizeInMbs, (double) level.maxMbps() / perSecond);
    return bytes <= 384 * macroblocks / level.minCr() && 8L * bytes <= (long) CPB_BITS * level.maxCpb()
        && (otherBytes == 0 || 8L * bytes() <= (long) CPB_BITS_OF_SLICES * level.maxCpb())
        && (!sliceRate || sliceRate(level) == 0 || slices <= macroblocks / sliceRate(level));
  }

  /** Table A-4: levels at which frame_mbs_only_flag may be 0. */
  private static boolean isInterlaced(ProfileLevel level) {
    return level.compareTo(ProfileLevel.LEVEL_2_1) >= 0 && level.compareTo(ProfileLevel.LEVEL_4_1) <= 0;
  }

  /** SliceRate of Table A-4; 0 for no bound. */
  private static int sliceRate(ProfileLevel level) {
    return switch (level) {
      case LEVEL_1, LEVEL_1B, LEVEL_1_1, LEVEL_1_2, LEVEL_1_3, LEVEL_2, LEVEL_2_1, LEVEL_2_2 -> 0;
      case LEVEL_3 -> 22;
      case LEVEL_3_1, LEVEL_3_2, LEVEL_4 -> 60;
      default -> 24;
    };
  }
}
