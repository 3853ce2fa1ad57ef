package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import llm265.model.CodingResult;
import llm265.tensor.EncodedTensor;

/**
 * A tensor that a task has coded, and where its stream waits.
 *
 * @param file name of the stream's file
 * @param job text that tells the job from others
 * @param size of the stream in bytes
 */
record CodedStream(String file, String job, long size, EncodedTensor encoded, CodingResult.Form form, boolean raised)
    implements Serializable {
  static CodedStream of(String file, String job, CodingResult result) {
    return new CodedStream(file, job, result.stream().size(), result.encoded(), result.form(), result.raised());
  }

  /** The same for planning, which asks for no stream's bytes. */
  CodingResult result() {
    return new CodingResult(encoded, new Elsewhere(this), form, raised);
  }

  /** What a result of {@link #result} came from. */
  static CodedStream of(CodingResult result) {
    return ((Elsewhere) result.stream()).stream;
  }

  private record Elsewhere(CodedStream stream) implements CodingResult.StoredStream {
    @Override
    public long size() {
      return stream.size;
    }

    @Override
    public MemorySegment map(Arena arena) throws IOException {
      throw new IOException(stream.file + " is not on this machine");
    }
  }
}
