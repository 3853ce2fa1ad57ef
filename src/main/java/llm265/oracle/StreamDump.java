package llm265.oracle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.image.PictureDump;

/** The pictures of another stream, which we decode too. */
public final class StreamDump implements PictureDump {
  private static final Object END = new Object();

  private final String name;
  /** Pictures, and then {@link #END} or the exception that ended them. */
  private final BlockingQueue<Object> decoded = new ArrayBlockingQueue<>(2);

  private final Thread decoder;

  public StreamDump(MemorySegment stream, DecodingMode mode, String name) {
    this.name = name;
    decoder = Thread.ofPlatform().daemon().start(() -> decode(stream, mode));
  }

  private void decode(MemorySegment stream, DecodingMode mode) {
    Object end = END;
    try {
      new H264IntraDecoder(DecoderLimits.DEFAULT, mode).decode(stream, picture -> put(picture.picture()));
    } catch (RuntimeException | Error e) {
      end = e;
    }
    try {
      put(end);
    } catch (IllegalStateException e) {
      // Nobody waits for pictures any more.
    }
  }

  private void put(Object next) {
    try {
      decoded.put(next);
    } catch (InterruptedException e) {
      // For the next call too: nobody takes the end.
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Picture take() throws IOException {
    try {
      Object next = decoded.take();
      if (next instanceof StreamException fault) {
        throw new IOException(name + ": " + fault.getMessage(), fault);
      }
      if (next instanceof Picture picture) {
        return picture;
      }
      if (next != END) {
        throw new IllegalStateException((Throwable) next);
      }
      // For the next call
      decoded.put(END);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public byte[] next(PictureFormat format) throws IOException {
    Picture picture = take();
    if (picture == null) {
      return new byte[0];
    }
    PictureFormat other = picture.format();
    if (!describe(other).equals(describe(format))) {
      throw new IOException(name + ": has a picture of " + describe(other) + ", ours is " + describe(format));
    }
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    return bytes;
  }

  private static String describe(PictureFormat format) {
    return format.width(0) + "x" + format.height(0) + " " + format.chroma() + ", " + format.bitDepthLuma()
        + (format.planes() > 1 && format.bitDepthChroma() != format.bitDepthLuma() ? " and " + format.bitDepthChroma() : "")
        + " bits";
  }

  @Override
  public long left() throws IOException {
    long pictures = 0;
    while (take() != null) {
      pictures++;
    }
    return pictures;
  }

  @Override
  public boolean inPictures() {
    return true;
  }

  /** Also ends the decoding, before the memory that it reads is freed. */
  @Override
  public void close() throws IOException {
    decoder.interrupt();
    try {
      decoder.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
