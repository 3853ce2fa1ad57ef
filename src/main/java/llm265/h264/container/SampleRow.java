package llm265.h264.container;

import llm265.h264.MalformedStreamException;

/** Where samples of a track lie in the file, one after another in decoding order. */
interface SampleRow {
  /**
   * Moves to the next sample.
   *
   * @return false after the last
   * @throws MalformedStreamException if the boxes that describe samples contradict each other; the next call continues after
   *     the fault if anything follows
   */
  boolean next();

  /** Skips the remaining samples of the chunk or run. */
  void skipChunk();

  /** Number of the sample in the track, from 0. */
  long number();

  /** Offset of the sample in the file; not checked. */
  long offset();

  /** Its size in bytes, 0 to 2^32 - 1. */
  long size();

  /** sample_description_index: number of its sample entry, from 1; not checked. */
  long description();
}
