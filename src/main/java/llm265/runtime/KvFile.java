package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import llm265.dtype.LittleEndian;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.KvPart;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** Files of sequences. SPEC.md, "KV cache files". */
final class KvFile {
  static final String CLAUSE = "SPEC.md, KV cache files";
  private static final byte[] MAGIC = {(byte) 0x8C, 0x32, 0x36, 0x35, 0x4B, 0x0D, 0x0A, 0x1A};
  private static final int VERSION = 3;
  private static final int HASH_BYTES = 32;
  private static final int FRONT_BYTES = 12;
  private static final int MOST_HEADER_BYTES = 1 << 28;

  private KvFile() {}

  static byte[] write(KvCells cells, KvSequence sequence) {
    KvContext context = sequence.context();
    byte[] record = context == null ? new byte[0] : context.toByteArray();
    PayloadWriter header = new PayloadWriter();
    header.u8(VERSION);
    cells.spec().write(header);
    header.bytes(cells.specHash());
    header.bytes(cells.profileHash());
    cells.rate().write(header);
    header.varint(sequence.note().length);
    header.bytes(sequence.note());
    header.varint(sequence.firstPosition());
    header.varint(record.length);
    header.bytes(KvSpec.sha256(record));
    header.varint(sequence.entries().size());
    long size = FRONT_BYTES + 4L + record.length;
    for (KvSequence.Entry entry : sequence.entries()) {
      long bytes = entry.page() == null ? 0 : entry.page().bytes().byteSize();
      header.varint(bytes);
      header.varint(entry.tokens());
      size += bytes;
    }
    writeRaw(cells.spec(), sequence.sinks(), header);
    writeRaw(cells.spec(), sequence.tail(), header);
    size += header.length() + sequence.sinks().bytes() + sequence.tail().bytes();
    byte[] file = new byte[Math.toIntExact(size)];
    MemorySegment out = MemorySegment.ofArray(file);
    System.arraycopy(MAGIC, 0, file, 0, MAGIC.length);
    out.set(LittleEndian.INT, MAGIC.length, header.length());
    int at = FRONT_BYTES;
    at = put(header.toByteArray(), file, at);
    CRC32C crc = new CRC32C();
    crc.update(file, 0, at);
    out.set(LittleEndian.INT, at, (int) crc.getValue());
    at = put(record, file, at + 4);
    for (KvSequence.Entry entry : sequence.entries()) {
      if (entry.page() != null) {
        at = put(KvSequence.bytes(entry.page().bytes()), file, at);
      }
    }
    at = putRaw(cells.spec(), sequence.sinks(), file, at);
    putRaw(cells.spec(), sequence.tail(), file, at);
    return file;
  }

  private static int put(byte[] bytes, byte[] file, int at) {
    System.arraycopy(bytes, 0, file, at, bytes.length);
    return at + bytes.length;
  }

  private static void writeRaw(KvSpec spec, KvRawTokens raw, PayloadWriter header) {
    header.varint(raw.tokens());
    for (int layer = 0; layer < spec.layers() && raw.tokens() > 0; layer++) {
      for (KvPart part : KvPart.values()) {
        header.u32(raw.crc(layer, part));
      }
    }
  }

  private static int putRaw(KvSpec spec, KvRawTokens raw, byte[] file, int begin) {
    int at = begin;
    for (int layer = 0; layer < spec.layers() && raw.tokens() > 0; layer++) {
      for (KvPart part : KvPart.values()) {
        at = put(KvSequence.bytes(raw.exact(layer, part)), file, at);
      }
    }
    return at;
  }

  /** Whether a file begins as one of these. */
  static boolean isKvFile(MemorySegment file) {
    return file.byteSize() >= MAGIC.length
        && MemorySegment.mismatch(file, 0, MAGIC.length, MemorySegment.ofArray(MAGIC), 0, MAGIC.length) < 0;
  }

