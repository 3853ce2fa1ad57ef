package llm265.fuzz;

import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;
import llm265.h264.StreamException;
import llm265.runtime.KvCacheWriter;
import llm265.runtime.KvCodec;
import llm265.runtime.KvDamage;
import llm265.runtime.KvRate;
import llm265.runtime.KvSamples;
import llm265.runtime.KvSpec;

/** KV cache files, under checksums and hashes that are made right. */
final class KvFileTarget implements FuzzTarget {
  @Override
  public String name() {
    return "kv";
  }

  @Override
  public List<byte[]> seeds() {
    KvSpec spec = KvSpec.of("toy", 1, 2, 8, DType.F16).withPages(16, 1).withRaw(2, 4);
    List<byte[]> seeds = new ArrayList<>();
    for (KvSpec each : List.of(spec, spec.withLearnedAxes())) {
      for (KvRate.Mode mode : KvRate.Mode.values()) {
        if (KvCodec.unsupported(each, KvSamples.rate(mode)).isEmpty()) {
          KvCacheWriter writer = KvCodec.of(each, KvSamples.rate(mode)).newSequence();
          writer.append(KvSamples.view(each, 40, 1), 0, 40);
          seeds.add(writer.serialise());
        }
      }
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    byte[] file = input.clone();
    KvDamage.repair(file);
    try {
      KvDamage.readAll(file);
    } catch (StreamException e) {
      Refusals.checkLine(e);
    }
  }
}
