package llm265.view;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.image.PictureDump;

/** The first sample, in output order, in which the pictures of a stream and others differ. */
final class FirstDifference {
  /**
   * A difference.
   *
   * @param picture number of the picture in decoding order
   * @param plane 0 Y, 1 Cb, 2 Cr
   * @param x column in the coded plane
   * @param y row in the coded plane
   * @param equalPictures number of pictures before it, in output order
   */
  record Sample(int picture, int plane, int x, int y, int ours, int theirs, int equalPictures) {}

  private final PictureDump theirs;
  private int equal;
  private Sample first;
  private String note = "";

  private FirstDifference(PictureDump theirs) {
    this.theirs = theirs;
  }

  /** Ends the decoding once the sample is found. */
  private static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Found() {
      super(null, null, false, false);
    }
  }

  /** Decodes a stream until a sample differs. */
  static FirstDifference of(MemorySegment stream, SecondInput other) throws IOException {
    try (PictureDump dump = other.open()) {
      FirstDifference difference = new FirstDifference(dump);
      try {
        new H264IntraDecoder(DecoderLimits.DEFAULT, new DecodingMode(true, true))
            .decode(stream, PictureReceiver.passing(difference::compare));
      } catch (Found e) {
        return difference;
      } catch (StreamException e) {
        difference.note = e.getMessage();
      } catch (UncheckedIOException e) {
        difference.note = e.getCause().getMessage();
      }
      return difference;
    }
  }

  /** Null if all samples that both have are equal. */
  Sample first() {
    return first;
  }

  /** Number of pictures that are equal, before the difference. */
  int equal() {
    return equal;
  }

  /** Why the comparison ended early, in words; empty if it did not. */
  String note() {
    return note;
  }

  private void compare(DecodedPicture decoded) {
    Picture picture = decoded.picture();
    byte[] ours = new byte[picture.croppedBytes()];
    picture.writeCropped(ours, 0);
    byte[] other;
    try {
      other = theirs.next(picture.format());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int at = Arrays.mismatch(ours, 0, Math.min(ours.length, other.length), other, 0, Math.min(ours.length, other.length));
    if (at >= 0) {
      first = sample(decoded, ours, other, at);
    } else if (other.length < ours.length) {
      note = "the other input ends after " + equal + (equal == 1 ? " picture" : " pictures");
    }
    if (at >= 0 || other.length < ours.length) {
      throw new Found();
    }
    equal++;
  }

  private Sample sample(DecodedPicture decoded, byte[] ours, byte[] other, int at) {
    PictureFormat format = decoded.picture().format();
    int from = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      int sampleBytes = format.bitDepth(plane) > 8 ? 2 : 1;
      int bytes = format.width(plane) * format.height(plane) * sampleBytes;
      if (at < from + bytes) {
        int number = (at - from) / sampleBytes;
        int start = from + number * sampleBytes;
        return new Sample(
            decoded.index(), plane, format.left(plane) + number % format.width(plane),
            format.top(plane) + number / format.width(plane), value(ours, start, sampleBytes),
            value(other, start, sampleBytes), equal);
      }
      from += bytes;
    }
    throw new IllegalStateException("byte " + at + " is in no plane");
  }

  private static int value(byte[] bytes, int at, int sampleBytes) {
    int low = bytes[at] & 0xFF;
    return sampleBytes == 1 || at + 1 >= bytes.length ? low : low + ((bytes[at + 1] & 0xFF) << 8);
  }
}
