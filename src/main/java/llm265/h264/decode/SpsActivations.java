package llm265.h264.decode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.SeqParameterSet;

/** 7.4.1.2.1: the pictures of a stream that activate another sequence parameter set, from slice headers alone. */
public final class SpsActivations implements CodedPictureReader.Sink {
  /**
   * A picture whose sequence parameter set is not that of the picture before it in decoding order.
   *
   * @param byteOffset offset of its first slice NAL unit in the stream
   */
  public record Activation(long byteOffset, SeqParameterSet sps) {}

  private final List<Activation> activations = new ArrayList<>();

  private SpsActivations() {}

  /**
   * Reads the slice headers of a stream.
   *
   * @return the activations in decoding order; the first is that of the first picture
   * @throws MalformedStreamException if the headers break the standard
   * @throws UnsupportedStreamException if they use something that is not decoded
   */
  public static List<Activation> of(MemorySegment stream, DecoderLimits limits) {
    SpsActivations all = new SpsActivations();
    new CodedPictureReader(limits, DecodingMode.INTRA_ONLY, all).read(NalUnits.of(stream, limits));
    return all.activations;
  }

  @Override
  public void picture(CodedPicture coded) {
    add(coded.byteOffset(), coded.sps());
  }

  @Override
  public void leftOut(LeftOutPicture picture, SeqParameterSet sps, OutputOrder order) {
    add(picture.byteOffset(), sps);
  }

  private void add(long byteOffset, SeqParameterSet sps) {
    if (activations.isEmpty() || activations.getLast().sps() != sps) {
      activations.add(new Activation(byteOffset, sps));
    }
  }
}
