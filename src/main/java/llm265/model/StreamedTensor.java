package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.TensorDecoder;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.decode.TensorStream;
import llm265.tensor.format.TensorHeader;

/** A tensor of a compressed model that is a tensor stream, with pictures or without. A piece of it is a row of tiles. */
final class StreamedTensor implements CodedTensor {
  private final FileEntry tensor;
  private final TensorStream stream;
  private final TensorFraming framing;

  /**
   * Reads the stream's header.
   *
   * @throws ModelFormatException if it is damaged, or of another tensor
   */
  StreamedTensor(FileEntry tensor) {
    this.tensor = tensor;
    try {
      stream = TensorStream.open(tensor.data(), DecoderLimits.DEFAULT);
    } catch (StreamException e) {
      throw damaged(e);
    }
    TensorHeader header = stream.header();
    framing = header.framing();
    if (header.dtype() != tensor.dtype() || !Arrays.equals(header.shape(), tensor.shape())) {
      throw tensor.fault(" is " + header + ", the llm265 index says otherwise", null);
    }
  }

  private ModelFormatException damaged(StreamException fault) {
    return tensor.fault(": " + fault.getMessage(), fault);
  }

  @Override
  public DType dtype() {
    return tensor.dtype();
  }

  @Override
  public long[] shape() {
    return tensor.shape().clone();
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
    try {
      stream.decode(first, target, workers);
    } catch (StreamException e) {
      throw damaged(e);
    }
  }

  @Override
  public void decode(long first, float[] values, Workers workers) {
    try {
      stream.decode(first, values, workers);
    } catch (StreamException e) {
      throw damaged(e);
    }
  }

  @Override
  public void verify(Workers workers) {
    try {
      stream.verify(workers);
    } catch (StreamException e) {
      throw damaged(e);
    }
  }

  @Override
  public Description describe() {
    return Description.of(TensorDecoder.open(tensor.data()).info());
  }
}
