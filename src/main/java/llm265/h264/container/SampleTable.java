package llm265.h264.container;

import llm265.h264.MalformedStreamException;
import llm265.h264.container.Boxes.Box;

/**
 * ISO/IEC 14496-12, 8.5 to 8.7: where the samples of a track lie in the file, in decoding order. A chunk is a row of samples without gaps.
 *
 * <p>The tables stay in the file and are read entry by entry.
 */
final class SampleTable {
  private static final int FULL_BOX_BYTES = 4;

  private final Box sizes;
  private final Box chunks;
  private final Box runs;
  private final boolean longOffsets;
  private final long sampleSize;
  private final long sampleCount;
  private final long chunkCount;
  private final long runCount;
  private long sample;
  private long chunk;
  private long run;
  private long samplesLeftInChunk;
  private long offset;
  private long size;

  /** The table of a stbl box. */
  SampleTable(Box stbl) {
    Boxes tables = stbl.children(0);
    sizes = tables.first("stsz").orElseThrow(() -> stbl.malformed("there is no stsz box in it"));
    longOffsets = tables.first("stco").isEmpty();
    chunks = tables.first(longOffsets ? "co64" : "stco").orElseThrow(() -> stbl.malformed("there is no stco or co64 box in it"));
    runs = tables.first("stsc").orElseThrow(() -> stbl.malformed("there is no stsc box in it"));
    sampleSize = sizes.unsignedInt(FULL_BOX_BYTES);
    sampleCount = sampleSize > 0 ? sizes.unsignedInt(8) : sizes.requireTable(sizes.unsignedInt(8), 12, 4);
    chunkCount = chunks.requireTable(chunks.unsignedInt(FULL_BOX_BYTES), 8, longOffsets ? 8 : 4);
    runCount = runs.requireTable(runs.unsignedInt(FULL_BOX_BYTES), 8, 12);
  }

  /**
   * Moves to the next sample.
   *
   * @return false behind the last
   * @throws MalformedStreamException if the tables do not fit each other; there is no next sample then
   */
  boolean next() {
    if (sample >= sampleCount) {
      return false;
    }
    offset += size;
    while (samplesLeftInChunk == 0) {
      nextChunk();
    }
    size = sampleSize > 0 ? sampleSize : sizes.unsignedInt(12 + 4 * sample);
    sample++;
    samplesLeftInChunk--;
    return true;
  }

  private void nextChunk() {
    if (chunk >= chunkCount || runCount == 0) {
      long missing = sampleCount - sample;
      sample = sampleCount;
      throw runs.malformed(missing + " samples are in no chunk");
    }
    // first_chunk counts from 1.
    while (run + 1 < runCount && runs.unsignedInt(8 + 12 * (run + 1)) <= chunk + 1) {
      run++;
    }
    samplesLeftInChunk = runs.unsignedInt(8 + 12 * run + 4);
    offset = longOffsets ? chunks.longInt(8 + 8 * chunk) : chunks.unsignedInt(8 + 4 * chunk);
    chunk++;
  }

  /** Passes over the other samples of the chunk. */
  void skipChunk() {
    long skipped = Math.min(samplesLeftInChunk, sampleCount - sample);
    sample += skipped;
    samplesLeftInChunk = 0;
  }

  /** Passes over all other samples. */
  void skipAll() {
    sample = sampleCount;
  }

  /** Number of the sample, from 0. */
  long number() {
    return sample - 1;
  }

  /** Offset of the sample in the file; may be anything. */
  long offset() {
    return offset;
  }

  /** Its size in bytes, 0 to 2^32 - 1. */
  long size() {
    return size;
  }

  /** sample_description_index: number of its sample entry, from 1. */
  long description() {
    return runs.unsignedInt(8 + 12 * run + 8);
  }
}
