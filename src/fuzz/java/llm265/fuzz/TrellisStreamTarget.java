package llm265.fuzz;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Trellis streams, under checksums that are made right: a checksum would refuse nearly all of them. */
final class TrellisStreamTarget implements FuzzTarget {
  @Override
  public String name() {
    return "trellis";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(Seeds.golden("tensors", ".trinity", 4_000));
    seeds.addAll(TensorSeeds.ofTrellis());
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    TensorStreamTarget.decode(TrellisMutator.repaired(input.clone()));
  }
}
