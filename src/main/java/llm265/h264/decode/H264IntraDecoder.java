package llm265.h264.decode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.SeqParameterSet;
import llm265.parallel.TaskQueue;
import llm265.parallel.Workers;

/**
 * Decodes the intra pictures of an H.264 byte stream (Annex B), or of the video track of an .mp4 or .mov file, to exactly the
 * samples that the standard specifies.
 *
 * <p>Decodes I slices of frames, MBAFF frames and fields, of every chroma format and of 8 to 14 bits per sample. Anything else in
 * the profiles of Annex A is an {@link UnsupportedStreamException}, or is left out with {@link DecodingMode#INTRA_ONLY}. The
 * two fields of a frame become one picture if one call decodes both. A field that stands alone, or whose other field is left
 * out, is a picture of its own.
 *
 * <p>Every error names its place. Nothing is concealed, but {@link DecodingMode#KEEP_GOING} decodes the other pictures too.
 * Faults that no picture depends on are reported to {@link PictureReceiver#noted}. Whatever the bytes are, only that exception
 * and {@link MalformedStreamException} are thrown.
 *
 * <p>Pictures are delivered in output order (C.4): a picture that may have to wait for others does so, at most until the end of
 * the call.
 *
 * <p>An object keeps parameter sets from call to call and is not thread-safe. {@link #decodeAll} decodes the pictures of a whole
 * stream side by side.
 */
public final class H264IntraDecoder {
  private final DecoderLimits limits;
  private final DecodingMode mode;
  private final DecodingMemory memory = new DecodingMemory();
  private final PictureDecoder pictureDecoder = new PictureDecoder(memory);
  private final CodedPictureReader reader;
  private MacroblockListener listener;
  private PictureDelivery delivery;

  /** A decoder that must decode every picture. */
  public H264IntraDecoder(DecoderLimits limits) {
    this(limits, DecodingMode.STRICT);
  }

  public H264IntraDecoder(DecoderLimits limits, DecodingMode mode) {
    this.limits = limits;
    this.mode = mode;
    reader = new CodedPictureReader(limits, mode, memory, new CodedPictureReader.Sink() {
      @Override
      public void picture(CodedPicture coded) {
        delivery.picture(coded, () -> pictureDecoder.decode(coded, listener));
      }

      @Override
      public void leftOut(LeftOutPicture picture, SeqParameterSet sps, OutputOrder order) {
        delivery.leftOut(picture);
      }

      @Override
      public void damaged(StreamException fault) {
        delivery.damaged(-1, fault);
      }

      @Override
      public void noted(StreamException fault) {
        delivery.noted(fault);
      }
    });
  }

  /** Reports every macroblock to a listener from now on; null for none. */
  public void setMacroblockListener(MacroblockListener macroblockListener) {
    listener = macroblockListener;
  }

  /**
   * Decodes whole access units.
   *
   * @param annexB holds NAL units with start codes, beginning at {@code offset}
   * @param receiver receives the pictures in output order
   * @throws MalformedStreamException if the stream breaks the standard; the pictures before the fault have been delivered
   * @throws UnsupportedStreamException if it uses something that is not decoded; the pictures before it have been delivered
   */
  public void decode(byte[] annexB, int offset, int length, PictureReceiver receiver) {
    decode(MemorySegment.ofArray(annexB).asSlice(offset, length), receiver);
  }

  /** Like {@link #decode(byte[], int, int, PictureReceiver)}, from any memory; it may also hold a whole .mp4 or .mov file. */
  public void decode(MemorySegment stream, PictureReceiver receiver) {
    memory.takeBack();
    delivery = new PictureDelivery(mode, receiver, memory);
    try {
      try {
        reader.read(NalUnits.of(stream, limits, delivery::noted));
      } catch (StreamException e) {
        delivery.end();
        throw e;
      }
      delivery.end();
    } finally {
      delivery = null;
      reader.discard();
    }
  }

  /**
   * The pictures of a whole stream in output order, on the calling thread.
   *
   * @throws MalformedStreamException if the stream breaks the standard
   * @throws UnsupportedStreamException if it uses something that is not decoded
   */
  public static List<Picture> decodeAll(byte[] stream) {
    List<Picture> pictures = new ArrayList<>();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, decoded -> pictures.add(decoded.picture()));
    return pictures;
  }

  /**
   * As {@link #decodeAll(MemorySegment, DecoderLimits, DecodingMode, Workers, PictureReceiver)}, where every picture must be
   * decoded.
   */
  public static void decodeAll(MemorySegment stream, DecoderLimits limits, Workers workers, PictureReceiver receiver) {
    decodeAll(stream, limits, DecodingMode.STRICT, workers, receiver);
  }

  /**
   * Decodes a whole stream, its pictures side by side.
   *
   * @param mode what becomes of pictures that cannot be decoded
   * @param workers threads that decode; the output does not depend on them
   * @param receiver receives the pictures in output order, on the calling thread
   * @throws MalformedStreamException if the stream breaks the standard; the pictures before the fault have been delivered
   * @throws UnsupportedStreamException if it uses something that is not decoded; the pictures before it have been delivered
   */
  public static void decodeAll(
      MemorySegment stream, DecoderLimits limits, DecodingMode mode, Workers workers, PictureReceiver receiver) {
    if (workers.threads() == 1) {
      new H264IntraDecoder(limits, mode).decode(stream, receiver);
      return;
    }
    try (TaskQueue tasks = new TaskQueue(workers)) {
      DecodingMemory memory = new DecodingMemory();
      PictureDelivery delivery = new PictureDelivery(mode, receiver, memory);
      new ParallelDecoding(tasks, 2 * workers.threads(), delivery, memory).decode(stream, limits, mode);
    }
  }
}
