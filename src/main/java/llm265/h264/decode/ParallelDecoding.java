package llm265.h264.decode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.SeqParameterSet;
import llm265.parallel.TaskQueue;

/** Decodes pictures side by side, and delivers them as if they had been decoded one after another. */
final class ParallelDecoding implements CodedPictureReader.Sink {
  /**
   * A picture in flight.
   *
   * @param result the decoded picture; null if nothing is decoded
   * @param delivery delivers the result
   */
  private record InFlight(Future<DecodedPicture> result, Runnable delivery) {}

  private final TaskQueue tasks;
  private final int window;
  private final PictureDelivery delivery;
  private final DecodingMemory memory;
  /** Oldest first. */
  private final Deque<InFlight> inFlight = new ArrayDeque<>();

  private final ConcurrentLinkedQueue<PictureDecoder> idle = new ConcurrentLinkedQueue<>();

  /**
   * Decodes one stream.
   *
   * @param window how many pictures may be in flight
   */
  ParallelDecoding(TaskQueue tasks, int window, PictureDelivery delivery, DecodingMemory memory) {
    this.tasks = tasks;
    this.window = window;
    this.delivery = delivery;
    this.memory = memory;
  }

  void decode(MemorySegment stream, DecoderLimits limits, DecodingMode mode) {
    CodedPictureReader reader = new CodedPictureReader(limits, mode, memory, this);
    try {
      StreamException fault = null;
      try {
        reader.read(NalUnits.of(stream, limits, this::noted));
      } catch (StreamException e) {
        // Pictures before the fault are still delivered; a fault in one of them comes first.
        fault = e;
      }
      try {
        while (!inFlight.isEmpty()) {
          deliverOldest();
        }
      } catch (StreamException e) {
        fault = e;
      }
      delivery.end();
      if (fault != null) {
        throw fault;
      }
    } finally {
      cancel();
    }
  }

  @Override
  public void picture(CodedPicture coded) {
    Future<DecodedPicture> result = tasks.add(() -> {
      PictureDecoder decoder = idle.poll();
      if (decoder == null) {
        decoder = new PictureDecoder(memory);
      }
      DecodedPicture picture = decoder.decode(coded, null);
      idle.add(decoder);
      return picture;
    });
    add(new InFlight(result, () -> delivery.picture(coded, () -> tasks.result(result))));
  }

  @Override
  public void leftOut(LeftOutPicture picture, SeqParameterSet sps, OutputOrder order) {
    add(new InFlight(null, () -> delivery.leftOut(picture)));
  }

  @Override
  public void damaged(StreamException fault) {
    if (delivery.refused()) {
      throw fault;
    }
    add(new InFlight(null, () -> delivery.damaged(-1, fault)));
  }

  @Override
  public void noted(StreamException fault) {
    add(new InFlight(null, () -> delivery.noted(fault)));
  }

  private void add(InFlight entry) {
    inFlight.add(entry);
    if (inFlight.size() > window) {
      deliverOldest();
    }
  }

  private void deliverOldest() {
    try {
      inFlight.remove().delivery().run();
    } catch (RuntimeException e) {
      // The pictures after this one must not be delivered, just as with one thread.
      cancel();
      throw e;
    }
  }

  private void cancel() {
    for (InFlight entry : inFlight) {
      if (entry.result() != null) {
        entry.result().cancel(false);
      }
    }
    inFlight.clear();
  }
}
