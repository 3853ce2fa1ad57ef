package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.parallel.CommonPool;

/**
 * What comes of decoding some bytes.
 *
 * @param fault the message of the exception, or an empty string
 * @param notes those of what no picture needs
 */
record DecodingOutcome(List<Picture> pictures, String fault, List<String> notes) {

  /** Decodes; exceptions other than the two documented ones go on to the caller. */
  static DecodingOutcome of(byte[] stream, DecoderLimits limits, int threads) {
    List<Picture> pictures = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    try {
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), limits, CommonPool.workers(threads), new PictureReceiver() {
        @Override
        public void picture(DecodedPicture decoded) {
          pictures.add(decoded.picture());
        }

        @Override
        public void noted(StreamException fault) {
          assertThat(fault.getMessage()).contains("clause ").contains("NAL unit ");
          notes.add(fault.getMessage());
        }
      });
      return new DecodingOutcome(pictures, "", notes);
    } catch (MalformedStreamException | UnsupportedStreamException e) {
      StreamException fault = e;
      if (fault.clause().isEmpty() || fault.syntaxElement().isEmpty()) {
        throw new AssertionError("an error without a name", e);
      }
      return new DecodingOutcome(pictures, fault.getMessage(), notes);
    }
  }

  boolean sameAs(DecodingOutcome other) {
    if (!fault.equals(other.fault) || !notes.equals(other.notes) || pictures.size() != other.pictures.size()) {
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
