package llm265.tensor.format;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.Sei;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.NotFiniteRuns;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.SignPatterns;

/**
 * The payload, after its UUID, of the SEI message before each picture: sections, each with a tag, a length and content.
 * SPEC.md, "Side information".
 */
public final class SideInformation {
  /** uuid_iso_iec_11578 of the SEI messages. */
  public static final byte[] UUID = HexFormat.of().parseHex("dac7dccf99a447df9f7d07546cd1340b");

  static final int TENSOR_TAG = 1;
  static final int TILE_TAG = 3;
  static final int SIGN_PATTERNS_TAG = 5;
  static final int ROW_CLASSES_TAG = 7;
  static final int NOT_FINITE_TAG = 9;
  static final int DROPPED_LEVELS_TAG = 11;

  /** A reader must understand sections with this bit set in their tag; it may skip others. */
  private static final int MANDATORY = 1;

  private static final int CRC_BYTES = 4;

  private final TensorHeader header;
  private final TileInformation tile;
  private final SignPatterns signs;
  private final ScaleClasses rowClasses;
  private final DroppedLevels dropped;
  private final byte[] checked;
  private final int crc;

  private SideInformation(TensorHeader header, TileInformation tile, SignPatterns signs, ScaleClasses rowClasses,
      DroppedLevels dropped, byte[] checked, int crc) {
    this.header = header;
    this.tile = tile;
    this.signs = signs;
    this.rowClasses = rowClasses;
    this.dropped = dropped;
    this.checked = checked;
    this.crc = crc;
  }

  /** The tensor header, or null if there is none: only the first picture has it. */
  public TensorHeader header() {
    return header;
  }

  public TileInformation tile() {
    return tile;
  }

  /** The signs of the picture's samples, or null if no sample is negated. */
  public SignPatterns signs() {
    return signs;
  }

  /** Scale classes of the tile's rows, or null if the header says that there are none. */
  public ScaleClasses rowClasses() {
    return rowClasses;
  }

  /** Levels that the picture does not carry. */
  public DroppedLevels dropped() {
    return dropped;
  }

  /**
   * What only some tiles have.
   *
   * @param signs signs of the picture's samples; null for none
   * @param rowClasses scale classes of the tile's rows; null for none
   * @param dropped levels that the picture does not carry
   */
  public record TileParts(SignPatterns signs, ScaleClasses rowClasses, DroppedLevels dropped) {}

  /**
   * The payload of a tile. The first tile also needs the header.
   *
   * @param reconstruction the tile's picture as decoders will make it
   * @param rawBits bits of its values that are on no picture
   */
  public static byte[] write(
      TileInformation tile, TileParts parts, ElementType type, TensorFraming framing, Picture reconstruction,
      byte... rawBits) {
    PayloadWriter sections = new PayloadWriter();
    PayloadWriter content = sections(tile, parts, type, framing, sections);
    return closed(sections, content, checksum -> TileInformation.updateWithLuma(checksum, reconstruction), rawBits);
  }

  /**
   * The payload of a tile whose picture carries levels.
   *
   * @param levels those that the picture carries
   * @param rawBits bits of its values that are on no picture
   */
  public static byte[] write(
      TileInformation tile, TileParts parts, ElementType type, TensorFraming framing, short[] levels, byte... rawBits) {
    PayloadWriter sections = new PayloadWriter();
    PayloadWriter content = sections(tile, parts, type, framing, sections);
    return closed(sections, content, checksum -> TileInformation.updateWithLevels(checksum, levels), rawBits);
  }

  /**
   * The payload for a tile without a picture, as it is for all but the first.
   *
   * @param rowClasses null for none
   * @param body what follows the payload
   */
  public static byte[] write(
      TileInformation tile, ScaleClasses rowClasses, ElementType type, TensorFraming framing, byte[] body) {
    PayloadWriter sections = new PayloadWriter();
    PayloadWriter content =
        sections(tile, new TileParts(null, rowClasses, DroppedLevels.NONE), type, framing, sections);
    return closed(sections, content, checksum -> { }, body);
  }

