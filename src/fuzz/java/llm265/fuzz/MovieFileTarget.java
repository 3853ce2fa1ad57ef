package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.h264.ChromaFormat;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;

/** The boxes of .mp4 and .mov files, and the NAL units that they lead to. */
final class MovieFileTarget implements FuzzTarget {
  @Override
  public String name() {
    return "mp4";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=40");
    seeds.add(Mp4Oracle.mux(stream, "mp4", false, Map.of()));
    seeds.add(Mp4Oracle.mux(stream, "mov", true, Map.of()));
    seeds.add(Mp4Oracle.mux(stream, "mp4", false, Map.of("movflags", "frag_keyframe+empty_moov")));
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    try {
      long bytes = 0;
      // A file may have a sample any number of times: then it takes long, as a long stream does.
      int units = 0;
      for (NalUnit unit : NalUnits.of(MemorySegment.ofArray(input), PictureStreamTarget.LIMITS, Refusals::check)) {
        bytes += unit.length();
        if (++units == 10_000) {
          break;
        }
      }
      if (bytes < 0) {
        throw new AssertionError("NAL units of a negative length");
      }
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }
}
