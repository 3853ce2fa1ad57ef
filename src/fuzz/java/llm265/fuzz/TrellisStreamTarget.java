package llm265.fuzz;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import llm265.TensorEncoder;
import llm265.tensor.Codec;

/** Trellis streams, under checksums that are made right: a checksum would refuse nearly all of them. */
final class TrellisStreamTarget implements FuzzTarget {
  @Override
  public String name() {
    return "trellis";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(Seeds.golden("tensors", ".trinity", 4_000));
    float[] values = Seeds.values(24 * 32);
    seeds.add(TensorEncoder.atBits(2).withCodec(Codec.TRINITY).encode(values, 24, 32));
    seeds.add(TensorEncoder.lossless().withCodec(Codec.TRINITY).encode(values, 24, 32));
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    TensorStreamTarget.decode(TrellisMutator.repaired(input.clone()));
  }
}
