package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.zip.CRC32C;
import llm265.runtime.transform.KvPart;

/** Tokens that are kept as they are: {@code [tokens, heads, dim]} of each layer's keys and values. */
final class KvRawTokens {
  private final KvSpec spec;
  private final MemorySegment[] segments;
  private int tokens;
  private final int[] crcs;
  private final boolean[] checked;

  /**
   * @param segments of layer 0's keys, its values, and so on; may have more than the tokens' bytes
   * @param crcs checksums that they must have; null for tokens that never left memory
   */
  KvRawTokens(KvSpec spec, MemorySegment[] segments, int tokens, int[] crcs) {
    this.spec = spec;
    this.segments = segments;
    this.tokens = tokens;
    this.crcs = crcs;
    checked = new boolean[segments.length];
    Arrays.fill(checked, crcs == null);
  }

  static KvRawTokens none(KvSpec spec) {
    return new KvRawTokens(spec, new MemorySegment[0], 0, null);
  }

  int tokens() {
    return tokens;
  }

  /** Changes the number of tokens, those of a sequence in memory. */
  void resize(int count) {
    tokens = count;
  }

  static int index(int layer, KvPart part) {
    return 2 * layer + part.ordinal();
  }

  MemorySegment segment(int layer, KvPart part) {
    return segments[index(layer, part)];
  }

  /** The bytes of the tokens alone. */
  MemorySegment exact(int layer, KvPart part) {
    return segment(layer, part).asSlice(0, tokens * spec.tokenBytes(part));
  }

  int crc(int layer, KvPart part) {
    CRC32C crc = new CRC32C();
    KvPageFormat.number(crc, index(layer, part));
    crc.update(exact(layer, part).asByteBuffer());
    return (int) crc.getValue();
  }

  synchronized boolean isWhole(int layer, KvPart part) {
    int index = index(layer, part);
    if (!checked[index]) {
      checked[index] = crc(layer, part) == crcs[index];
    }
    return checked[index];
  }

  void requireWhole(int layer, KvPart part) {
    if (!isWhole(layer, part)) {
      throw new KvCellException(layer, part, -1, "the checksum of raw tokens is not that of their bytes");
    }
  }

  /** Bytes of all tokens. */
  long bytes() {
    return tokens * spec.layers() * (spec.tokenBytes(KvPart.KEYS) + spec.tokenBytes(KvPart.VALUES));
  }
}
