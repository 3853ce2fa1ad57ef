package llm265.h264.decode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.SeqParameterSet;

/**
 * C.4 Output order of all frames of a stream, from slice headers alone, including those that {@link DecodingMode#INTRA_ONLY}
 * leaves out.
 */
public final class OutputFrames {
  /** The part of a frame that intra-only decoding delivers. */
  public enum Part { NOTHING, FRAME, TOP_FIELD, BOTTOM_FIELD }

  /**
   * A frame, or a field that stands alone.
   *
   * @param format format of the frame
   * @param decoded which part of it is delivered, as a picture of I slices
   */
  public record Frame(PictureFormat format, Part decoded) {}

  private record Ordered(OutputOrder order, Frame frame) {}

  private final TreeMap<Integer, Ordered> frames = new TreeMap<>();

  private OutputFrames() {}

  /**
   * Reads the slice headers of a stream.
   *
   * @return its frames in output order
   * @throws MalformedStreamException if the headers break the standard
   * @throws UnsupportedStreamException if they use something that is not decoded
   */
  public static List<Frame> of(MemorySegment stream, DecoderLimits limits) {
    OutputFrames all = new OutputFrames();
    new CodedPictureReader(limits, DecodingMode.INTRA_ONLY, new CodedPictureReader.Sink() {
      @Override
      public void picture(CodedPicture coded) {
        all.add(coded.index(), coded.sps(), partOf(coded), coded.order());
      }

      @Override
      public void leftOut(LeftOutPicture picture, SeqParameterSet sps, OutputOrder order) {
        all.add(picture.index(), sps, Part.NOTHING, order);
      }
    }).read(NalUnits.of(stream, limits));
    List<Ordered> ordered = new ArrayList<>(all.frames.values());
    ordered.sort(Comparator.comparing(Ordered::order));
    return ordered.stream().map(Ordered::frame).toList();
  }

  private static Part partOf(CodedPicture coded) {
    boolean bottom = coded.slices().getFirst().header().bottomFieldFlag();
    boolean alone = coded.isField() && coded.slices().stream().allMatch(slice -> slice.header().bottomFieldFlag() == bottom);
    return !alone ? Part.FRAME : bottom ? Part.BOTTOM_FIELD : Part.TOP_FIELD;
  }

  /** Adds a frame, or a field, which may be the second one of its frame. */
  private void add(int index, SeqParameterSet sps, Part part, OutputOrder order) {
    Ordered first = frames.get(index);
    Part decoded = first == null || part != Part.NOTHING ? part : first.frame().decoded();
    frames.put(index, new Ordered(
        first == null ? order : first.order().withSecondField(order), new Frame(PictureDecoder.format(sps), decoded)));
  }
}