  /** A file's codec and sequence. */
  record Opened(KvCells cells, KvSequence sequence) {}

  /**
   * Reads a file.
   *
   * @param expected what the file has to be of; null for anything
   * @param profile that its sequence was coded with; null for none
   */
  static Opened read(MemorySegment file, KvSpec expected, CoefficientModels profile) {
    PayloadReader in = header(file);
    int version = in.u8("version");
    if (version != VERSION) {
      throw new UnsupportedStreamException("version", CLAUSE, "is " + version);
    }
    KvSpec spec = KvSpec.read(in);
    byte[] specHash = in.bytes("spec_hash", HASH_BYTES);
    if (!Arrays.equals(specHash, spec.hash())) {
      throw PayloadReader.malformed("spec_hash", "is not that of the spec");
    }
    if (expected != null) {
      expected.requireSame(spec);
    }
    requireProfile(in.bytes("profile_hash", HASH_BYTES), profile);
    KvRate rate = KvRate.read(in, spec.layers());
    KvCells cells;
    try {
      cells = KvCells.of(spec, rate, profile);
    } catch (IllegalArgumentException e) {
      throw PayloadReader.malformed("rate", e.getMessage());
    }
    return new Opened(cells, sequence(file, in, cells));
  }

  private static PayloadReader header(MemorySegment file) {
    if (!isKvFile(file)) {
      throw PayloadReader.malformed("magic", "is not that of a KV cache file");
    }
    long length = file.byteSize() < FRONT_BYTES ? -1 : file.get(LittleEndian.INT, MAGIC.length);
    if (length < 0 || length > MOST_HEADER_BYTES || FRONT_BYTES + length + 4 > file.byteSize()) {
      throw PayloadReader.malformed("header_bytes", "lead beyond the end of the file");
    }
    byte[] front = file.asSlice(0, FRONT_BYTES + length).toArray(LittleEndian.BYTE);
    CRC32C crc = new CRC32C();
    crc.update(front, 0, front.length);
    if ((int) crc.getValue() != file.get(LittleEndian.INT, front.length)) {
      throw PayloadReader.malformed("header_crc", "is not that of the header");
    }
    return new PayloadReader(front, FRONT_BYTES, front.length);
  }

  private static void requireProfile(byte[] hash, CoefficientModels profile) {
    byte[] here = profile == null ? new byte[HASH_BYTES] : profile.hash();
    if (!Arrays.equals(hash, here)) {
      throw new UnsupportedStreamException("profile_hash", CLAUSE, "is " + name(hash) + " in the file, " + name(here) + " here");
    }
  }

  private static String name(byte[] hash) {
    return Arrays.equals(hash, new byte[hash.length]) ? "none" : HexFormat.of().formatHex(hash, 0, 8);
  }

  private static KvSequence sequence(MemorySegment file, PayloadReader in, KvCells cells) {
    KvSpec spec = cells.spec();
    byte[] note = in.bytes("note", in.varint("note", in.remaining()));
    long firstPosition = in.varint("first_position");
    int contextBytes = in.varint("context_bytes", Integer.MAX_VALUE);
    byte[] contextHash = in.bytes("context_hash", HASH_BYTES);
    int pages = in.varint("pages", in.remaining());
    long[] sizes = new long[pages];
    int[] tokens = new int[pages];
    long at = in.position();
    long first = 0;
    for (int p = 0; p < pages; p++) {
      sizes[p] = in.varint("page_bytes", Integer.MAX_VALUE);
      tokens[p] = in.varint("page_tokens", spec.pageTokens());
      first += tokens[p];
      if (tokens[p] == 0 || first > Integer.MAX_VALUE) {
        throw PayloadReader.malformed("page_tokens", "are " + tokens[p] + " of page " + p);
      }
    }
    int sinkTokens = in.varint("sink_tokens", (int) Math.min(first, spec.sinkTokens()));
    if (sinkTokens != Math.min(first, spec.sinkTokens())) {
      throw PayloadReader.malformed("sink_tokens", "are " + sinkTokens);
    }
    int[] sinkCrcs = crcs(in, spec, sinkTokens);
    int tailTokens = in.varint("tail_tokens", (int) (Integer.MAX_VALUE - first));
    int[] tailCrcs = crcs(in, spec, tailTokens);
    at = in.position() + 4L;
    in.requireEnd("header");
    KvContext context = context(file, cells, at, contextBytes, contextHash);
    KvSequence sequence = new KvSequence(cells, firstPosition, context);
    sequence.note(note);
    at = addPages(file, sequence, cells, at + contextBytes, sizes, tokens);
    long end = Math.addExact(at, rawBytes(spec, sinkTokens) + rawBytes(spec, tailTokens));
    if (end != file.byteSize()) {
      throw PayloadReader.malformed("file", "has " + file.byteSize() + " bytes, its header tells of " + end);
    }
    sequence.sinks(raw(file, spec, at, sinkTokens, sinkCrcs));
    sequence.tail(raw(file, spec, at + rawBytes(spec, sinkTokens), tailTokens, tailCrcs));
    return sequence;
  }

