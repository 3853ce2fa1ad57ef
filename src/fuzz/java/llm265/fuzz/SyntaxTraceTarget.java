package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.h264.StreamException;
import llm265.h264.trace.StreamTrace;

/** The trace of a stream's syntax, which has parsers of its own for residual blocks. */
final class SyntaxTraceTarget implements FuzzTarget {
  @Override
  public String name() {
    return "trace";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    return Seeds.golden("", ".264", 2_000);
  }

  @Override
  public void run(byte[] input) {
    try {
      StreamTrace.trace(MemorySegment.ofArray(input), PictureStreamTarget.LIMITS, element -> { });
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }
}
