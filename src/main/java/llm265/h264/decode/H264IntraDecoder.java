package llm265.h264.decode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;

/**
 * Decodes the intra pictures of an H.264 byte stream (Annex B), sample by sample as the standard has it.
 *
 * <p>Takes I slices of frames, MBAFF frames and fields, of every chroma format and of 8 to 14 bits a sample; what else the profiles
 * of Annex A have is an {@link UnsupportedStreamException}. The two fields of a frame come out as one picture if they are
 * decoded in one call; a field that stands alone is a picture of its own. Every error names its place; nothing is concealed. On any bytes, only that and
 * {@link MalformedStreamException} are thrown.
 *
 * <p>An object remembers parameter sets from call to call and is not thread-safe; {@link #decodeAll} decodes the pictures of a
 * whole stream side by side.
 */
public final class H264IntraDecoder {
  private final DecoderLimits limits;
  private final PictureDecoder pictureDecoder = new PictureDecoder();
  private final CodedPictureReader reader;
  private MacroblockListener listener;
  private Consumer<DecodedPicture> sink;

  public H264IntraDecoder(DecoderLimits limits) {
    this.limits = limits;
    reader = new CodedPictureReader(limits, coded -> sink.accept(pictureDecoder.decode(coded, listener)));
  }

  /** Names every macroblock to a listener from now on; null for none. */
  public void setMacroblockListener(MacroblockListener macroblockListener) {
    listener = macroblockListener;
  }

  /**
   * Decodes whole access units.
   *
   * @param annexB holds NAL units with start codes from {@code offset} on
   * @param pictures receives the pictures in decoding order, which is output order for intra pictures
   * @throws MalformedStreamException if the stream breaks the standard
   * @throws UnsupportedStreamException if it uses what is not decoded
   */
  public void decode(byte[] annexB, int offset, int length, Consumer<DecodedPicture> pictures) {
    decode(MemorySegment.ofArray(annexB).asSlice(offset, length), pictures);
  }

  /** As {@link #decode(byte[], int, int, Consumer)}, from any memory. */
  public void decode(MemorySegment annexB, Consumer<DecodedPicture> pictures) {
    sink = pictures;
    try {
      for (NalUnit nalUnit : new ByteStream(annexB, limits)) {
        reader.accept(nalUnit);
      }
      reader.flush();
    } finally {
      sink = null;
      reader.discard();
    }
  }

  /**
   * Decodes a whole stream, its pictures side by side.
   *
   * @param threads number of threads, 1 or more; the output does not depend on it
   * @param pictures receives the pictures in decoding order, on the calling thread
   * @throws MalformedStreamException if the stream breaks the standard; the pictures before the fault have been delivered
   * @throws UnsupportedStreamException if it uses what is not decoded, likewise
   */
  public static void decodeAll(
      MemorySegment stream, DecoderLimits limits, int threads, Consumer<DecodedPicture> pictures) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    if (threads == 1) {
      new H264IntraDecoder(limits).decode(stream, pictures);
      return;
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      new ParallelRun(executor, 2 * threads, pictures).decode(stream, limits);
    }
  }

  /** Pictures in flight, oldest first. */
  private static final class ParallelRun {
    private final ExecutorService executor;
    private final int window;
    private final Consumer<DecodedPicture> pictures;
    private final Deque<Future<DecodedPicture>> inFlight = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<PictureDecoder> idle = new ConcurrentLinkedQueue<>();

    ParallelRun(ExecutorService executor, int window, Consumer<DecodedPicture> pictures) {
      this.executor = executor;
      this.window = window;
      this.pictures = pictures;
    }

    void decode(MemorySegment stream, DecoderLimits limits) {
      CodedPictureReader reader = new CodedPictureReader(limits, this::start);
      try {
        RuntimeException fault = null;
        try {
          for (NalUnit nalUnit : new ByteStream(stream, limits)) {
            reader.accept(nalUnit);
          }
          reader.flush();
        } catch (MalformedStreamException | UnsupportedStreamException e) {
          // Pictures before the fault are still delivered, and a fault in one of them comes first.
          fault = e;
        }
        while (!inFlight.isEmpty()) {
          deliverOldest();
        }
        if (fault != null) {
          throw fault;
        }
      } finally {
        inFlight.forEach(future -> future.cancel(false));
      }
    }

    private void start(CodedPicture coded) {
      if (inFlight.size() >= window) {
        deliverOldest();
      }
      inFlight.add(executor.submit(() -> {
        PictureDecoder decoder = idle.poll();
        if (decoder == null) {
          decoder = new PictureDecoder();
        }
        DecodedPicture picture = decoder.decode(coded, null);
        idle.add(decoder);
        return picture;
      }));
    }

    private void deliverOldest() {
      Future<DecodedPicture> oldest = inFlight.remove();
      DecodedPicture picture;
      try {
        picture = oldest.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while decoding", e);
      } catch (ExecutionException e) {
        // The pictures after this one must not come out, as they do not with one thread.
        inFlight.forEach(future -> future.cancel(false));
        inFlight.clear();
        if (e.getCause() instanceof RuntimeException fault) {
          throw fault;
        }
        throw new IllegalStateException(e.getCause());
      }
      pictures.accept(picture);
    }
  }
}
