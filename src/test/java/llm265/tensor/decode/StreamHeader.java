package llm265.tensor.decode;

import java.lang.foreign.MemorySegment;
import llm265.h264.DecoderLimits;
import llm265.tensor.format.TensorHeader;

/** The header of a stream, as the format has it. */
public final class StreamHeader {
  private StreamHeader() {}

  public static TensorHeader of(byte[] stream) {
    return TensorStream.open(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT).header();
  }
}
