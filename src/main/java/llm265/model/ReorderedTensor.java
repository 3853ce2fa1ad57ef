package llm265.model;

import java.lang.foreign.MemorySegment;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.gguf.HuggingFaceNames;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.parallel.Workers;

/** A query or key projection of a GGUF file with its rows in the order of Hugging Face files. It is decoded as a whole. */
final class ReorderedTensor implements CodedTensor {
  private final CodedTensor coded;
  private final int heads;
  private final long rows;

  /**
   * @param tensor named in messages
   * @param heads number of heads whose rows are permuted, each by itself
   * @throws ModelFormatException if there are no such rows
   */
  ReorderedTensor(CompressedModel.Tensor tensor, int heads) {
    coded = tensor.coded();
    this.heads = heads;
    rows = tensor.shape().length == 0 ? 0 : tensor.shape()[0];
    boolean hasWholeRows = tensor.dtype().kind() != DType.Kind.BLOCK || tensor.shape().length > 1;
    if (rows % (2L * heads) != 0 || !hasWholeRows) {
      throw new ModelFormatException(tensor.file(), "tensor " + ModelFormatException.quote(tensor.name())
          + " of " + rows + " rows does not have the rows of " + heads + " heads");
    }
  }

  @Override
  public DType dtype() {
    return coded.dtype();
  }

  @Override
  public long[] shape() {
    return coded.shape();
  }

  @Override
  public int pieces() {
    return 1;
  }

  @Override
  public long firstOf(int piece) {
    return piece == 0 ? 0 : Shape.count(shape());
  }

  @Override
  public void decode(long first, MemorySegment target, Workers workers) {
    if (target.byteSize() == 0) {
      return;
    }
    MemorySegment stored = coded.whole(workers);
    long rowBytes = stored.byteSize() / rows;
    long begin = dtype().byteSize(first);
    for (long done = 0; done < target.byteSize(); ) {
      long inRow = (begin + done) % rowBytes;
      long size = Math.min(rowBytes - inRow, target.byteSize() - done);
      long row = HuggingFaceNames.storedRow((begin + done) / rowBytes, rows, heads);
      MemorySegment.copy(stored, row * rowBytes + inRow, target, done, size);
      done += size;
    }
  }

  @Override
  public void verify(Workers workers) {
    coded.verify(workers);
  }

  @Override
  public Description describe() {
    return coded.describe();
  }
}
