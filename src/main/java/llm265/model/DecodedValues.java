package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import llm265.dtype.ValueCodec;
import llm265.parallel.Workers;

/**
 * The values of a coded tensor as floats, for readers whose ranges are not its pieces. A piece is decoded once and forgotten when
 * all its values have been read, so ranges that follow each other keep few pieces in memory. Thread-safe.
 */
final class DecodedValues {
  private final CodedTensor coded;
  private final Piece[] pieces;

  DecodedValues(CodedTensor coded) {
    this.coded = coded;
    pieces = IntStream.range(0, coded.pieces()).mapToObj(i -> new Piece(coded.firstOf(i + 1) - coded.firstOf(i)))
        .toArray(Piece[]::new);
  }

  /** Values that are decoded while some of them are to be read. */
  private static final class Piece {
    private MemorySegment data;
    private long left;

    Piece(long count) {
      left = count;
    }

    synchronized MemorySegment take(CodedTensor coded, int index, long count) {
      MemorySegment taken = data == null ? wholeBlocks(coded, index, Workers.CALLER) : data;
      left -= count;
      data = left > 0 ? taken : null;
      return taken;
    }
  }

  /** The values of a piece in their own type. Chunks of packed blocks may end within a block; those are put together. */
  static MemorySegment wholeBlocks(CodedTensor coded, int index, Workers workers) {
    MemorySegment data = coded.piece(index, workers);
    long first = coded.firstOf(index);
    long size = coded.dtype().byteSize(coded.firstOf(index + 1) - first);
    if (data.byteSize() != size) {
      data = MemorySegment.ofArray(new byte[Math.toIntExact(size)]);
      coded.decode(first, data, workers);
    }
    return data;
  }

  /**
   * Reads values, each of which may be read once.
   *
   * @param first index of the first one
   * @param values receives them from {@code offset} on
   */
  void read(long first, float[] values, int offset, int count) {
    int piece = pieceOf(first);
    for (int done = 0; done < count; piece++) {
      long begin = coded.firstOf(piece);
      int part = (int) Math.min(count - done, coded.firstOf(piece + 1) - first - done);
      if (part > 0) {
        MemorySegment data = pieces[piece].take(coded, piece, part);
        ValueCodec.read(coded.dtype(), data, first + done - begin, values, offset + done, part);
      }
      done += part;
    }
  }

  /** The last piece that begins at a value or before it. */
  private int pieceOf(long value) {
    int low = 0;
    int high = pieces.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (coded.firstOf(middle) <= value) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
