package llm265.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.H264IntraDecoder;

/**
 * What comes of decoding some bytes.
 *
 * @param fault the message of the exception, or an empty string
 */
record DecodingOutcome(List<Picture> pictures, String fault) {

  /** Decodes; exceptions other than the two documented ones go on to the caller. */
  static DecodingOutcome of(byte[] stream, DecoderLimits limits, int threads) {
    List<Picture> pictures = new ArrayList<>();
    try {
      H264IntraDecoder.decodeAll(
          MemorySegment.ofArray(stream), limits, threads, decoded -> pictures.add(decoded.picture()));
      return new DecodingOutcome(pictures, "");
    } catch (MalformedStreamException | UnsupportedStreamException e) {
      StreamException fault = e;
      if (fault.clause().isEmpty() || fault.syntaxElement().isEmpty()) {
        throw new AssertionError("an error without a name", e);
      }
      return new DecodingOutcome(pictures, fault.getMessage());
    }
  }

  boolean sameAs(DecodingOutcome other) {
    if (!fault.equals(other.fault) || pictures.size() != other.pictures.size()) {
      return false;
    }
    for (int i = 0; i < pictures.size(); i++) {
      if (!pictures.get(i).sameSamples(other.pictures.get(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return pictures.size() + " pictures, " + (fault.isEmpty() ? "no fault" : fault);
  }
}
