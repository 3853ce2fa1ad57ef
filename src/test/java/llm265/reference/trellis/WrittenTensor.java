package llm265.reference.trellis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;

/** A trellis stream of any fields, written as SPEC.md has it. Other bytes may be put in place of any field. */
final class WrittenTensor {
  int flags = TextTensor.TRELLIS;
  int type;
  long[] shape = {16, 48};
  long viewColumns = 48;
  int tileWidth = 48;
  int tileHeight = 16;
  int classParameter = 2;
  int[] columnClasses = {};
  int[][] reflections = {};
  long channelRun = 1;
  int[] channelClasses = {};
  long blockChannels = 1;
  long channelBlock = 1;
  int stateBits = 3;
  int chunkSteps = 8;
  List<WrittenLaw> laws = new ArrayList<>(List.of(WrittenLaw.computed(0, 40, 16, 8, 6, 4)));
  /** Row classes of the whole plane. */
  int[] rowClasses = {};
  final List<Tile> tiles = new ArrayList<>();
  /** By the names of SPEC.md; the checksums are those of what is written. */
  final Map<String, byte[]> instead = new HashMap<>();

  /** What a tile has but its classes. Levels of the values come out of writing. */
  static final class Tile {
    float offset = 1;
    float step = 0.25f;
    int[] magnitudes;
    boolean[] negative;
    boolean[] escapes;
    int tail = 255;
    /** Each: first value, length, index of the pattern. */
    List<int[]> runs = new ArrayList<>();
    long[] runPatterns = {};
    /** Ascending places y * tileWidth + x, and patterns. */
    List<long[]> outliers = new ArrayList<>();
    int[] levels;
  }

