package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;
import llm265.dtype.LittleEndian;
import llm265.runtime.kv.CellFormat;
import llm265.runtime.kv.CellModel;
import llm265.runtime.kv.CellPicture;
import llm265.runtime.kv.CellTarget;
import llm265.runtime.transform.KvPart;
import llm265.trinity.Trellis;

/** What the pages of a cache look like: sizes and checksums. SPEC.md, "Page records". */
final class KvPageFormat {
  /** Checksum, first token, tokens, first layer, layers. */
  static final int HEADER_BYTES = 14;

  static final int SIZE_BYTES = 3;
  static final int CRC_BYTES = 4;

  /** Of cells whose model was not learned from others. */
  static final long NO_SOURCE = -1;

  private final KvSpec spec;
  private final KvRate rate;
  private final CellFormat[] formats = new CellFormat[2];

  KvPageFormat(KvSpec spec, KvRate rate) {
    this.spec = spec;
    this.rate = rate;
    Trellis trellis = Trellis.of(rate.stateBits());
    for (KvPart part : KvPart.values()) {
      formats[part.ordinal()] = new CellFormat(
          spec.channels(part), spec.dtype(), trellis, hasPictures());
    }
  }

  KvSpec spec() {
    return spec;
  }

  KvRate rate() {
    return rate;
  }

  CellFormat format(KvPart part) {
    return formats[part.ordinal()];
  }

  /** Whether cells are on pictures. */
  boolean hasPictures() {
    return rate.coding() == KvRate.Coding.PICTURES;
  }

  /** Parameter sets of the pictures of keys, and of values; null each where cells have none. */
  byte[][] parameterSets() {
    byte[][] sets = new byte[formats.length][];
    for (int part = 0; part < sets.length && hasPictures(); part++) {
      sets[part] = CellPicture.parameterSets(formats[part], spec.pageTokens());
    }
    return sets;
  }

  /** Number of a cell among those of some layers. */
  int cell(int layerFrom, int layer, KvPart part, int group) {
    return KvContext.index(spec, layer - layerFrom, part, group);
  }

  int cells(int layers) {
    return 2 * layers * spec.groups();
  }

  /** Whether cells have slots of one size each. */
  boolean isFixed() {
    return rate.mode() == KvRate.Mode.FIXED_BYTES;
  }

  /** What is beside the bodies, for each cell. */
  private double sideBytes() {
    return SIZE_BYTES + CRC_BYTES + (double) HEADER_BYTES / cells(1);
  }

  /** Bytes of a cell's body, of so many bits a value, with all that is beside it; negative where even that is more. */
  double bodyBytes(KvPart part, double bits, int tokens) {
    return bits * tokens * spec.channels(part) / 8 - sideBytes();
  }

  /** What a cell's share of the header is less where a page has all layers. */
  double sharedBytes() {
    return (double) HEADER_BYTES / cells(1) - (double) HEADER_BYTES / cells(spec.layers());
  }

  /** Bytes of a cell's body at most. */
  int mostBodyBytes(int layer, KvPart part) {
    return switch (rate.mode()) {
      case FIXED_BYTES, MAX_BYTES -> (int) bodyBytes(part, rate.amount(layer, part), spec.pageTokens());
      default -> 1 + format(part).rawBytes(spec.pageTokens());
    };
  }

  /**
   * The target of a cell on its own.
   *
   * @param known model of the cell in the context
   */
  CellTarget target(CellModel known, int layer, KvPart part, int tokens) {
    double amount = rate.amount(layer, part);
    return switch (rate.mode()) {
      case FIXED_BYTES -> new CellTarget.Most(mostBodyBytes(layer, part), true);
      case MAX_BYTES -> new CellTarget.Most(mostBodyBytes(layer, part), true);
      case BITS -> new CellTarget.About(bodyBytes(part, amount, tokens));
      case SNR -> new CellTarget.Snr(amount);
      case STEP -> new CellTarget.Step(known.step(amount));
      case LOSSLESS -> new CellTarget.Lossless();
    };
  }

  /** Bytes of a page of some layers at most; of every page where they are fixed. */
  long mostPageBytes(int layerFrom, int layerTo) {
    long sum = HEADER_BYTES + (long) cells(layerTo - layerFrom) * (SIZE_BYTES + CRC_BYTES);
    for (int layer = layerFrom; layer < layerTo; layer++) {
      for (KvPart part : KvPart.values()) {
        sum += (long) spec.groups() * mostBodyBytes(layer, part);
      }
    }
    return sum;
  }