  private static int[] crcs(PayloadReader in, KvSpec spec, int tokens) {
    if (tokens > 0 && in.remaining() < 8 * spec.layers()) {
      throw PayloadReader.malformed("raw_crc", "lies beyond the end of the header");
    }
    int[] crcs = new int[tokens == 0 ? 0 : 2 * spec.layers()];
    for (int i = 0; i < crcs.length; i++) {
      crcs[i] = in.u32("raw_crc");
    }
    return crcs;
  }

  private static KvContext context(MemorySegment file, KvCells cells, long at, int bytes, byte[] hash) {
    if (at + bytes > file.byteSize()) {
      throw PayloadReader.malformed("context_bytes", "lead beyond the end of the file");
    }
    byte[] record = file.asSlice(at, bytes).toArray(LittleEndian.BYTE);
    if (!Arrays.equals(hash, KvSpec.sha256(record))) {
      throw PayloadReader.malformed("context_hash", "is not that of the context record");
    }
    return cells.context(record);
  }

  private static long addPages(
      MemorySegment file, KvSequence sequence, KvCells cells, long begin, long[] sizes, int[] tokens) {
    long at = begin;
    int first = 0;
    for (int p = 0; p < sizes.length; p++) {
      if (at + sizes[p] > file.byteSize()) {
        throw PayloadReader.malformed("page_bytes", "of page " + p + " lead beyond the end of the file");
      }
      KvPage page = null;
      String damage = null;
      if (sizes[p] > 0) {
        try {
          page = new KvPage(
              cells.format(), cells.specHash(), sequence.context().sharedHash(), file.asSlice(at, sizes[p]));
          if (page.firstToken() != first || page.tokens() < tokens[p] || page.layers() != cells.spec().layers()) {
            damage = "is of other tokens or layers";
          }
        } catch (MalformedStreamException e) {
          damage = e.getMessage();
        }
      }
      sequence.entries().add(new KvSequence.Entry(damage == null ? page : null, first, tokens[p], damage));
      first += tokens[p];
      at += sizes[p];
    }
    return at;
  }

  private static long rawBytes(KvSpec spec, int tokens) {
    return tokens * spec.layers() * (spec.tokenBytes(KvPart.KEYS) + spec.tokenBytes(KvPart.VALUES));
  }

  private static KvRawTokens raw(MemorySegment file, KvSpec spec, long begin, int tokens, int[] crcs) {
    MemorySegment[] segments = new MemorySegment[crcs.length];
    long at = begin;
    for (int i = 0; i < segments.length; i++) {
      long bytes = tokens * spec.tokenBytes(KvPart.values()[i % 2]);
      segments[i] = file.asSlice(at, bytes);
      at += bytes;
    }
    return new KvRawTokens(spec, segments, tokens, crcs);
  }
}
