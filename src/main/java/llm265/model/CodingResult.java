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
 * @param form what kind of stream that is
 * @param raised whether it got more than the target asks for, since its quality would have been below the least one
 */
public record CodingResult(EncodedTensor encoded, StoredStream stream, Form form, boolean raised) {
  /** How a stream gives its tensor. */
  public enum Form {
    /** A tensor stream. */
    STREAM,
    /** A packed stream. */
    PACKED,
    /** What the tensor differs by from a base's. */
    DELTA
  }

  boolean isDelta() {
    return form == Form.DELTA;
  }

  /** A finished stream, wherever it waits. */
  public interface StoredStream {
    long size();

    MemorySegment map(Arena arena) throws IOException;
  }
}
