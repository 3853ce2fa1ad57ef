package llm265.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import llm265.tensor.EncodedTensor;

/**
 * A tensor that has been coded.
 *
 * @param encoded what came of it
 * @param stream its stream
 * @param isDelta whether the stream is what the tensor differs by from a base's
 * @param raised whether it got more than the target asks for, since its quality would have been below the least one
 */
record CodingResult(EncodedTensor encoded, StoredStream stream, boolean isDelta, boolean raised) {
  /** A finished stream, wherever it waits. */
  interface StoredStream {
    long size();

    MemorySegment map(Arena arena) throws IOException;
  }
}
