package llm265.packed;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;

/** Tries on a part of a tensor what its bytes are best taken for. */
final class LayoutSearch {
  /** Codes of a chunk, about. */
  private static final int CHUNK_CODES = 1 << 20;

  /** Ways of dividing codes by which a layout is judged. */
  private static final int FIRST_WAYS = 3;

  /** Bytes that are tried, about. */
  private static final int TRIED_BYTES = 1 << 17;

  /** Codes, one below the other or one behind the other, that share a scale in most formats. */
  private static final int[] TILES = {128, 32};

  /** Scales that have a class together. */
  private static final int SCALES = 32;

  /** Records of long rows whose steps are compared. */
  private static final int MOST_SEGMENT = 1 << 8;

  private final TensorView tensor;
  private final long[] shape;
  private final long rowLength;
  private final long rows;

  LayoutSearch(TensorView tensor) {
    this.tensor = tensor;
    shape = tensor.shape();
    rowLength = shape.length == 0 ? 1 : shape[shape.length - 1];
    rows = rowLength == 0 ? 0 : Shape.count(shape) / rowLength;
  }

  /**
   * The header of a stream.
   *
   * @param layout null for the best one
   */
  PackedHeader search(CodeLayout layout) {
    CodeLayout best = layout;
    if (best == null) {
      List<PackedHeader> firsts = new ArrayList<>();
      for (CodeLayout one : CodeLayout.values()) {
        if (one.fits(tensor.dtype()) && isLikely(one)) {
          candidates(one).stream().limit(FIRST_WAYS).forEach(firsts::add);
        }
      }
      best = best(firsts).layout();
    }
    List<PackedHeader> candidates = candidates(best);
    return candidates.isEmpty() ? header(CodeLayout.NUMBERS, 0, 0, false, 1, 1) : best(candidates);
  }

  private List<PackedHeader> candidates(CodeLayout layout) {
    List<PackedHeader> candidates = new ArrayList<>();
    addCandidates(layout, candidates);
    return candidates;
  }

  private PackedHeader best(List<PackedHeader> candidates) {
    PackedHeader best = candidates.getFirst();
    if (candidates.size() > 1) {
      ChunkEncoder encoder = new ChunkEncoder();
      double least = Double.MAX_VALUE;
      for (PackedHeader candidate : candidates) {
        double share = share(candidate, encoder);
        if (share < least) {
          least = share;
          best = candidate;
        }
      }
    }
    return best;
  }

  private boolean isLikely(CodeLayout layout) {
    DType type = tensor.dtype();
    return switch (layout) {
      case NUMBERS, BLOCKS -> true;
      case NIBBLES -> type == DType.U8;
      case BYTES -> type.kind() != DType.Kind.BLOCK && type.bits() <= 8;
      case SCALES -> type.kind() == DType.Kind.FLOAT && type.bits() > Byte.SIZE && type.bits() <= Integer.SIZE;
      default -> type.kind() != DType.Kind.FLOAT;
    };
  }

  private void addCandidates(CodeLayout layout, List<PackedHeader> to) {
    switch (layout) {
      case BLOCKS -> addIfWhole(layout, 0, 0, false, to);
      case NUMBERS -> to.add(header(layout, 0, 0, false, 1, 1));
      case SCALES -> {
        addIfWhole(layout, SCALES, 0, false, to);
        addIfWhole(layout, SCALES, SCALES, false, to);
      }
      default -> {
        int bits = layout.wordBits();
        for (int tile : TILES) {
          addIfWhole(layout, tile, 0, false, to);
          if (bits > 0) {
            addIfWhole(layout, tile, tile * bits / Integer.SIZE, false, to);
          } else if (layout == CodeLayout.BYTES) {
            addIfWhole(layout, tile, tile, false, to);
          }
          if (bits == 4) {
            addIfWhole(layout, tile, tile, true, to);
          }
        }
      }
    }
  }

  private void addIfWhole(CodeLayout layout, int tile, int height, boolean isApart, List<PackedHeader> to) {
    PackedHeader header = header(layout, tile, height, isApart, 1, 1);
    if (height > 0 && (rows % height != 0 || rowLength > PackedHeader.MOST_CHUNK_BYTES || tensor.byteSize() == 0)) {
      return;
    }
    RecordFormat format = header.format();
    long unit = format.recordBytes();
    if (height > 0) {
      long band = header.columns().bandBytes();
      if (band % unit != 0 || band > PackedHeader.MOST_CHUNK_BYTES) {
        return;
      }
      unit = band;
    }
    if (tensor.byteSize() % unit != 0) {
      return;
    }
    int perRow = (int) Math.clamp(rowLength / tensor.dtype().blockValues(), 1, MOST_SEGMENT);
    to.add(header(layout, tile, height, isApart, layout == CodeLayout.BLOCKS ? perRow : 1, chunkBytes(format, unit, perRow)));
  }

  private static int chunkBytes(RecordFormat format, long unit, int perRow) {
    int most = format.fields().getLast().perRecord();
    long records = Math.max(1, CHUNK_CODES / most);
    long bytes = Math.min(records * format.recordBytes(), PackedHeader.MOST_CHUNK_BYTES);
    long whole = unit == format.recordBytes() ? unit * perRow : unit;
    return (int) (bytes >= whole ? bytes / whole * whole : Math.max(unit, bytes / unit * unit));
  }

  private PackedHeader header(CodeLayout layout, int tile, int height, boolean isApart, int segment, int chunkBytes) {
    int bytes = layout == CodeLayout.NUMBERS ? CHUNK_CODES : chunkBytes;
    return new PackedHeader(tensor.dtype(), shape, layout, tile, height, isApart, segment, bytes);
  }

  /** Bytes of a coded part for each of its bytes. */
  private double share(PackedHeader header, ChunkEncoder encoder) {
    if (header.size() == 0) {
      return 1;
    }
    if (header.height() > 0) {
      return shareOfColumns(header, encoder);
    }
    int unit = header.format() == null ? 1 : header.format().recordBytes();
    int chunk = header.chunks() / 2;
    int size = Math.min(header.bytesOf(chunk), Math.max(unit, TRIED_BYTES / unit * unit));
    MemorySegment part = tensor.data().asSlice((long) chunk * header.chunkBytes(), size);
    return (double) encoder.encode(header, part).length / size;
  }

  /** The same of the first words of each row in a band. */
  private double shareOfColumns(PackedHeader header, ChunkEncoder encoder) {
    int height = header.height();
    int wordBytes = header.columns().wordBytes();
    int columns = (int) Math.min(rowLength, Math.max(1, TRIED_BYTES / (wordBytes * height)));
    byte[] part = new byte[wordBytes * columns * height];
    long firstRow = rows / height / 2 * height;
    for (int r = 0; r < height; r++) {
      MemorySegment.copy(tensor.data(), ValueLayout.JAVA_BYTE, (firstRow + r) * rowLength * wordBytes, part,
          r * wordBytes * columns, wordBytes * columns);
    }
    PackedHeader narrow = new PackedHeader(header.dtype(), new long[] {height, columns}, header.layout(), header.tile(), height,
        header.isApart(), header.segment(), part.length);
    return (double) encoder.encode(narrow, MemorySegment.ofArray(part)).length / part.length;
  }
}
