package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;

/** H.264 streams: every picture of them. */
final class PictureStreamTarget implements FuzzTarget {
  /** Pictures up to 512x512: larger ones only take longer. */
  static final DecoderLimits LIMITS = new DecoderLimits(1024, 16, 1 << 20);

  @Override
  public String name() {
    return "h264";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    return Seeds.golden("", ".264", 4_000);
  }

  @Override
  public void run(byte[] input) {
    try {
      new H264IntraDecoder(LIMITS).decode(MemorySegment.ofArray(input), new PictureReceiver() {
        @Override
        public void picture(DecodedPicture decoded) {
          decoded.picture();
        }

        @Override
        public void noted(StreamException fault) {
          Refusals.check(fault);
        }
      });
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }
}
