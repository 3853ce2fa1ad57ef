package llm265.h264.generate;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.coverage.Coverage;
import llm265.h264.coverage.StreamCoverage;
import llm265.h264.written.SyntaxStream;

/** Makes streams of a request, each by its number alone; used by any number of threads. */
public final class StreamGenerator {
  /**
   * What else streams follow from beside the request and their number: it goes up when the bytes of any change. Since 2, stress
   * arithmetic has long carries, stress macroblocks comes close to the limits, there are stresses timing and tables, and no level
   * of DC has more bits than 8.5.11.1 allows.
   */
  public static final int VERSION = 2;

  private final StreamRequest request;
  private final boolean nvdec;

  public StreamGenerator(StreamRequest request) {
    this.request = request;
    nvdec = request.profile() == GeneratedProfile.NVDEC;
  }

  /** A sound stream. */
  public GeneratedStream stream(int index) {
    StreamPlan plan = StreamPlan.of(request, index);
    return stream(plan, write(plan), false);
  }

  /** A sound stream with all that it covers in detail. */
  GeneratedStream inDetail(int index) {
    StreamPlan plan = StreamPlan.of(request, index);
    return stream(plan, write(plan), true);
  }

  private byte[] write(StreamPlan plan) {
    return ConformingStream.write(plan, ConformingStream.of(plan, nvdec));
  }

  private static GeneratedStream stream(StreamPlan plan, byte[] bytes, boolean inDetail) {
    ExpectedSamples samples = ExpectedSamples.of(bytes);
    if (samples.fault() != null) {
      throw new IllegalStateException(plan.name() + " does not decode", samples.fault());
    }
    Coverage coverage = inDetail ? StreamCoverage.inDetail(bytes) : StreamCoverage.of(bytes);
    return new GeneratedStream(plan.name(), bytes, List.copyOf(samples.pictures()), samples.pixelFormat(), samples.md5OfAll(),
        coverage, departures(plan, samples), null);
  }

  /** The faults that a stream of the request can have. */
  public List<StreamFault> faults() {
    return List.of(StreamFault.values()).stream().filter(fault -> fault.isPossible(base(fault))).toList();
  }

  private StreamPlan base(StreamFault fault) {
    return StreamPlan.plain(request, fault.ordinal());
  }

  /** A stream with one fault, behind sound pictures. */
  public GeneratedStream malformed(StreamFault fault) {
    StreamPlan plan = base(fault);
    SyntaxStream stream = ConformingStream.of(plan, nvdec);
    byte[] bytes = FaultySlices.append(ConformingStream.write(plan, stream), fault, plan, stream);
    ExpectedSamples samples = ExpectedSamples.of(bytes);
    if (samples.fault() == null) {
      throw new IllegalStateException(plan.name() + " decodes in spite of " + fault.description());
    }
    String name = String.format("%s-bad-%s", request.profile().label(), fault.label());
    return new GeneratedStream(name, bytes, List.copyOf(samples.pictures()), samples.pixelFormat(), "", null, List.of(), fault);
  }

  /** Tools that FFmpeg does not decode, or not as the standard says: docs/conformance.md. */
  private static List<String> departures(StreamPlan plan, ExpectedSamples samples) {
    List<String> departures = new ArrayList<>();
    for (Tool tool : List.of(Tool.PLANES, Tool.GROUPS, Tool.ORDER, Tool.REDUNDANT, Tool.PARTITIONS, Tool.SETS)) {
      if (plan.has(tool)) {
        departures.add(tool.label());
      }
    }
    int luma = plan.tools().bitDepthLuma();
    int chroma = plan.tools().bitDepthChroma();
    if (luma == 11 || luma == 13 || plan.tools().chroma() != ChromaFormat.MONOCHROME && luma != chroma) {
      departures.add("depth");
    }
    if (plan.tools().lossless() && (samples.touchesAnEnd() || plan.profileIdc() != 244)) {
      departures.add("lossless");
    }
    return departures;
  }
}
