package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import llm265.data.DataDecoder;
import llm265.h264.StreamException;

/** Blocks of data files, the first of them under a checksum that is made right. */
final class DataBlocksTarget implements FuzzTarget {
  private static final int HEADER = 14;
  private static final int TRAILER = 17;
  private static final int CRC = 4;
  private static final int MOST_BYTES = 1 << 16;

  @Override
  public String name() {
    return "data-blocks";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] file : Seeds.golden("data", ".llm265", 4_000)) {
      if (file.length > HEADER + TRAILER) {
        seeds.add(Arrays.copyOfRange(file, HEADER, file.length - TRAILER));
      }
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    byte[] blocks = input.clone();
    long size = repair(blocks, 0, blocks.length);
    if (size < 0 || size > MOST_BYTES) {
      return;
    }
    try {
      DataDecoder.create().decodeBlocks(MemorySegment.ofArray(blocks), MemorySegment.ofArray(new byte[(int) size]));
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }

  /** Makes the checksum of the first block right; returns the number of its values' bytes, or -1 if it is no whole block. */
  static long repair(byte[] bytes, int from, int end) {
    long size = number(bytes, from, end);
    int second = from + length(bytes, from, end);
    long length = number(bytes, second, end);
    int crcAt = second + length(bytes, second, end);
    if (size < 0 || length < 0 || crcAt + CRC + length > end) {
      return -1;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, crcAt - from);
    crc.update(bytes, crcAt + CRC, (int) length);
    for (int i = 0; i < CRC; i++) {
      bytes[crcAt + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    return size;
  }

  private static int length(byte[] bytes, int at, int end) {
    int length = 1;
    while (at + length - 1 < end && bytes[at + length - 1] < 0) {
      length++;
    }
    return length;
  }

  /** A number of seven bits a byte; -1 if it has more than five bytes, or ends outside. */
  private static long number(byte[] bytes, int at, int end) {
    int length = length(bytes, at, end);
    if (length > 5 || at + length > end) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (bytes[at + i] & 127L) << (7 * i);
    }
    return value;
  }
}
