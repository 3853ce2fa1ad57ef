package llm265.tensor.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.Sei;
import llm265.h264.container.NalUnits;
import llm265.parallel.IdlePool;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TileReader;
import llm265.tensor.format.TrellisStream;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.values.ValueSink;

/**
 * An opened tensor stream: the header has been read; tiles are decoded on request.
 *
 * <p>Thread-safe. Whatever the bytes are, only {@link MalformedStreamException} and {@link
 * llm265.h264.UnsupportedStreamException} are thrown.
 */
public final class TensorStream {
  /** A coded macroblock takes at least a tenth of a bit: a stream that claims more of them has a false shape. */
  private static final int MAX_MACROBLOCKS_PER_BYTE = 80;

  private static final int[] LONG_START_CODE = {0, 0, 0, 1};

  private static final IdlePool<ReaderKey, TileReader> IDLE = new IdlePool<>();

  /** What a reader depends on. */
  private record ReaderKey(DecoderLimits limits, boolean hasPictures, boolean hasBlocks, boolean bySamples) {
    TileReader reader() {
      return hasPictures ? new PictureTileReader(limits, bySamples) : hasBlocks ? new BlockTileReader() : new TrellisTileReader();
    }
  }

  private final MemorySegment stream;
  private final DecoderLimits limits;
  private final TensorHeader header;
  private final int signPatterns;
  private final long firstTileStart;
  private final long[] tileEnds;

  private TensorStream(MemorySegment stream, DecoderLimits limits, SideInformation first, long firstTileStart) {
    this.stream = stream;
    this.limits = limits;
    this.header = first.header();
    this.signPatterns = first.signs() == null ? 1 : first.signs().count();
    this.firstTileStart = firstTileStart;
    this.tileEnds = tileEnds();
  }

  /**
   * Reads a stream's header.
   *
   * @param stream the whole stream; must stay accessible
   * @param limits limits for its pictures
   */
  public static TensorStream open(MemorySegment stream, DecoderLimits limits) {
    if (TrellisStream.isOne(stream)) {
      return new TensorStream(stream, limits, TrellisStream.first(stream), TrellisStream.magic().length);
    }
    FirstMessage first = FirstMessage.of(stream, limits)
        .orElseThrow(() -> PayloadReader.malformed("user_data_unregistered", "the stream has no tensor header"));
    byte[] payload = first.payload;
    SideInformation information = SideInformation.read(payload, SideInformation.UUID.length, payload.length, null);
    return new TensorStream(stream, limits, information, accessUnitStart(stream, first.sei));
  }

  /** Whether a stream declares that it holds a tensor. */
  public static boolean isTensor(MemorySegment stream) {
    return TrellisStream.isOne(stream) || !NalUnits.isFile(stream) && FirstMessage.of(stream, DecoderLimits.DEFAULT).isPresent();
  }

  /** Whether a stream holds a tensor that is on no pictures, which other decoders can make nothing of. */
  public static boolean isWithoutPictures(MemorySegment stream) {
    return TrellisStream.isOne(stream);
  }

  /** The first SEI message with our UUID before the first slice. */
  private record FirstMessage(NalUnit sei, byte[] payload) {
    static Optional<FirstMessage> of(MemorySegment stream, DecoderLimits limits) {
      for (NalUnit nalUnit : new ByteStream(stream, limits)) {
        if (nalUnit.nalUnitType() == NalUnit.SEI) {
          Optional<Sei.Message> ours = messages(nalUnit).stream().filter(message -> message.isUserData(SideInformation.UUID))
              .findFirst();
          if (ours.isPresent()) {
            return Optional.of(new FirstMessage(nalUnit, ours.get().payload()));
          }
        } else if (nalUnit.nalUnitType() <= NalUnit.SLICE_IDR) {
          break;
        }
      }
      return Optional.empty();
    }

    /** The messages of an SEI NAL unit; none if they are damaged and not ours. */
    private static List<Sei.Message> messages(NalUnit nalUnit) {
      try {
        return Sei.parse(nalUnit.rbsp());
      } catch (MalformedStreamException e) {
        if (nalUnit.forbiddenZeroBit() || !Sei.contains(nalUnit.rbsp(), SideInformation.UUID)) {
          return List.of();
        }
        throw e.at(nalUnit.position());
      }
    }
  }

  private static long accessUnitStart(MemorySegment stream, NalUnit sei) {
    long start = sei.offset() - LONG_START_CODE.length;
    for (int i = 0; i < LONG_START_CODE.length; i++) {
      if (start < 0 || stream.get(ValueLayout.JAVA_BYTE, start + i) != LONG_START_CODE[i]) {
        throw PayloadReader.malformed("start_code", "the first SEI NAL unit has no long start code");
      }
    }
    return start;
  }

