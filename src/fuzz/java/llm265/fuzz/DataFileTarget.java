package llm265.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import llm265.data.DataDecoder;
import llm265.h264.StreamException;

/** Data files, from memory and from a stream: both must say the same. */
final class DataFileTarget implements FuzzTarget {
  private static final int MOST_BYTES = 1 << 20;

  @Override
  public String name() {
    return "data";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    return Seeds.golden("data", ".llm265", 4_000);
  }

  @Override
  public void run(byte[] input) throws IOException {
    byte[] values = null;
    try {
      values = DataDecoder.create().decode(MemorySegment.ofArray(input), MOST_BYTES);
    } catch (StreamException e) {
      Refusals.check(e);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (values != null) {
        DataDecoder.create().decode(new ByteArrayInputStream(input), out);
        if (!Arrays.equals(values, out.toByteArray())) {
          throw new AssertionError("a stream has other values than the file");
        }
      }
    } catch (StreamException e) {
      throw new AssertionError("a stream is refused whose file is not", e);
    }
  }
}
