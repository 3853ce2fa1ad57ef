package llm265.h264.decode;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/**
 * The memory that pictures and the payloads of their slices take up, used again for later ones. Never more of it than has been in
 * use at once. Safe for use by many threads, but that lending and taking back is for the one that delivers pictures.
 */
final class DecodingMemory {
  /** What an array may have on any virtual machine. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

  private final Queue<Picture> pictures = new ConcurrentLinkedQueue<>();
  private final Queue<byte[]> payloads = new ConcurrentLinkedQueue<>();
  private Picture lent;

  /** A picture, whose samples are anything: all of them are to be decoded. */
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

  /** The picture lent last is not looked at any longer. */
  void takeBack() {
    if (lent != null) {
      pictures.add(lent);
      lent = null;
    }
  }

  /** Room for a number of bytes at least. */
  byte[] payload(int bytes) {
    byte[] room = payloads.poll();
    // Later slices will be somewhat larger than this one.
    return room != null && room.length >= bytes ? room : new byte[(int) Math.min(MOST_BYTES, bytes + (long) (bytes >> 3))];
  }

  /** Nobody reads a payload any longer. */
  void release(byte[] room) {
    payloads.add(room);
  }
}