  private long[] tileEnds() {
    int tiles = header.framing().tiles();
    long bytes = stream.byteSize() - firstTileStart;
    double least = header.transforms().hasPictures()
        ? (double) tiles * header.macroblocks() / MAX_MACROBLOCKS_PER_BYTE
        : BodyReader.leastBytes(header);
    if (least > bytes) {
      throw PayloadReader.malformed("dimension", header + " cannot be in " + bytes + " bytes");
    }
    long[] ends = new long[tiles];
    long end = firstTileStart;
    for (int i = 0; i < tiles; i++) {
      end = tiles == 1 ? stream.byteSize() : end + header.bytesOfTile(i);
      ends[i] = end;
    }
    if (end != stream.byteSize()) {
      throw PayloadReader.malformed(
          "tile_bytes", "the tiles end at byte " + end + ", the stream at byte " + stream.byteSize());
    }
    return ends;
  }

  public TensorHeader header() {
    return header;
  }

  /**
   * Names of the tensor layer's tools that the stream uses, for people to read; the number of sign patterns is that of the
   * first tile.
   */
  public List<String> tools() {
    List<String> tools = new ArrayList<>();
    if (header.framing().transposed()) {
      tools.add("transposed");
    }
    tools.addAll(header.transforms().names());
    if (signPatterns > 1) {
      tools.add(signPatterns + " sign patterns");
    }
    return tools;
  }

  /** Offset in the stream of a tile's access unit. */
  public long tileStart(int tile) {
    return tile == 0 ? firstTileStart : tileEnds[tile - 1];
  }

  /** Decodes {@code values.length} values from index {@code first} on; decodes only the rows of tiles that hold them. */
  public void decode(long first, float[] values, Workers workers) {
    decodeRange(first, values.length, ValueSink.to(header.dtype(), values, first), workers);
  }

  /**
   * Decodes as many values as fit into {@code data}, from index {@code first} on; decodes only the rows of tiles that hold
   * them.
   *
   * @param data receives the values, little-endian, row-major, in the tensor's type
   */
  public void decode(long first, MemorySegment data, Workers workers) {
    long count = 8 * data.byteSize() / header.dtype().bits();
    decodeRange(first, count, ValueSink.to(header.dtype(), data, first, count), workers);
  }

  /** Decodes everything, compares all checksums, and keeps nothing. */
  public void verify(Workers workers) {
    decodeBands(0, header.framing().bands(), ValueSink.NOWHERE, true, workers);
  }

  private void decodeRange(long first, long count, ValueSink sink, Workers workers) {
    TensorFraming framing = header.framing();
    if (first < 0 || count > framing.values() - first) {
      throw new IndexOutOfBoundsException(count + " values from " + first + " on of " + framing.values());
    }
    if (count > 0) {
      int begin = (int) (first / framing.viewColumns() / framing.bandRows());
      int end = (int) ((first + count - 1) / framing.viewColumns() / framing.bandRows()) + 1;
      decodeBands(begin, end, sink, false, workers);
    }
  }

  /** @param bySamples whether levels that pictures carry are taken from their samples */
  private void decodeBands(int begin, int end, ValueSink sink, boolean bySamples, Workers workers) {
    TensorFraming framing = header.framing();
    int tiles = framing.tilesInBand();
    workers.forEachInOrder(
        (end - begin) * tiles,
        i -> {
          decodeTile(framing.tileOfBand(begin + i / tiles, i % tiles), sink, bySamples);
          return true;
        },
        (i, done) -> { });
  }

  private void decodeTile(int tile, ValueSink sink, boolean bySamples) {
    long start = tileStart(tile);
    try {
      ReaderKey key = new ReaderKey(limits, header.transforms().hasPictures(), header.transforms().blocks(), bySamples);
      TileReader reader = IDLE.take(key, key::reader);
      reader.begin(header, stream.asSlice(0, firstTileStart));
      reader.read(tile, stream.asSlice(start, tileEnds[tile] - start), sink);
      IDLE.giveBack(key, reader);
    } catch (StreamException e) {
      // The decoder saw only the tile, so its offsets count from the tile's start.
      StreamPosition place = e.position();
      long offset = place.byteOffset() < 0 ? start : start + place.byteOffset();
      throw e.at(new StreamPosition(-1, offset, place.mbAddr()));
    }
  }
}
