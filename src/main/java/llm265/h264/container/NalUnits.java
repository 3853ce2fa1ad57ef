package llm265.h264.container;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;

/** The NAL units of a stream. The content shows whether it is a byte stream (Annex B) or an .mp4 or .mov file. */
public final class NalUnits {
  private NalUnits() {}

  /** Like {@link #of(MemorySegment, DecoderLimits, Consumer)}, without notes. */
  public static Iterable<NalUnit> of(MemorySegment stream, DecoderLimits limits) {
    return of(stream, limits, note -> { });
  }

  /**
   * The NAL units in decoding order; their offsets are those in {@code stream}.
   *
   * <p>If a NAL unit cannot be read, the iterator's {@code next} throws an exception; the next call continues after it.
   *
   * @param notes receives what is wrong with a file without costing a NAL unit, as it is found
   * @throws MalformedStreamException if it is a file whose boxes cannot be read
   * @throws UnsupportedStreamException if it is a file without a video track that can be read
   */
  public static Iterable<NalUnit> of(MemorySegment stream, DecoderLimits limits, Consumer<StreamException> notes) {
    return isFile(stream) ? AvcTrack.open(stream, limits, notes) : new ByteStream(stream, limits);
  }

  /** Whether bytes begin like an .mp4 or .mov file. */
  public static boolean isFile(MemorySegment stream) {
    return Boxes.isFile(stream);
  }
}
