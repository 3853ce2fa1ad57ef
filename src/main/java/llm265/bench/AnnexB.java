package llm265.bench;

/** Measures H.264 and HEVC byte streams. */
final class AnnexB {
  private static final int AVC_SLICE_IDR = 5;
  private static final int AVC_SPS = 7;
  private static final int AVC_PPS = 8;

  private static final int HEVC_LAST_SLICE = 31;
  private static final int HEVC_VPS = 32;
  private static final int HEVC_PPS = 34;

  private AnnexB() {}

  /**
   * Size of what a decoder needs: all slices, and the parameter sets before the first slice, with their start codes. Other NAL
   * units do not count, such as the SEI message with an encoder's settings, and neither do repeated parameter sets.
   */
  static long size(byte[] stream, boolean hevc) {
    long size = 0;
    boolean sliceSeen = false;
    int start = nextStartCode(stream, 0);
    while (start < stream.length) {
      int header = start + 3;
      int end = nextStartCode(stream, header);
      if (header < stream.length) {
        boolean slice = isSlice(stream[header], hevc);
        if (slice || !sliceSeen && isParameterSet(stream[header], hevc)) {
          size += end - start;
        }
        sliceSeen |= slice;
      }
      start = end;
    }
    return size;
  }

  private static boolean isSlice(byte header, boolean hevc) {
    return hevc ? ((header >>> 1) & 63) <= HEVC_LAST_SLICE : (header & 31) >= 1 && (header & 31) <= AVC_SLICE_IDR;
  }

  private static boolean isParameterSet(byte header, boolean hevc) {
    int type = hevc ? (header >>> 1) & 63 : header & 31;
    return hevc ? type >= HEVC_VPS && type <= HEVC_PPS : type == AVC_SPS || type == AVC_PPS;
  }

  /** Position of the next 00 00 01; a zero byte before it belongs to the unit before. */
  private static int nextStartCode(byte[] stream, int from) {
    for (int i = from; i + 2 < stream.length; i++) {
      if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
        return i;
      }
    }
    return stream.length;
  }
}
