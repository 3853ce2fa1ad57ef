package llm265.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.StreamException;
import llm265.packed.PackedDamage;
import llm265.packed.PackedEncoder;
import llm265.packed.PackedTensor;
import llm265.parallel.Workers;

/**
 * Tensors that were quantized already, packed without loss: chunk by chunk, under a header's checksum that is made right.
 * Those of chunks are of their values: what is compared with them is all decoded.
 */
final class PackedTensorTarget implements FuzzTarget {
  private static final List<DType> TYPES =
      List.of(DType.Q4_0, DType.Q8_0, DType.Q4_K, DType.Q6_K, DType.U8, DType.I32, DType.F8_E4M3);
  private static final int MOST_BYTES = 1 << 16;

  @Override
  public String name() {
    return "packed";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Random random = new Random(5);
    for (DType type : TYPES) {
      byte[] values = new byte[(int) type.byteSize(512)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (byte) (8 * random.nextGaussian());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PackedEncoder.encode(
          new TensorView("w", type, new long[] {2, 256}, MemorySegment.ofArray(values)), out, Workers.CALLER);
      seeds.add(out.toByteArray());
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    MemorySegment stream = MemorySegment.ofArray(input.clone());
    PackedDamage.repair(stream);
    try {
      PackedTensor tensor = PackedTensor.open(stream);
      tensor.layout();
      for (int i = 0; i < tensor.chunks() && tensor.byteSize() <= MOST_BYTES; i++) {
        decode(tensor, i);
      }
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }

  /** Decodes a chunk, so that those behind a damaged one have their turn. */
  private static void decode(PackedTensor tensor, int chunk) {
    long first = tensor.firstByte(chunk);
    long end = chunk + 1 < tensor.chunks() ? tensor.firstByte(chunk + 1) : tensor.byteSize();
    try {
      tensor.decode(first, MemorySegment.ofArray(new byte[(int) (end - first)]), Workers.CALLER);
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }
}
