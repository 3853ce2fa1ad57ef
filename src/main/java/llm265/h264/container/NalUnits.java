package llm265.h264.container;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;

/** The NAL units of a stream, whether it is a byte stream (Annex B) or lies in an .mp4 or .mov file: the content tells. */
public final class NalUnits {
  private NalUnits() {}

  /** As {@link #of(MemorySegment, DecoderLimits, Consumer)}, without notes. */
  public static Iterable<NalUnit> of(MemorySegment stream, DecoderLimits limits) {
    return of(stream, limits, note -> { });
  }

  /**
   * The NAL units in decoding order; their offsets are those in {@code stream}.
   *
   * <p>Where one cannot be read, the iterator's {@code next} throws an exception and goes on behind it when called again.
   *
   * @param notes hears of what is wrong with a file and takes no NAL unit away, when it is come upon
   * @throws MalformedStreamException if it is a file whose boxes cannot be read
   * @throws UnsupportedStreamException if it is a file without a video track that can be read
   */
  public static Iterable<NalUnit> of(MemorySegment stream, DecoderLimits limits, Consumer<StreamException> notes) {
    return isFile(stream) ? AvcTrack.open(stream, limits, notes) : new ByteStream(stream, limits);
  }

  /** Whether bytes begin as an .mp4 or .mov file does. */
  public static boolean isFile(MemorySegment stream) {
    return Boxes.isFile(stream);
  }
}
