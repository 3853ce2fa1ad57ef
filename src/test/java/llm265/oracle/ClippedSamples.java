package llm265.oracle;

import llm265.h264.Picture;

/** Finds samples at an end of the range of their depth. */
final class ClippedSamples {
  private ClippedSamples() {}

  /** Whether a sample is 0 or the largest there is, so that it may have been clipped. */
  static boolean mayBeIn(Picture picture) {
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      int largest = (1 << picture.format().bitDepth(plane)) - 1;
      for (short sample : picture.samples(plane)) {
        if (sample == 0 || sample == largest) {
          return true;
        }
      }
    }
    return false;
  }
}
