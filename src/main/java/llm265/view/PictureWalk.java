package llm265.view;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.decode.CodedPicture;
import llm265.h264.reconstruct.TracedReconstructor;
import llm265.h264.trace.PictureTracer;

/** Decodes one picture, as far as it is not damaged, with the decoder's own parsers and processes, for a visitor. */
final class PictureWalk {
  private final StreamContents.CodedFrame frame;
  private final PictureVisitor visitor;
  private final PictureTracer tracer;
  private final List<String> faults = new ArrayList<>();

  PictureWalk(StreamContents.CodedFrame frame, PictureVisitor visitor) {
    this.frame = frame;
    this.visitor = visitor;
    tracer = new PictureTracer(format -> new TracedReconstructor(format, visitor));
  }

  /** The samples of a picture after deblocking, without anybody who watches, which is faster. */
  static Picture samples(StreamContents.CodedFrame frame) {
    PictureTracer tracer = new PictureTracer();
    Picture picture = frame.newPicture();
    tracer.begin(frame.sps(), picture);
    for (StreamContents.SliceEntry entry : frame.slices()) {
      try {
        tracer.decodeSlice(entry.read(), null);
      } catch (StreamException e) {
        // PictureAnalysis tells of it.
      }
    }
    tracer.deblock(slice -> null);
    return picture;
  }

  /**
   * Decodes the slices. Where one is damaged, its macroblocks up to the fault are there, and the next slices too.
   *
   * @param picture receives the samples before deblocking
   */
  void decode(Picture picture) {
    tracer.begin(frame.sps(), picture);
    for (StreamContents.SliceEntry entry : frame.slices()) {
      if (visitor.isDone()) {
        return;
      }
      if (visitor.wants(entry.slice())) {
        decode(entry);
      }
    }
  }

  private void decode(StreamContents.SliceEntry entry) {
    try {
      CodedPicture.Slice slice = entry.read();
      visitor.slice(slice, tracer.sliceIndex(slice), MacroblockPlaces.of(frame, slice));
      tracer.decodeSlice(slice, visitor);
    } catch (StreamException e) {
      faults.add(e.getMessage());
    }
  }

  /** Filters the picture after {@link #decode}, and tells of what is missing. */
  void deblock() {
    try {
      tracer.end();
    } catch (StreamException e) {
      faults.add(e.getMessage());
    }
    tracer.deblock(slice -> visitor.strengths(slice, MacroblockPlaces.of(frame, slice)));
  }

  List<String> faults() {
    return faults;
  }
}
