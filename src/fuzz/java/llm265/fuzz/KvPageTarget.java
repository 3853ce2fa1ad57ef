package llm265.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import llm265.dtype.DType;
import llm265.runtime.KvCodec;
import llm265.runtime.KvContext;
import llm265.runtime.KvDamage;
import llm265.runtime.KvPageJob;
import llm265.runtime.KvRate;
import llm265.runtime.KvSamples;
import llm265.runtime.KvSpec;
import llm265.runtime.KvView;

/** Pages of KV caches, under checksums that are made right: damage is a status and never an exception. */
final class KvPageTarget implements FuzzTarget {
  private static final KvSpec SPEC = KvSpec.of("toy", 1, 2, 16, DType.F16).withPages(16, 1).withRaw(2, 4);
  private static final KvRate.Mode[] MODES = KvRate.Mode.values();

  private final KvView view = KvSamples.view(SPEC, 64, 1);
  private final KvView room = KvSamples.room(SPEC, new MemorySegment[1], new MemorySegment[1], 16);
  private final KvCodec[] codecs = new KvCodec[MODES.length];
  private final KvContext[] contexts = new KvContext[MODES.length];
  private final List<Consumer<byte[]>> repairs = new ArrayList<>();

  @Override
  public String name() {
    return "kv-page";
  }

  private void make() {
    for (int i = repairs.size(); i < MODES.length; i++) {
      KvRate rate = KvSamples.rate(MODES[i]);
      codecs[i] = KvCodec.of(SPEC, rate);
      contexts[i] = codecs[i].learn(view, 0, 64, 0);
      repairs.add(KvDamage.pageRepair(SPEC, rate, contexts[i]));
    }
  }

  @Override
  public List<byte[]> seeds() {
    make();
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < MODES.length; i++) {
      byte[] bytes = new byte[(int) codecs[i].maxPageBytes()];
      KvPageJob encode = new KvPageJob(view, 16, 16, 16, 0, 1, MemorySegment.ofArray(bytes));
      codecs[i].encodePages(contexts[i], 0, encode);
      byte[] seed = new byte[1 + (int) encode.length()];
      seed[0] = (byte) i;
      System.arraycopy(bytes, 0, seed, 1, seed.length - 1);
      seeds.add(seed);
    }
    return seeds;
  }

  /** The first byte chooses the codec. */
  @Override
  public void run(byte[] input) {
    make();
    if (input.length == 0) {
      return;
    }
    int codec = (input[0] & 0xFF) % MODES.length;
    byte[] page = Arrays.copyOfRange(input, 1, input.length);
    repairs.get(codec).accept(page);
    KvPageJob decode = new KvPageJob(room, 0, 16, 16, 0, 1, MemorySegment.ofArray(page));
    boolean whole = codecs[codec].decodePages(contexts[codec], 0, decode) == 1;
    if (whole != decode.problem().isEmpty()) {
      throw new AssertionError("a page of status " + decode.status() + ": " + decode.problem());
    }
  }
}
