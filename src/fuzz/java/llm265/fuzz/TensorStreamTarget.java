package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.TensorDecoder;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;

/** Tensor streams on pictures: the header, side information, pictures, values. */
final class TensorStreamTarget implements FuzzTarget {
  /** Larger tensors and pictures only take longer. */
  private static final int MOST_VALUES = 1 << 13;

  private static final DecoderLimits LIMITS = new DecoderLimits(64, 16, 1 << 16);

  @Override
  public String name() {
    return "tensor";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(Seeds.golden("tensors", ".264", 4_000));
    seeds.addAll(TensorSeeds.onPictures());
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    decode(input);
  }

  /** Reads the header, and decodes all values where they are not too many to do it often. */
  static void decode(byte[] input) {
    try {
      TensorDecoder decoder = TensorDecoder.open(MemorySegment.ofArray(input), LIMITS);
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