  /** Writes the sections before that of the tile, and returns what of that is known. */
  private static PayloadWriter sections(
      TileInformation tile, TileParts parts, ElementType type, TensorFraming framing, PayloadWriter section) {
    NotFiniteRuns.Split exact = NotFiniteRuns.split(tile.outliers(), type, framing, framing.tile(tile.tile()));
    PayloadWriter content = new PayloadWriter();
    tile.with(exact.list()).write(content, type);
    if (exact.runs() != null) {
      PayloadWriter runs = new PayloadWriter();
      exact.runs().write(runs, type);
      writeSection(section, NOT_FINITE_TAG, runs);
    }
    if (parts.signs != null) {
      PayloadWriter patterns = new PayloadWriter();
      parts.signs.write(patterns);
      writeSection(section, SIGN_PATTERNS_TAG, patterns);
    }
    if (parts.rowClasses != null) {
      PayloadWriter classes = new PayloadWriter();
      parts.rowClasses.write(classes);
      writeSection(section, ROW_CLASSES_TAG, classes);
    }
    writeDropped(parts.dropped, section);
    return content;
  }

  private static void writeDropped(DroppedLevels dropped, PayloadWriter section) {
    if (!dropped.isEmpty()) {
      PayloadWriter levels = new PayloadWriter();
      dropped.write(levels);
      writeSection(section, DROPPED_LEVELS_TAG, levels);
    }
  }

  /**
   * The payload of a tile of a lossless stream. The first tile also needs the header.
   *
   * @param dropped levels that the picture does not carry
   * @param picture the tile's picture
   * @param rawBits bits of its values that are on no picture
   */
  public static byte[] writeExact(int tile, DroppedLevels dropped, Picture picture, byte[] rawBits) {
    PayloadWriter sections = new PayloadWriter();
    writeDropped(dropped, sections);
    PayloadWriter content = new PayloadWriter();
    content.varint(tile);
    return closed(sections, content, checksum -> TileInformation.updateWithLuma(checksum, picture), rawBits);
  }

  /**
   * The payload for a tile of a lossless stream without pictures, as it is for all but the first.
   *
   * @param body what follows the payload
   */
  public static byte[] writeExact(int tile, byte[] body) {
    PayloadWriter content = new PayloadWriter();
    content.varint(tile);
    return closed(new PayloadWriter(), content, checksum -> { }, body);
  }

  /** Appends the tile section as the last one; it has the checksum of all sections and of the picture. */
  private static byte[] closed(PayloadWriter sections, PayloadWriter tile, Consumer<CRC32C> picture, byte[] rawBits) {
    sections.varint(TILE_TAG);
    sections.varint(tile.length() + CRC_BYTES);
    sections.bytes(tile.toByteArray());
    CRC32C crc = new CRC32C();
    crc.update(sections.toByteArray());
    picture.accept(crc);
    crc.update(rawBits);
    sections.u32((int) crc.getValue());
    return sections.toByteArray();
  }

  private static void writeSection(PayloadWriter out, int tag, PayloadWriter content) {
    out.varint(tag);
    out.varint(content.length());
    out.bytes(content.toByteArray());
  }

  /** The first tile's payload, with the header before the other sections. */
  static byte[] withHeader(TensorHeader header, byte[] otherSections) {
    PayloadWriter content = new PayloadWriter();
    header.write(content);
    PayloadWriter payload = new PayloadWriter();
    payload.varint(TENSOR_TAG);
    payload.varint(content.length());
    payload.bytes(content.toByteArray());
    payload.bytes(otherSections);
    return payload.toByteArray();
  }

  /**
   * Finds the side information among the SEI messages of an access unit.
   *
   * @throws MalformedStreamException if there is none or it is damaged
   */
  public static SideInformation find(List<Sei.Message> messages, TensorHeader known) {
    for (Sei.Message message : messages) {
      if (message.isUserData(UUID)) {
        return read(message.payload(), UUID.length, message.payload().length, known);
      }
    }
    throw PayloadReader.malformed("user_data_unregistered", "the picture has no side information of a tensor");
  }

