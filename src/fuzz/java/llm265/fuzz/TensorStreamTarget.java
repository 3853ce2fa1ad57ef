package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.h264.StreamException;
import llm265.tensor.Effort;

/** Tensor streams on pictures: the header, side information, pictures, values. */
final class TensorStreamTarget implements FuzzTarget {
  private static final int MOST_VALUES = 1 << 18;

  @Override
  public String name() {
    return "tensor";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(Seeds.golden("tensors", ".264", 4_000));
    float[] values = Seeds.values(24 * 32);
    seeds.add(TensorEncoder.atBits(2).withEffort(Effort.BEST).encode(values, 24, 32));
    seeds.add(TensorEncoder.atBits(2).withPlainSamples(true).encode(values, 24, 32));
    seeds.add(TensorEncoder.atBits(3).withDepth(12).encode(values, 24, 32));
    seeds.add(TensorEncoder.lossless().encode(values, 24, 32));
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    decode(input);
  }

  /** Reads the header, and decodes all values where they are not too many to do it often. */
  static void decode(byte[] input) {
    try {
      TensorDecoder decoder = TensorDecoder.open(MemorySegment.ofArray(input), PictureStreamTarget.LIMITS);
      decoder.info().tools();
      if (decoder.info().values() <= MOST_VALUES) {
        byte[] data = new byte[(int) decoder.info().dtype().byteSize(decoder.info().values())];
        decoder.decodeInto(MemorySegment.ofArray(data));
      }
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }
}
