package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.TensorDecoder;
import llm265.checkpoint.file.ModelFormatException;
import llm265.h264.DecoderLimits;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.decode.TensorStream;
import llm265.tensor.format.TensorHeader;

/** A tensor of a compressed model that is a tensor stream, with pictures or without. A piece of it is a row of tiles. */
final class StreamedTensor extends CodedEntry {
  private final TensorStream stream;
  private final TensorFraming framing;

  /**
   * Reads the stream's header.
   *
   * @throws ModelFormatException if it is damaged, or of another tensor
   */
  StreamedTensor(FileEntry tensor) {
    super(tensor);
    stream = read(tensor, () -> TensorStream.open(tensor.data(), DecoderLimits.DEFAULT));
    TensorHeader header = stream.header();
    framing = header.framing();
    if (header.dtype() != tensor.dtype() || !Arrays.equals(header.shape(), tensor.shape())) {
      throw tensor.fault(" is " + header + ", the llm265 index says otherwise", null);
    }
  }

  @Override
  public int pieces() {
    return framing.bands();
  }

  @Override
  public long firstOf(int piece) {
    return Math.min(piece * framing.bandRows() * framing.viewColumns(), framing.values());
  }

  @Override
  public void decode(long first, MemorySegment target, Workers workers) {
    read(() -> stream.decode(first, target, workers));
  }

  @Override
  public void decode(long first, float[] values, Workers workers) {
    read(() -> stream.decode(first, values, workers));
  }

  @Override
  public void verify(Workers workers) {
    read(() -> stream.verify(workers));
  }

  @Override
  public Description describe() {
    return Description.of(TensorDecoder.open(tensor.data()).info());
  }
}