  /**
   * Reads a payload.
   *
   * @param known the stream's header, if it has been read; null for the first tile, whose payload must start with it
   * @throws MalformedStreamException if the payload is damaged
   * @throws UnsupportedStreamException if it needs a later version of this program
   */
  public static SideInformation read(byte[] bytes, int offset, int end, TensorHeader known) {
    PayloadReader in = new PayloadReader(bytes, offset, end);
    TensorHeader header = known;
    boolean headerHere = false;
    if (in.remaining() > 0 && bytes[offset] == TENSOR_TAG) {
      in.u8("section_tag");
      TensorHeader read = TensorHeader.read(in.slice("tensor section", in.varint("section_length", Integer.MAX_VALUE)));
      if (known == null) {
        header = read;
      } else if (!known.equals(read)) {
        throw PayloadReader.malformed("tensor section", "differs from the stream's first");
      }
      headerHere = true;
    }
    if (header == null) {
      throw PayloadReader.malformed("tensor section", "is missing from the first picture");
    }
    int start = in.position();
    SignPatterns signs = null;
    PayloadReader rowClasses = null;
    PayloadReader runs = null;
    DroppedLevels dropped = null;
    while (true) {
      long tag = in.varint("section_tag");
      int length = in.varint("section_length", Integer.MAX_VALUE);
      PayloadReader section = in.slice("section", length);
      if (tag == TILE_TAG) {
        in.requireEnd("side information");
        return readTile(
            header, headerHere, new TileParts(signs, null, dropped == null ? DroppedLevels.NONE : dropped), rowClasses, runs,
            bytes, start, section);
      }
      if (tag == SIGN_PATTERNS_TAG && signs == null && header.transforms().allowsSigns()) {
        TensorFraming framing = header.framing();
        signs = SignPatterns.read(section, framing.tileWidth() / 16 * (framing.tileHeight() / 16));
      } else if (tag == ROW_CLASSES_TAG && rowClasses == null && header.transforms().rowClasses()) {
        rowClasses = section;
      } else if (tag == NOT_FINITE_TAG && runs == null && header.transforms().allowsNotFinite()) {
        runs = section;
      } else if (tag == DROPPED_LEVELS_TAG && dropped == null && header.transforms().areLevelsCarried()) {
        dropped = DroppedLevels.read(section, header.planes() * header.framing().tileWidth() * header.framing().tileHeight());
      } else if ((tag & MANDATORY) != 0) {
        throw new UnsupportedStreamException("section_tag", "SPEC.md, Tensor stream", tag + " is not known");
      }
    }
  }

  private static SideInformation readTile(
      TensorHeader header, boolean headerHere, TileParts parts, PayloadReader rowClasses, PayloadReader runs, byte[] bytes,
      int start, PayloadReader section) {
    TensorFraming framing = header.framing();
    TileInformation tile = header.isLossless()
        ? TileInformation.readNumber(section, framing)
        : TileInformation.read(section, header.outlierType(), framing);
    if (runs != null) {
      TensorFraming.Tile place = framing.tile(tile.tile());
      NotFiniteRuns read = NotFiniteRuns.read(runs, header.outlierType(), framing, place);
      tile = tile.with(read.mergedWith(tile.outliers(), framing, place));
    }
    ScaleClasses rows = null;
    if (header.transforms().rowClasses()) {
      rows = readRowClasses(rowClasses, framing.tile(tile.tile()).rows());
    }
    byte[] checked = Arrays.copyOfRange(bytes, start, section.position());
    int crc = section.u32("tile_crc");
    section.requireEnd("tile section");
    return new SideInformation(headerHere ? header : null, tile, parts.signs, rows, parts.dropped, checked, crc);
  }

  private static ScaleClasses readRowClasses(PayloadReader section, int rows) {
    if (section == null) {
      throw PayloadReader.malformed("row classes section", "is missing");
    }
    ScaleClasses classes = ScaleClasses.read(section, rows);
    section.requireEnd("row classes section");
    return classes;
  }

  /**
   * Compares the tile's checksum with that of its decoded picture.
   *
   * @param rawBits bits of the tile's values that are on no picture
   * @throws MalformedStreamException if they differ
   */
  public void check(Picture decoded, byte... rawBits) {
    CRC32C actual = new CRC32C();
    actual.update(checked);
    TileInformation.updateWithLuma(actual, decoded);
    actual.update(rawBits);
    compare(actual);
  }

  /**
   * Compares the tile's checksum with that of the levels that its picture carries.
   *
   * @param rawBits bits of the tile's values that are on no picture
   * @throws MalformedStreamException if they differ
   */
  public void check(short[] levels, byte... rawBits) {
    CRC32C actual = new CRC32C();
    actual.update(checked);
    TileInformation.updateWithLevels(actual, levels);
    actual.update(rawBits);
    compare(actual);
  }

  /**
   * Compares the tile's checksum with that of what follows its payload.
   *
   * @throws MalformedStreamException if they differ
   */
  public void check(byte[] body, int from, int to) {
    CRC32C actual = new CRC32C();
    actual.update(checked);
    actual.update(body, from, to - from);
    compare(actual);
  }

  private void compare(CRC32C actual) {
    if ((int) actual.getValue() != crc) {
      throw PayloadReader.malformed("tile_crc", "tile " + tile.tile() + " is damaged: its CRC-32C does not match");
    }
  }
}
