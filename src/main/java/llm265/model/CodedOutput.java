package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import llm265.dtype.BlockEncoder;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.Shape;
import llm265.parallel.Workers;
import llm265.quantized.TensorSource;

/** A tensor that is decoded and written in the same type, or in another: a floating-point type, or blocks of GGUF files. */
final class CodedOutput implements OutputTensor.InPieces {
  /** Whole blocks of every type. */
  private static final int PIECE_VALUES = 1 << 20;

  private final CodedTensor coded;
  private final TensorSource.Entry entry;
  /** For blocks, which need not be pieces of the coded tensor; null for other types. */
  private final DecodedValues values;

  /**
   * @param name the tensor's new name
   * @param type its own type; or else F32, F16, BF16 or one of {@link BlockEncoder} for a tensor of real numbers
   */
  CodedOutput(String name, CodedTensor coded, DType type) {
    this.coded = coded;
    entry = new TensorSource.Entry(name, type, coded.shape());
    values = type != coded.dtype() && type.kind() == DType.Kind.BLOCK ? new DecodedValues(coded) : null;
  }

  @Override
  public TensorSource.Entry entry() {
    return entry;
  }

  @Override
  public int pieces() {
    return values == null
        ? coded.pieces()
        : Math.toIntExact(Math.max(1, Math.ceilDiv(Shape.count(entry.shape()), (long) PIECE_VALUES)));
  }

  @Override
  public MemorySegment piece(int index, Workers workers, LongConsumer overflows) {
    if (values != null) {
      return blocks(index);
    }
    DType type = entry.dtype();
    return type == coded.dtype()
        ? coded.piece(index, workers)
        : FloatConversion.convert(DecodedValues.wholeBlocks(coded, index, workers), coded.dtype(), type, overflows);
  }

  private MemorySegment blocks(int index) {
    long first = (long) index * PIECE_VALUES;
    float[] floats = new float[(int) Math.min(PIECE_VALUES, Shape.count(entry.shape()) - first)];
    values.read(first, floats, 0, floats.length);
    byte[] blocks = new byte[(int) entry.dtype().byteSize(floats.length)];
    BlockEncoder.write(entry.dtype(), floats, 0, floats.length, blocks, 0);
    return MemorySegment.ofArray(blocks);
  }
}
