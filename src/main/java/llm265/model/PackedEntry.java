package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.packed.PackedTensor;
import llm265.parallel.Workers;

/** A tensor of a compressed model that is packed without loss; SPEC.md, "Packed tensors". A piece of it is a chunk. */
final class PackedEntry extends CodedEntry {
  private final PackedTensor packed;

  /**
   * Reads the stream's header.
   *
   * @throws ModelFormatException if it is damaged, or of another tensor
   */
  PackedEntry(FileEntry tensor) {
    super(tensor);
    packed = read(tensor, () -> PackedTensor.open(tensor.data()));
    if (packed.dtype() != tensor.dtype() || !Arrays.equals(packed.shape(), tensor.shape())) {
      throw tensor.fault(" is " + packed.dtype() + " " + Arrays.toString(packed.shape())
          + ", the llm265 index says otherwise", null);
    }
    DType.Kind kind = packed.dtype().kind();
    int valueBytes = kind == DType.Kind.BLOCK || packed.dtype().bits() % Byte.SIZE != 0 ? 1 : packed.dtype().bits() / Byte.SIZE;
    if (packed.chunks() > 1 && packed.firstByte(1) % valueBytes != 0) {
      throw tensor.fault(" has a chunk that ends within a value", null);
    }
  }

  @Override
  public int pieces() {
    return Math.max(1, packed.chunks());
  }

  @Override
  public long firstOf(int piece) {
    return piece < packed.chunks() ? packed.firstValue(piece) : piece == 0 ? 0 : packed.count();
  }

  @Override
  public void decode(long first, MemorySegment target, Workers workers) {
    read(() -> packed.decode(dtype().byteSize(first), target, workers));
  }

  /** {@inheritDoc} A chunk of values of 6 bits may end within one. */
  @Override
  public MemorySegment piece(int piece, Workers workers) {
    long begin = piece < packed.chunks() ? packed.firstByte(piece) : 0;
    long end = piece + 1 < packed.chunks() ? packed.firstByte(piece + 1) : packed.byteSize();
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(end - begin)]);
    read(() -> packed.decode(begin, data, workers));
    return data;
  }

  @Override
  public void verify(Workers workers) {
    read(() -> packed.verify(workers));
  }

  @Override
  public Description describe() {
    return new Description(
        "packed", Double.POSITIVE_INFINITY, List.of("packed as " + packed.layout().name().toLowerCase(Locale.ROOT)), null);
  }
}