  Plane plane() {
    long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return new Plane(count, viewColumns, has(TextTensor.TRANSPOSED), tileWidth, tileHeight);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Makes tiles of random values. */
  WrittenTensor withTiles(Random random, double escapes) {
    tiles.clear();
    for (int t = 0; t < plane().tiles(); t++) {
      int values = plane().places(t).length;
      Tile tile = new Tile();
      tile.magnitudes = new int[values];
      tile.negative = new boolean[values];
      tile.escapes = new boolean[values];
      int spread = 1 << random.nextInt(9);
      for (int i = 0; i < values; i++) {
        tile.magnitudes[i] = random.nextInt(60) == 0 ? random.nextInt(65536) : (int) Math.abs(random.nextGaussian() * spread);
        tile.negative[i] = random.nextBoolean();
        tile.escapes[i] = random.nextDouble() < escapes;
      }
      tiles.add(tile);
    }
    return this;
  }

  private void field(Out out, String name, Out content) {
    out.all(instead.getOrDefault(name, content.toByteArray()));
  }

  private Out classes(int[] classes) {
    int middle = classes.length == 0 ? 0 : classes[0];
    Out out = new Out();
    field(out, "middle_class", new Out().u8(middle));
    field(out, "rice_parameter of classes", new Out().u8(classParameter));
    if (classParameter == 255) {
      return out;
    }
    for (int c : classes) {
      out.signedRice(c - middle, classParameter);
    }
    return out.fill();
  }

  private static byte[] crc(byte[]... parts) {
    CRC32C crc = new CRC32C();
    for (byte[] part : parts) {
      crc.update(part);
    }
    return new Out().little(crc.getValue(), 4).toByteArray();
  }

  private Out header(long[] unitSizes) {
    Out out = new Out();
    field(out, "format_version", new Out().uv(1));
    field(out, "transform_flags", new Out().uv(flags));
    field(out, "element_type", new Out().uv(type));
    field(out, "layout", new Out().uv(0));
    Out dimensions = new Out().uv(shape.length);
    for (long dimension : shape) {
      dimensions.uv(dimension);
    }
    field(out, "dimension", dimensions);
    field(out, "view_columns", new Out().uv(viewColumns));
    field(out, "tile_width", new Out().uv(tileWidth / 16));
    field(out, "tile_height", new Out().uv(tileHeight / 16));
    if (has(TextTensor.COLUMNS_BY_SCALE)) {
      field(out, "column_classes", classes(columnClasses));
    }
    if (has(TextTensor.ROTATION)) {
      Out rotation = new Out().uv(reflections.length);
      for (int[] reflection : reflections) {
        rotation.u8(5);
        for (int element : reflection) {
          rotation.signedRice(element, 5);
        }
        rotation.fill();
      }
      field(out, "rotation", rotation);
    }
    if (has(TextTensor.CHANNELS)) {
      field(out, "channel_run", new Out().uv(channelRun));
      field(out, "channel_count", new Out().uv(channelClasses.length));
      if (has(TextTensor.BLOCKS)) {
        field(out, "block_channels", new Out().uv(blockChannels));
        field(out, "channel_block", new Out().uv(channelBlock));
      }
      field(out, "channel_classes", classes(channelClasses));
    }
    field(out, "state_bits", new Out().u8(stateBits));
    field(out, "chunk_steps", new Out().uv(chunkSteps));
    field(out, "law_classes", new Out().uv(laws.size()));
    Out written = new Out();
    laws.forEach(law -> law.write(written));
    field(out, "law", written);
    field(out, "deviation", new Out().f21(1));
    field(out, "rms_error", new Out().f21(0.125f));
    Out sizes = new Out();
    if (unitSizes.length > 1) {
      for (long size : unitSizes) {
        sizes.s7(size, 4);
      }
    }
    field(out, "tile_bytes", sizes);
    CRC32C crc = new CRC32C();
    crc.update(out.toByteArray());
    field(out, "header_crc", new Out().s7(crc.getValue(), 5));
    field(out, "behind header_crc", new Out());
    return out;
  }

  private Out section(int tag, Out content) {
    return new Out().uv(tag).uv(content.size()).all(content.toByteArray());
  }

  private Out runs(Tile tile) {
    Out out = new Out();
    field(out, "pattern_count", new Out().uv(tile.runPatterns.length));
    Out patterns = new Out();
    for (long pattern : tile.runPatterns) {
      patterns.little(pattern, valueBytes());
    }
    field(out, "pattern", patterns);
    field(out, "run_count", new Out().uv(tile.runs.size()));
    field(out, "gap_parameter", new Out().u8(3));
    field(out, "length_parameter", new Out().u8(1));
    Out bits = new Out();
    long next = 0;
    for (int[] run : tile.runs) {
      bits.rice(run[0] - next - (tile.runPatterns.length == 1 && next > 0 ? 1 : 0), 3);
      bits.rice(run[1] - 1, 1);
      bits.bits(run[2], 32 - Integer.numberOfLeadingZeros(tile.runPatterns.length - 1));
      next = run[0] + run[1];
    }
    field(out, "run", bits.fill());
    return out;
  }

  int valueBytes() {
    return type == 0 ? 4 : type == 16 ? 8 : 2;
  }

  private Out tileSection(int number, Tile tile) {
    Out out = new Out();
    field(out, "tile_number", new Out().uv(number));
    field(out, "offset", new Out().f32(tile.offset));
    field(out, "step", new Out().f32(tile.step));
    field(out, "outlier_count", new Out().uv(tile.outliers.size()));
    if (tile.outliers.isEmpty()) {
      return out;
    }
    int kind = has(TextTensor.ROTATION) ? 0 : type;
    field(out, "rice_parameters", new Out().u8(3 * 8 + 2));
    int mantissa = kind == 0 ? 23 : kind == 1 ? 10 : kind == 2 ? 7 : 52;
    int exponentBits = kind == 1 ? 5 : kind == 16 ? 11 : 8;
    long least = Long.MAX_VALUE;
    for (long[] outlier : tile.outliers) {
      least = Math.min(least, (outlier[1] >>> mantissa) & ((1 << exponentBits) - 1));
    }
    field(out, "least_exponent", kind == 16 ? new Out().uv(least) : new Out().u8((int) least));
    Out bits = new Out();
    long next = 0;
    for (long[] outlier : tile.outliers) {
      bits.rice(outlier[0] - next, 3);
      next = outlier[0] + 1;
      bits.bits(outlier[1] >>> (mantissa + exponentBits), 1);
      bits.rice(((outlier[1] >>> mantissa) & ((1 << exponentBits) - 1)) - least, 2);
      bits.bits(outlier[1], mantissa);
    }
    field(out, "outlier", bits.fill());
    return out;
  }

  private byte[] body(int number, Tile tile, Random random) {
    int[] places = plane().places(number);
    tile.levels = new int[places.length];
    if (tile.step == 0) {
      return new byte[0];
    }
    TextLaw[] lawOf = new TextLaw[places.length];
    int firstRow = (int) (number / plane().tileColumns() * tileHeight);
    for (int i = 0; i < places.length; i++) {
      int row = has(TextTensor.ROWS_BY_SCALE) ? rowClasses[firstRow + places[i] / tileWidth] : 0;
      int column = has(TextTensor.COLUMNS_BY_SCALE)
          ? columnClasses[(int) plane().firstColumn(number) + places[i] % tileWidth] : 0;
      lawOf[i] = laws.get(Math.min((row + column) / 2, laws.size() - 1)).text();
    }
    Out sizes = new Out();
    Out chunks = new Out();
    for (int first = 0; first < places.length; first += 16 * chunkSteps) {
      int end = Math.min(first + 16 * chunkSteps, places.length);
      ChunkWriter writer = new ChunkWriter(stateBits, Arrays.copyOfRange(lawOf, first, end),
          Arrays.copyOfRange(tile.magnitudes, first, end), Arrays.copyOfRange(tile.negative, first, end),
          Arrays.copyOfRange(tile.escapes, first, end));
      byte[] chunk = instead.containsKey("chunk") ? instead.get("chunk") : writer.withTailUpTo(tile.tail, random);
      sizes.uv(chunk.length);
      chunks.all(chunk);
      for (int i = first; i < end; i++) {
        tile.levels[i] = writer.level(i - first);
      }
    }
    Out body = new Out();
    field(body, "chunk_bytes", sizes);
    field(body, "chunks", chunks);
    field(body, "behind the chunks", new Out());
    return body.toByteArray();
  }

  byte[] write(Random random) {
    byte[][] bodies = new byte[tiles.size()][];
    byte[][] sections = new byte[tiles.size()][];
    for (int t = 0; t < bodies.length; t++) {
      bodies[t] = body(t, tiles.get(t), random);
      Out out = new Out();
      field(out, "sections before", new Out());
      if (has(TextTensor.ROWS_BY_SCALE)) {
        int firstRow = (int) (t / plane().tileColumns() * tileHeight);
        field(out, "row classes",
            section(7, classes(Arrays.copyOfRange(rowClasses, firstRow, firstRow + plane().height(t)))));
      }
      if (!tiles.get(t).runs.isEmpty()) {
        field(out, "runs", section(9, runs(tiles.get(t))));
      }
      Out content = tileSection(t, tiles.get(t));
      out.uv(3).uv(content.size() + 4).all(content.toByteArray());
      byte[] checked = out.toByteArray();
      field(out, "tile_crc", new Out().all(crc(checked, bodies[t])));
      field(out, "sections behind", new Out());
      sections[t] = out.toByteArray();
    }
    long[] sizes = new long[bodies.length];
    int headerSize = header(sizes).size();
    for (int t = 0; t < sizes.length; t++) {
      int first = t == 0 ? section(1, new Out().all(new byte[headerSize])).size() : 0;
      sizes[t] = 4 + first + sections[t].length + bodies[t].length;
    }
    Out out = new Out();
    field(out, "stream", new Out().all(new byte[] {(byte) 0x8C, 0x32, 0x36, 0x35, 0x54, 0x0D, 0x0A, 0x1A}));
    for (int t = 0; t < bodies.length; t++) {
      byte[] first = t == 0 ? section(1, header(sizes)).toByteArray() : new byte[0];
      field(out, "payload_length", new Out().little(first.length + sections[t].length, 4));
      out.all(instead.getOrDefault("tensor section", first)).all(sections[t]).all(bodies[t]);
    }
    return out.toByteArray();
  }
}
