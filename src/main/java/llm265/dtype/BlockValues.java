package llm265.dtype;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Reads tensor data of block types as floats, with the operations of ggml's {@code dequantize_row} functions in their order: the
 * same bits, but for what a NaN carries.
 */
final class BlockValues {
  /** Blocks that are copied at once, since decoders read arrays faster than memory of several kinds. */
  private static final int COPIED = 64;

  private BlockValues() {}

  private static BlockDecoder decoder(DType type) {
    return switch (type) {
      case Q4_0 -> RoundedBlocks::decodeQ40;
      case Q4_1 -> RoundedBlocks::decodeQ41;
      case Q5_0 -> RoundedBlocks::decodeQ50;
      case Q5_1 -> RoundedBlocks::decodeQ51;
      case Q8_0 -> RoundedBlocks::decodeQ80;
      case Q2_K -> SuperBlocks::decodeQ2K;
      case Q3_K -> SuperBlocks::decodeQ3K;
      case Q4_K -> SuperBlocks::decodeQ4K;
      case Q5_K -> SuperBlocks::decodeQ5K;
      case Q6_K -> SuperBlocks::decodeQ6K;
      case IQ4_NL -> TableBlocks::decodeIq4Nl;
      case IQ4_XS -> TableBlocks::decodeIq4Xs;
      case MXFP4 -> TableBlocks::decodeMxFp4;
      case NVFP4 -> TableBlocks::decodeNvFp4;
      case Q1_0 -> TernaryBlocks::decodeQ10;
      case Q2_0 -> TernaryBlocks::decodeQ20;
      case TQ1_0 -> TernaryBlocks::decodeTq10;
      case TQ2_0 -> TernaryBlocks::decodeTq20;
      default -> throw new IllegalArgumentException(type + " has no blocks");
    };
  }

  /** See {@link ValueCodec#read(DType, MemorySegment, long, float[], int, int)}. */
  static void read(DType type, MemorySegment data, long first, float[] values, int offset, int count) {
    int size = type.blockValues();
    int bytes = type.blockBytes();
    Objects.checkFromIndexSize(first, count, data.byteSize() / bytes * size);
    if (count == 0) {
      return;
    }
    BlockDecoder decoder = decoder(type);
    long end = (first + count - 1) / size + 1;
    byte[] copy = new byte[bytes * (int) Math.min(COPIED, end - first / size)];
    float[] cut = first % size == 0 && count % size == 0 ? null : new float[size];
    for (long block = first / size; block < end; block += COPIED) {
      int copied = (int) Math.min(COPIED, end - block);
      MemorySegment.copy(data, LittleEndian.BYTE, block * bytes, copy, 0, copied * bytes);
      for (int i = 0; i < copied; i++) {
        long at = (block + i) * size - first;
        if (at >= 0 && at + size <= count) {
          decoder.decode(copy, i * bytes, values, offset + (int) at);
        } else {
          decoder.decode(copy, i * bytes, cut, 0);
          int from = (int) Math.max(0, -at);
          int to = (int) Math.min(size, count - at);
          System.arraycopy(cut, from, values, offset + (int) (at + from), to - from);
        }
      }
    }
  }
}
