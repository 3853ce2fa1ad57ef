package llm265.oracle;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import llm265.h264.PictureFormat;
import llm265.h264.decode.OutputFrames.Frame;
import llm265.h264.decode.OutputFrames.Part;
import llm265.image.PictureDump;

/** Selects the pictures of I slices from a dump of all frames of a stream. */
public final class FrameSelection implements PictureDump {
  private final PictureDump dump;
  private final List<Frame> frames;
  private final Iterator<Frame> next;
  private boolean complete = true;

  /**
   * A selection.
   *
   * @param dump every frame, in output order; closed with this
   * @param frames descriptions of the frames, in that order
   */
  public FrameSelection(PictureDump dump, List<Frame> frames) {
    this.dump = dump;
    this.frames = frames;
    next = frames.iterator();
  }

  @Override
  public byte[] next(PictureFormat format) throws IOException {
    while (next.hasNext()) {
      Frame frame = next.next();
      byte[] samples = read(frame);
      if (frame.decoded() != Part.NOTHING) {
        return frame.decoded() == Part.FRAME || samples.length < PictureDump.pictureBytes(frame.format())
            ? samples : field(samples, frame.format(), frame.decoded() == Part.BOTTOM_FIELD ? 1 : 0);
      }
    }
    return new byte[0];
  }

  private byte[] read(Frame frame) throws IOException {
    byte[] samples = dump.next(frame.format());
    complete &= samples.length == PictureDump.pictureBytes(frame.format());
    return samples;
  }

  /** Every other row of each plane. */
  private static byte[] field(byte[] samples, PictureFormat format, int parity) {
    byte[] field = new byte[samples.length / 2];
    int from = 0;
    int to = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      int rowBytes = format.width(plane) * (format.bitDepth(plane) > 8 ? 2 : 1);
      for (int row = 0; row < format.height(plane); row++, from += rowBytes) {
        if ((row & 1) == parity) {
          System.arraycopy(samples, from, field, to, rowBytes);
          to += rowBytes;
        }
      }
    }
    return field;
  }

  /** Reads to the end and returns 0; {@link #isExact} reports frames that do not fit. */
  @Override
  public long left() throws IOException {
    while (next.hasNext()) {
      read(next.next());
    }
    complete &= dump.left() == 0;
    return 0;
  }

  /** Whether the dump had exactly these frames, so that the right ones were chosen. Must be called after {@link #left}. */
  public boolean isExact() {
    return complete;
  }

  public int frames() {
    return frames.size();
  }

  @Override
  public void close() throws IOException {
    dump.close();
  }
}
