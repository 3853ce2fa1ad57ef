package llm265.h264.coverage;

import java.lang.foreign.MemorySegment;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.syntax.StreamListing;
import llm265.h264.trace.StreamTrace;

/** The {@link Coverage} of one stream, as the decoder finds it. */
public final class StreamCoverage {
  private StreamCoverage() {}

  /**
   * The tools that a stream covers: those that parameter sets, headers and macroblocks show.
   *
   * @throws llm265.h264.StreamException if it does not decode
   */
  public static Coverage of(byte[] stream) {
    Coverage coverage = new Coverage();
    addTools(stream, coverage, null);
    return coverage;
  }

  /**
   * What a stream covers in detail: tools, every class of values of every syntax element, every code and bin, prediction modes
   * by neighbours, and edges.
   *
   * @throws llm265.h264.StreamException if it does not decode
   */
  public static Coverage inDetail(byte[] stream) {
    Coverage coverage = new Coverage();
    addTools(stream, coverage, new NeighbourCoverage(coverage));
    CodeCoverage codes = new CodeCoverage(coverage);
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, codes);
    codes.finish();
    return coverage;
  }

  private static void addTools(byte[] stream, Coverage coverage, NeighbourCoverage neighbours) {
    ParameterCoverage parameters = new ParameterCoverage(coverage);
    parameters.nalUnits(stream);
    StreamListing.list(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, parameters::scalingLists);
    MacroblockCoverage macroblocks = new MacroblockCoverage(coverage, neighbours);
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    decoder.setMacroblockListener(macroblocks);
    decoder.decode(stream, 0, stream.length, decoded -> {
      parameters.picture(decoded);
      macroblocks.picture(decoded);
    });
  }
}
