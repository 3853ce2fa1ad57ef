package llm265.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.h264.StreamException;
import llm265.runtime.KvCacheReader;
import llm265.runtime.KvCacheWriter;
import llm265.runtime.KvCodec;
import llm265.runtime.KvRate;
import llm265.runtime.KvSamples;
import llm265.runtime.KvSpec;
import llm265.runtime.transform.KvPart;

/** KV cache files, whose header is under a checksum that is made right. */
final class KvFileTarget implements FuzzTarget {
  private static final int PREFIX = 12;

  @Override
  public String name() {
    return "kv";
  }

  static KvRate rate(KvRate.Mode mode) {
    return switch (mode) {
      case LOSSLESS -> KvRate.lossless();
      case SNR -> KvRate.snr(20, 20);
      default -> KvRate.of(mode, 6, 6);
    };
  }

  @Override
  public List<byte[]> seeds() {
    KvSpec spec = KvSpec.of("toy", 1, 2, 8, DType.F16).withPages(16, 1).withRaw(2, 4);
    List<byte[]> seeds = new ArrayList<>();
    for (KvSpec each : List.of(spec, spec.withLearnedAxes())) {
      for (KvRate.Mode mode : KvRate.Mode.values()) {
        if (KvCodec.unsupported(each, rate(mode)).isEmpty()) {
          KvCacheWriter writer = KvCodec.of(each, rate(mode)).newSequence();
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
    repair(file);
    try {
      KvCacheReader reader = KvCacheReader.open(file, null);
      reader.verify();
      KvSpec spec = reader.spec();
      if (reader.tokens() > 0 && reader.tokens() < 1000 && spec.tokenValues() < 100_000) {
        byte[] rows = new byte[(int) (reader.tokens() * spec.tokenBytes(KvPart.KEYS))];
        reader.tryRead(0, KvPart.KEYS, 0, spec.kvHeads(), 0, reader.tokens(), MemorySegment.ofArray(rows));
      }
      reader.statistics();
    } catch (StreamException e) {
      Refusals.checkLine(e);
    }
  }

  private static void repair(byte[] file) {
    MemorySegment bytes = MemorySegment.ofArray(file);
    int header = file.length < PREFIX ? -1 : bytes.get(LittleEndian.INT, 8);
    if (header >= 0 && header <= file.length - PREFIX - Integer.BYTES) {
      CRC32C crc = new CRC32C();
      crc.update(file, 0, PREFIX + header);
      bytes.set(LittleEndian.INT, (long) PREFIX + header, (int) crc.getValue());
    }
  }
}