  /** Tokens of a page that are coded: not the sinks. */
  int codedTokens(long firstToken, int tokens) {
    return tokens - Math.clamp(spec.sinkTokens() - firstToken, 0, tokens);
  }

  /**
   * Puts a page together; unused bytes of slots are 0.
   *
   * @param sources what the models of cells were learned from, a checksum for each; null for {@link #NO_SOURCE} of all
   */
  byte[] page(
      byte[] specHash, KvContext context, int firstToken, int tokens, int layerFrom, int layers, byte[][] bodies,
      long[] sources) {
    int head = HEADER_BYTES + bodies.length * SIZE_BYTES;
    int[] slots = new int[bodies.length];
    long size = head;
    for (int i = 0; i < bodies.length; i++) {
      slots[i] = slot(layerFrom, i, bodies[i].length);
      size += CRC_BYTES + slots[i];
    }
    byte[] page = new byte[Math.toIntExact(size)];
    MemorySegment out = MemorySegment.ofArray(page);
    out.set(LittleEndian.INT, 4, firstToken);
    out.set(LittleEndian.SHORT, 8, (short) tokens);
    out.set(LittleEndian.SHORT, 10, (short) layerFrom);
    out.set(LittleEndian.SHORT, 12, (short) layers);
    int at = head;
    int[] crcs = new int[bodies.length];
    for (int i = 0; i < bodies.length; i++) {
      for (int b = 0; b < SIZE_BYTES; b++) {
        page[HEADER_BYTES + i * SIZE_BYTES + b] = (byte) (bodies[i].length >> (8 * b));
      }
      System.arraycopy(bodies[i], 0, page, at + CRC_BYTES, bodies[i].length);
      CRC32C crc = crc(specHash, context.sharedHash());
      long source = sources == null ? NO_SOURCE : sources[i];
      if (part(i) == KvPart.VALUES) {
        source = withKeys(source, crcs[i - spec.groups()]);
      }
      crcs[i] = cellCrc(crc, out, i, source, at + CRC_BYTES, slots[i]);
      out.set(LittleEndian.INT, at, crcs[i]);
      at += CRC_BYTES + slots[i];
    }
    CRC32C crc = crc(specHash, context.sharedHash());
    crc.update(page, 4, head - 4);
    out.set(LittleEndian.INT, 0, (int) crc.getValue());
    return page;
  }

  /** What values come from, which are predicted by the keys of their tokens. */
  static long withKeys(long source, int keysCrc) {
    if (source == NO_SOURCE) {
      return NO_SOURCE;
    }
    CRC32C crc = new CRC32C();
    number(crc, (int) source);
    number(crc, keysCrc);
    return crc.getValue();
  }

  /** The checksum of a cell whose slot begins at a byte of its page. */
  static int cellCrc(CRC32C crc, MemorySegment page, int cell, long source, int at, int slot) {
    crc.update(page.asSlice(4, HEADER_BYTES - 4).asByteBuffer());
    number(crc, cell);
    if (source != NO_SOURCE) {
      number(crc, (int) source);
    }
    crc.update(page.asSlice(at, slot).asByteBuffer());
    return (int) crc.getValue();
  }

  /** Bytes that a body's place has. */
  int slot(int layerFrom, int cell, int bodyBytes) {
    return isFixed() ? mostBodyBytes(layerFrom + cell / cells(1), part(cell)) : bodyBytes;
  }

  KvPart part(int cell) {
    return cell / spec.groups() % 2 == 0 ? KvPart.KEYS : KvPart.VALUES;
  }

  /** A checksum that begins with whose sequence it is: bytes of another are not taken for this one's. */
  static CRC32C crc(byte[] specHash, byte[] contextHash) {
    CRC32C crc = new CRC32C();
    crc.update(specHash, 0, specHash.length);
    crc.update(contextHash, 0, contextHash.length);
    return crc;
  }

  static void number(CRC32C crc, int number) {
    for (int shift = 0; shift < 32; shift += 8) {
      crc.update(number >>> shift);
    }
  }
}
