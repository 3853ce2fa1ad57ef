package llm265.h264.container;

import java.util.Optional;
import llm265.h264.container.Boxes.Box;

/**
 * ISO/IEC 14496-12, 8.5 to 8.7: where the samples of a track lie in the file, in decoding order. A chunk is a row of samples
 * without gaps.
 *
 * <p>The tables stay in the file and are read entry by entry.
 */
final class SampleTable implements SampleRow {
  private static final int FULL_BOX_BYTES = 4;

  /** Where entry sizes begin in stsz and stz2. */
  private static final int FIRST_SIZE = 12;

  private final Box sizes;
  private final Box chunks;
  private final Box runs;
  private final boolean longOffsets;
  /** The size of all samples, or 0 if the table has their sizes. */
  private final long sampleSize;

  /** Number of bits of a size in the table: 32; in stz2, 4, 8 or 16. */
  private final int sizeBits;
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
    Optional<Box> compact = tables.first("stz2");
    sizes = tables.first("stsz").or(() -> compact).orElseThrow(() -> stbl.malformed("there is no stsz box in it"));
    longOffsets = tables.first("stco").isEmpty();
    chunks = tables.first(longOffsets ? "co64" : "stco").orElseThrow(() -> stbl.malformed("there is no stco or co64 box in it"));
    runs = tables.first("stsc").orElseThrow(() -> stbl.malformed("there is no stsc box in it"));
    boolean isCompact = sizes.type().equals("stz2");
    sampleSize = isCompact ? 0 : sizes.unsignedInt(FULL_BOX_BYTES);
    sizeBits = isCompact ? sizes.unsignedByte(7) : 32;
    if (isCompact && sizeBits != 4 && sizeBits != 8 && sizeBits != 16) {
      throw sizes.malformed("field_size " + sizeBits + " is none of 4, 8 and 16");
    }
    long count = sizes.unsignedInt(8);
    sampleCount = count;
    if (sampleSize == 0) {
      sizes.requireTable((count * sizeBits + 7) >> 3, FIRST_SIZE, 1);
    }
    chunkCount = chunks.requireTable(chunks.unsignedInt(FULL_BOX_BYTES), 8, longOffsets ? 8 : 4);
    runCount = runs.requireTable(runs.unsignedInt(FULL_BOX_BYTES), 8, 12);
  }

  /** Whether a stbl box has all tables. It lacks some in files whose samples are all in movie fragments. */
  static boolean isIn(Box stbl) {
    Boxes tables = stbl.children(0);
    return tables.first("stsz").or(() -> tables.first("stz2")).isPresent() && tables.first("stsc").isPresent()
        && tables.first("stco").or(() -> tables.first("co64")).isPresent();
  }

  @Override
  public boolean next() {
    if (sample >= sampleCount) {
      if (samplesLeftInChunk > 0 || chunk < chunkCount) {
        sizes.notes().accept(sizes.malformed("chunks hold more samples than its " + sampleCount));
      }
      return false;
    }
    offset += size;
    while (samplesLeftInChunk == 0) {
      nextChunk();
    }
    size = sampleSize > 0 ? sampleSize : sizeOf(sample);
    sample++;
    samplesLeftInChunk--;
    return true;
  }

  private long sizeOf(long index) {
    return switch (sizeBits) {
      case 4 -> (sizes.unsignedByte(FIRST_SIZE + index / 2) >> (index % 2 == 0 ? 4 : 0)) & 15;
      case 8 -> sizes.unsignedByte(FIRST_SIZE + index);
      case 16 -> sizes.unsignedShort(FIRST_SIZE + 2 * index);
      default -> sizes.unsignedInt(FIRST_SIZE + 4 * index);
    };
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

  @Override
  public void skipChunk() {
    long skipped = Math.min(samplesLeftInChunk, sampleCount - sample);
    sample += skipped;
    samplesLeftInChunk = 0;
  }

  @Override
  public long number() {
    return sample - 1;
  }

  /** Number of all samples. */
  long count() {
    return sampleCount;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long description() {
    return runs.unsignedInt(8 + 12 * run + 8);
  }
}
