package llm265.h264.decode;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/**
 * Reuses the memory of pictures and of the payloads of their slices. It never holds more than was in use at one time. Many
 * threads may use it; only lending and taking back are for the thread that delivers pictures.
 */
final class DecodingMemory {
  /** The most elements that an array may have on any virtual machine. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

  private final Queue<Picture> pictures = new ConcurrentLinkedQueue<>();
  private final Queue<byte[]> payloads = new ConcurrentLinkedQueue<>();
  private Picture lent;

  /** A picture with arbitrary samples: all of them are to be decoded. */
  Picture picture(PictureFormat format) {
    for (Picture picture = pictures.poll(); picture != null; picture = pictures.poll()) {
      if (picture.format().equals(format)) {
        return picture;
      }
    }
    return new Picture(format);
  }

  /** A receiver has seen a picture, and may look at it until it sees the next one. */
  void lend(Picture picture) {
    takeBack();
    lent = picture;
  }

  /** The receiver has finished with the picture that was lent last. */
  void takeBack() {
    if (lent != null) {
      pictures.add(lent);
      lent = null;
    }
  }

  /** An array of at least the given number of bytes. */
  byte[] payload(int bytes) {
    byte[] room = payloads.poll();
    // Later slices will be somewhat larger than this one.
    return room != null && room.length >= bytes ? room : new byte[(int) Math.min(MOST_BYTES, bytes + (long) (bytes >> 3))];
  }

  /** Takes back a payload that is no longer read. */
  void release(byte[] room) {
    payloads.add(room);
  }
}
