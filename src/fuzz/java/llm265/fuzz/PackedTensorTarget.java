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
import llm265.packed.PackedEncoder;
import llm265.packed.PackedTensor;
import llm265.parallel.CommonPool;

/** Tensors that were quantized already, packed without loss. Their checksums stay as they are. */
final class PackedTensorTarget implements FuzzTarget {
  private static final List<DType> TYPES =
      List.of(DType.Q4_0, DType.Q8_0, DType.Q4_K, DType.Q6_K, DType.U8, DType.I32, DType.F8_E4M3);
  private static final int MOST_BYTES = 1 << 20;

  @Override
  public String name() {
    return "packed";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    Random random = new Random(5);
    for (DType type : TYPES) {
      byte[] values = new byte[(int) type.byteSize(1024)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (byte) (8 * random.nextGaussian());
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PackedEncoder.encode(
          new TensorView("w", type, new long[] {4, 256}, MemorySegment.ofArray(values)), out, CommonPool.workers(1));
      seeds.add(out.toByteArray());
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    MemorySegment stream = MemorySegment.ofArray(input);
    try {
      PackedTensor tensor = PackedTensor.open(stream);
      tensor.layout();
      if (tensor.byteSize() <= MOST_BYTES) {
        tensor.decode(0, MemorySegment.ofArray(new byte[(int) tensor.byteSize()]), CommonPool.workers(1));
      }
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }
}
