package llm265.fuzz;

import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;
import llm265.h264.StreamException;
import llm265.runtime.KvCacheWriter;
import llm265.runtime.KvCodec;
import llm265.runtime.KvDamage;
import llm265.runtime.KvRate;
import llm265.runtime.KvRotary;
import llm265.runtime.KvSamples;
import llm265.runtime.KvSpec;
import llm265.runtime.transform.RotaryTransform;

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
    for (KvRate.Mode mode : KvRate.Mode.values()) {
      KvRate rate = mode == KvRate.Mode.FIXED_BYTES || mode == KvRate.Mode.MAX_BYTES
          ? KvRate.of(mode, 12, 12) : KvSamples.rate(mode);
      add(seeds, spec, rate, 40);
      add(seeds, spec.withPages(16, 2).withRotary(KvRotary.of(10_000, 8, RotaryTransform.Pairing.HALVES)), rate, 40);
      // Axes are learned of 64 tokens, and then of 128.
      add(seeds, spec.withLearnedAxes(), rate, 140);
      add(seeds, spec, rate.with(KvRate.Coding.PICTURES), 40);
    }
    return seeds;
  }

  private static void add(List<byte[]> seeds, KvSpec spec, KvRate rate, int tokens) {
    if (KvCodec.unsupported(spec, rate).isEmpty()) {
      KvCacheWriter writer = KvCodec.of(spec, rate).newSequence();
      writer.append(KvSamples.view(spec, tokens, 1), 0, tokens);
      seeds.add(writer.serialise());
    }
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
