package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.Shape;
import llm265.parallel.Workers;

/** A tensor of a compressed model that is kept as it was. Its values are compared with their checksum before all are given. */
final class KeptTensor extends CodedEntry {
  /** Fills whole bytes and blocks of every type. */
  private static final long PIECE_VALUES = 1 << 22;

  private final int checksum;
  private final long values;

  KeptTensor(FileEntry tensor, int checksum) {
    super(tensor);
    this.checksum = checksum;
    values = Shape.count(tensor.shape());
  }

  @Override
  public int pieces() {
    return (int) Math.max(1, Math.ceilDiv(values, PIECE_VALUES));
  }

  @Override
  public long firstOf(int piece) {
    return Math.min(piece * PIECE_VALUES, values);
  }

  @Override
  public void decode(long first, MemorySegment target, Workers workers) {
    long begin = dtype().byteSize(first);
    if (target.byteSize() > tensor.data().byteSize() - begin) {
      throw new IndexOutOfBoundsException(target.byteSize() + " bytes from value " + first + " on of " + values);
    }
    if (target.byteSize() == tensor.data().byteSize()) {
      verify(workers);
    }
    MemorySegment.copy(tensor.data(), begin, target, 0, target.byteSize());
  }

  /** {@inheritDoc} The first piece is given only if the checksum of all is right. */
  @Override
  public MemorySegment piece(int piece, Workers workers) {
    if (piece == 0) {
      verify(workers);
    }
    long begin = dtype().byteSize(firstOf(piece));
    return tensor.data().asSlice(begin, dtype().byteSize(firstOf(piece + 1)) - begin);
  }

  @Override
  public MemorySegment whole(Workers workers) {
    verify(workers);
    return tensor.data();
  }

  @Override
  public void verify(Workers workers) {
    if (Checksum.crc32c(tensor.data()) != checksum) {
      throw tensor.fault(" is damaged: its CRC-32C does not match", null);
    }
  }

  @Override
  public Description describe() {
    return new Description("kept", Double.POSITIVE_INFINITY, List.of(), null);
  }
}
