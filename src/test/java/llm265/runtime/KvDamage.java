package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import llm265.dtype.LittleEndian;
import llm265.h264.StreamException;
import llm265.runtime.transform.KvPart;
import llm265.tensor.payload.PayloadReader;

/**
 * Makes checksums and hashes right in damaged files and pages, as far as their fields can be read, so that damage goes deeper;
 * and reads all that a damaged file still has.
 */
public final class KvDamage {
  private static final int FRONT_BYTES = 12;
  private static final int HASH_BYTES = 32;
  private static final int CRC_BYTES = 4;

  /** Files of more are only opened. */
  private static final long MOST_TOKENS = 1000;

  private static final long MOST_TOKEN_VALUES = 256;

  private KvDamage() {}

  /** What a cell's model was learned from, as {@link KvSequence#source} says. */
  private interface Sources {
    long of(int layer, KvPart part, int group);
  }

  /** Opens a file, checks it, and reads its tokens if they are not too many. */
  public static void readAll(byte[] file) {
    KvCacheReader reader = KvCacheReader.open(file, null);
    reader.verify();
    KvSpec spec = reader.spec();
    if (reader.tokens() > 0 && reader.tokens() < MOST_TOKENS && spec.tokenValues() <= MOST_TOKEN_VALUES) {
      for (int layer = 0; layer < spec.layers(); layer++) {
        for (KvPart part : KvPart.values()) {
          byte[] rows = new byte[(int) (reader.tokens() * spec.tokenBytes(part))];
          reader.tryRead(layer, part, 0, spec.kvHeads(), 0, reader.tokens(), MemorySegment.ofArray(rows));
        }
      }
    }
    reader.statistics();
  }

  /** Repairs a file in its place. */
  public static void repair(byte[] file) {
    MemorySegment bytes = MemorySegment.ofArray(file);
    int header = file.length < FRONT_BYTES ? -1 : bytes.get(LittleEndian.INT, 8);
    if (header < 0 || header > file.length - FRONT_BYTES - CRC_BYTES) {
      return;
    }
    int end = FRONT_BYTES + header;
    try {
      repairParts(file, end);
    } catch (StreamException e) {
      // The header cannot be read any further.
    }
    CRC32C crc = new CRC32C();
    crc.update(file, 0, end);
    bytes.set(LittleEndian.INT, end, (int) crc.getValue());
    try {
      KvFile.Opened opened = KvFile.read(bytes, null, null);
      for (int p = 0; p < opened.sequence().entries().size(); p++) {
        int number = p;
        KvPage page = opened.sequence().entries().get(p).page();
        if (page != null) {
          repairCells(opened.cells(), opened.sequence().context(), page,
              (layer, part, group) -> opened.sequence().source(number, layer, part, group));
        }
      }
    } catch (StreamException | KvCellException e) {
      // Nobody will read the pages from here on.
    }
  }

  /** Repairs hashes in the header, checksums of tokens that are kept as they are, and those of the pages' headers. */
  private static void repairParts(byte[] file, int end) {
    PayloadReader in = new PayloadReader(file, FRONT_BYTES, end);
    in.u8("version");
    KvSpec spec = KvSpec.read(in);
    put(spec.hash(), file, in);
    in.bytes("profile_hash", HASH_BYTES);
    KvRate.read(in, spec.layers());
    in.bytes("note", in.varint("note", in.remaining()));
    in.varint("first_position");
    int contextBytes = in.varint("context_bytes", file.length - end - CRC_BYTES);
    int at = end + CRC_BYTES;
    byte[] contextHash = KvSpec.sha256(MemorySegment.ofArray(file).asSlice(at, contextBytes).toArray(LittleEndian.BYTE));
    put(contextHash, file, in);
    at += contextBytes;
    for (int pages = in.varint("pages", in.remaining()); pages > 0; pages--) {
      int size = in.varint("page_bytes", file.length - at);
      in.varint("page_tokens");
      repairHeader(spec, spec.hash(), contextHash, MemorySegment.ofArray(file).asSlice(at, size));
      at += size;
    }
    for (int kind = 0; kind < 2; kind++) {
      int tokens = in.varint("tokens", file.length);
      for (int i = 0; i < 2 * spec.layers() && tokens > 0; i++) {
        long size = tokens * spec.tokenBytes(KvPart.values()[i % 2]);
        CRC32C crc = new CRC32C();
        KvPageFormat.number(crc, i);
        crc.update(file, at, (int) Math.min(size, file.length - at));
        MemorySegment.ofArray(file).set(LittleEndian.INT, in.position(), (int) crc.getValue());
        in.u32("raw_crc");
        at = (int) Math.min(file.length, at + size);
      }
    }
  }

  private static void put(byte[] hash, byte[] file, PayloadReader in) {
    int at = in.position();
    in.bytes("hash", hash.length);
    System.arraycopy(hash, 0, file, at, hash.length);
  }

  /** What repairs pages of all layers that stand by themselves, in their place. */
  public static Consumer<byte[]> pageRepair(KvSpec spec, KvRate rate, KvContext context) {
    KvCells cells = KvCells.of(spec, rate, null);
    return page -> {
      MemorySegment bytes = MemorySegment.ofArray(page);
      repairHeader(spec, cells.specHash(), context.sharedHash(), bytes);
      try {
        repairCells(cells, context, new KvPage(cells.format(), cells.specHash(), context.sharedHash(), bytes),
            (layer, part, group) -> KvPageFormat.NO_SOURCE);
      } catch (StreamException e) {
        // Nobody will read its cells.
      }
    };
  }

  private static void repairHeader(KvSpec spec, byte[] specHash, byte[] contextHash, MemorySegment page) {
    if (page.byteSize() >= KvPageFormat.HEADER_BYTES) {
      long cells = 2L * (page.get(LittleEndian.SHORT, 12) & 0xFFFF) * spec.groups();
      long head = KvPageFormat.HEADER_BYTES + KvPageFormat.SIZE_BYTES * cells;
      if (head <= page.byteSize()) {
        CRC32C crc = KvPageFormat.crc(specHash, contextHash);
        crc.update(page.asSlice(4, head - 4).asByteBuffer());
        page.set(LittleEndian.INT, 0, (int) crc.getValue());
      }
    }
  }

  private static void repairCells(KvCells cells, KvContext context, KvPage page, Sources sources) {
    KvPageFormat format = cells.format();
    long at = KvPageFormat.HEADER_BYTES + (long) KvPageFormat.SIZE_BYTES * page.cells();
    for (int cell = 0; cell < page.cells(); cell++) {
      int layer = page.layerFrom() + cell / format.cells(1);
      KvPart part = format.part(cell);
      int group = cell % cells.spec().groups();
      long source = sources.of(layer, part, group);
      if (part == KvPart.VALUES) {
        source = KvPageFormat.withKeys(source, page.crc(format.cell(page.layerFrom(), layer, KvPart.KEYS, group)));
      }
      int slot = format.slot(page.layerFrom(), cell, page.bodyBytes(cell));
      CRC32C crc = KvPageFormat.crc(cells.specHash(), context.sharedHash());
      int right = KvPageFormat.cellCrc(crc, page.bytes(), cell, source, (int) at + CRC_BYTES, slot);
      page.bytes().set(LittleEndian.INT, at, right);
      at += CRC_BYTES + slot;
    }
  }
}
