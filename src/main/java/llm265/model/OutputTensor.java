package llm265.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongConsumer;
import llm265.dtype.Shape;
import llm265.parallel.Workers;
import llm265.quantized.TensorSource;

/** A tensor on its way from a compressed model into a file, in which it may become several. */
sealed interface OutputTensor {
  /** Its name as a plain tensor. */
  String name();

  /** What is in the file, in order. */
  List<TensorSource.Entry> entries();

  /** Bytes of all entries. */
  default long bytes() {
    return entries().stream().mapToLong(entry -> entry.dtype().byteSize(Shape.count(entry.shape()))).sum();
  }

  /** One that becomes one entry, whose bytes come in pieces that can be made in any order. */
  non-sealed interface InPieces extends OutputTensor {
    TensorSource.Entry entry();

    @Override
    default List<TensorSource.Entry> entries() {
      return List.of(entry());
    }

    @Override
    default String name() {
      return entry().name();
    }

    /** Number of pieces, 1 or more. */
    int pieces();

    /**
     * The bytes of a piece, which is asked for once. Thread-safe.
     *
     * @param overflows receives how many finite values of the piece became infinite, if there are any
     */
    MemorySegment piece(int index, Workers workers, LongConsumer overflows);
  }

  /** One that is written as a whole, by several threads, and keeps its pieces to itself. */
  non-sealed interface AtOnce extends OutputTensor {
    void write(TensorTarget target, Workers workers) throws IOException;
  }
}
