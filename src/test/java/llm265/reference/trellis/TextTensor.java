package llm265.reference.trellis;

import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** A trellis stream, or one of pictures that carry levels, read by SPEC.md alone: header, tiles, patterns of all values. */
public final class TextTensor {
  static final int PRE_INVERSE = 2;
  static final int ROWS_BY_SCALE = 4;
  static final int COLUMNS_BY_SCALE = 8;
  static final int TRANSPOSED = 16;
  static final int ROTATION = 32;
  static final int CHANNELS = 64;
  static final int BLOCKS = 1024;
  static final int TRELLIS = 2048;
  static final int CARRIED = 8192;
  private static final byte[] MAGIC = {(byte) 0x8C, 0x32, 0x36, 0x35, 0x54, 0x0D, 0x0A, 0x1A};
  private static final int[] SIXTHS = {0x3F800000, 0x3F6411F0, 0x3F4B2FF5, 0x3F3504F3, 0x3F214518, 0x3F0FACD6};
  private static final int F32 = 0;
  private static final int F16 = 1;
  private static final int BF16 = 2;
  private static final int F64 = 16;

  private int flags;
  private int type;
  private Plane plane;
  private long tiles;
  private int[] columnClasses;
  private int[][] rotation = {};
  private long channelRun;
  private int[] channelClasses;
  private long blockChannels;
  private long channelBlock;
  private int stateBits;
  private int chunkSteps;
  private int chunkMacroblocks;
  private int rawLevelBits;
  private int carrierQp;
  private TextLaw[] laws;
  private float deviation;
  private float error;
  private long[] patterns;
  private int droppedIntegers;

  private TextTensor() {}

  /**
   * Reads a whole stream.
   *
   * @throws Refused if SPEC.md does not allow it
   * @throws UnsupportedOperationException if it claims more values than a slow reader can read
   */
  public static TextTensor read(byte[] stream) {
    TextTensor tensor = new TextTensor();
    tensor.all(stream);
    return tensor;
  }

  /**
   * Reads a whole stream of pictures that carry levels.
   *
   * @param luma the samples of each picture, row by row, as any decoder has them
   */
  public static TextTensor read(byte[] stream, List<byte[]> luma) {
    TextTensor tensor = new TextTensor();
    tensor.pictures(stream, luma);
    return tensor;
  }

  /** The patterns of the values, in the order of the tensor. */
  public long[] patterns() {
    return patterns.clone();
  }

  /** The patterns as bytes, least significant first. */
  public byte[] bytes() {
    int size = valueBytes();
    byte[] bytes = new byte[patterns.length * size];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (patterns[i / size] >> (8 * (i % size)));
    }
    return bytes;
  }

  /** The SNR in dB that the header states. */
  public double snr() {
    return 20 * Math.log10((double) deviation / error);
  }

  /** transform_flags. */
  int flags() {
    return flags;
  }

  int stateBits() {
    return stateBits;
  }

  long tiles() {
    return tiles;
  }

  int rawLevelBits() {
    return rawLevelBits;
  }

  /** Integers that pictures have 0 in place of. */
  public int droppedIntegers() {
    return droppedIntegers;
  }

  private void all(byte[] stream) {
    Fields fields = new Fields(stream, 0, stream.length);
    for (byte b : MAGIC) {
      Refused.unless(fields.u8() == (b & 0xFF), "the first eight bytes");
    }
    Fields payload = fields.part(fields.little(4));
    int first = payload.place();
    Refused.unless(payload.uv() == 1, "the first section");
    long length = payload.uv();
    long[] sizes = header(payload.part(length), TRELLIS, stream.length);
    // The first unit begins behind the first eight bytes.
    long end = MAGIC.length;
    for (int tile = 0; tile < tiles; tile++) {
      long start = end;
      end = sizes == null ? stream.length : start + sizes[tile];
      Refused.unless(end <= stream.length, "a unit ends behind the stream");
      Fields unit = new Fields(stream, (int) start, (int) end);
      tile(tile, unit.part(unit.little(4)), unit, null, Arrays.copyOfRange(stream, first, payload.place()));
    }
    Refused.unless(end == stream.length, "bytes behind the last unit");
  }

  private void pictures(byte[] stream, List<byte[]> luma) {
    List<TextNalUnit> units = TextNalUnit.all(stream);
    TextNalUnit sei = units.stream().filter(TextNalUnit::isOurs).findFirst()
        .orElseThrow(() -> new Refused("no side information"));
    Fields header = sei.payload();
    int first = header.place();
    Refused.unless(header.uv() == 1, "the first section");
    long length = header.uv();
    long[] sizes = header(header.part(length), CARRIED, stream.length);
    byte[] tensorSection = sei.payloadFrom(first, header.place());
    Refused.unless(luma.size() == tiles, "number of pictures");
    long end = sei.start();
    for (int tile = 0; tile < tiles; tile++) {
      long start = end;
      long last = sizes == null ? stream.length : start + sizes[tile];
      List<TextNalUnit> unit = units.stream().filter(nal -> nal.start() >= start && nal.start() < last).toList();
      Refused.unless(unit.getFirst().start() == start && unit.getFirst().isOurs(), "an access unit begins elsewhere");
      byte[] raw = unit.stream().filter(nal -> nal.type() == 30).map(TextNalUnit::rbsp).findFirst().orElse(new byte[] {-128});
      Refused.unless(raw[raw.length - 1] == -128, "no byte 80 behind the raw bits");
      int[] integers = TextCarrier.integers(carrierQp, luma.get(tile), plane.tileWidth(), plane.tileHeight());
      tile(tile, unit.getFirst().payload(), new Fields(raw, 0, raw.length - 1), integers, tensorSection);
      end = last;
    }
    Refused.unless(end == stream.length, "bytes behind the last access unit");
  }

  private static int[] classes(Fields fields, long n) {
    int middle = (int) fields.u8();
    Refused.unless(middle <= 63, "middle_class");
    int k = fields.u8();
    Refused.unless(k <= 7 || k == 255, "rice_parameter of classes");
    int[] classes = new int[(int) n];
    Arrays.fill(classes, middle);
    if (k != 255) {
      for (int i = 0; i < n; i++) {
        classes[i] += (int) fields.signedRice(k);
        Refused.unless(classes[i] >= 0 && classes[i] <= 63, "a class");
      }
      fields.fillBits();
    }
    return classes;
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /**
   * The sizes of the units, or null.
   *
   * @param way how values must be coded: TRELLIS or CARRIED
   */
  private long[] header(Fields fields, int way, int streamLength) {
    final int from = fields.place();
    Refused.unless(fields.uv() == 1, "format_version");
    flags = (int) fields.uv(0, 16_383, "transform_flags");
    Refused.unless(
        (flags & (TRELLIS | CARRIED)) == way && (flags & (1 + 2 + 128 + 256 + 512 + 4096)) == 0, "transform_flags");
    type = (int) fields.uv();
    Refused.unless(type == F32 || type == F16 || type == BF16 || type == F64, "element_type");
    Refused.unless(fields.uv() == 0, "layout");
    int rank = (int) fields.uv(0, 32, "rank");
    long count = 1;
    for (int i = 0; i < rank; i++) {
      count = Math.multiplyExact(count, fields.uv());
    }
    long viewColumns = fields.uv(1, Long.MAX_VALUE, "view_columns");
    Refused.unless(!has(TRANSPOSED) || count > 0 && count % viewColumns == 0, "transposed, with a partial row");
    int tileWidth = 16 * (int) fields.uv(3, 256, "tile_width");
    int tileHeight = 16 * (int) fields.uv(1, 256, "tile_height");
    Refused.unless(tileWidth * tileHeight <= (way == TRELLIS ? 1 << 21 : 36_864 * 256), "a tile has too many samples");
    if (count > 1 << 22) {
      throw new UnsupportedOperationException(count + " values");
    }
    plane = new Plane(count, viewColumns, has(TRANSPOSED), tileWidth, tileHeight);
    tiles = plane.tiles();
    Refused.unless(tiles < 1L << 31 && (way == CARRIED || 16 * tiles <= streamLength - 8), "tiles");
    if (has(COLUMNS_BY_SCALE)) {
      Refused.unless(plane.columns() <= 1 << 20, "columns with classes");
      columnClasses = classes(fields, plane.columns());
    }
    if (has(ROTATION)) {
      rotation(fields);
    }
    Refused.unless(has(CHANNELS) || !has(BLOCKS), "blocks without channels");
    if (has(CHANNELS)) {
      channels(fields);
    }
    stateBits = fields.u8();
    Refused.unless(stateBits <= 8 && stateBits != 1, "state_bits");
    if (way == TRELLIS) {
      chunkSteps = (int) fields.uv(1, 65536, "chunk_steps");
      laws(fields);
    } else {
      chunkMacroblocks = (int) fields.uv(1, 65536, "chunk_macroblocks");
      rawLevelBits = (int) fields.uv(0, 15, "raw_level_bits");
      carrierQp = fields.u8();
      Refused.unless(carrierQp == 16 || carrierQp == 28, "carrier_qp");
    }
    deviation = fields.f21();
    error = fields.f21();
    long[] sizes = null;
    if (tiles > 1) {
      sizes = new long[(int) tiles];
      for (int i = 0; i < tiles; i++) {
        sizes[i] = fields.s7(4);
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(fields.from(from));
    Refused.unless(fields.s7(5) == crc.getValue(), "header_crc");
    Refused.unless(fields.atEnd(), "bytes behind header_crc");
    patterns = new long[Math.toIntExact(plane.count())];
    return sizes;
  }

  private void rotation(Fields fields) {
    Refused.unless(plane.rows() <= plane.tileHeight() && !has(CHANNELS), "rotation");
    Refused.unless(plane.count() % plane.viewColumns() == 0, "a rotation of a partial row");
    rotation = new int[(int) fields.uv(0, 256, "reflection_count")][];
    for (int i = 0; i < rotation.length; i++) {
      int k = fields.u8();
      Refused.unless(k <= 15, "rice_parameter of a reflection");
      rotation[i] = new int[(int) plane.rows()];
      boolean some = false;
      for (int y = 0; y < plane.rows(); y++) {
        long element = fields.signedRice(k);
        Refused.unless(Math.abs(element) <= 32767, "element of a reflection");
        rotation[i][y] = (int) element;
        some |= element != 0;
      }
      Refused.unless(some, "a reflection about nothing");
      fields.fillBits();
    }
  }

  private void channels(Fields fields) {
    channelRun = fields.uv(1, Long.MAX_VALUE, "channel_run");
    int channelCount = (int) fields.uv(1, 1 << 20, "channel_count");
    blockChannels = channelCount;
    channelBlock = Long.MAX_VALUE;
    if (has(BLOCKS)) {
      blockChannels = fields.uv(1, Long.MAX_VALUE, "block_channels");
      Refused.unless(channelCount % blockChannels == 0, "block_channels");
      channelBlock = fields.uv(1, Long.MAX_VALUE, "channel_block");
      long blocks = channelCount / blockChannels;
      Refused.unless(plane.count() == 0 || (plane.count() - 1) / channelBlock < blocks, "channel_block");
    }
    channelClasses = classes(fields, channelCount);
  }

  private void laws(Fields fields) {
    laws = new TextLaw[(int) fields.uv(1, 127, "law_classes")];
    int[] last = null;
    for (int i = 0; i < laws.length; i++) {
      int kind = fields.u8();
      Refused.unless(kind <= 2, "law_kind");
      if (kind == 2) {
        laws[i] = counted(fields);
        last = null;
        continue;
      }
      if (kind == 1) {
        int[] most = {2, 159, 24, 15, 15, 7};
        last = new int[6];
        for (int k = 0; k < 6; k++) {
          last[k] = fields.u8();
          Refused.unless(last[k] <= most[k] && (k != 2 || last[k] >= 4), "field " + k + " of a law");
        }
      } else {
        Refused.unless(last != null, "law_kind 0 behind no computed law");
        last[1] = Math.max(0, last[1] - 4);
      }
      laws[i] = TextLaw.computed(last[0], last[1], last[2], last[3], last[4], last[5]);
    }
  }

  private static TextLaw counted(Fields fields) {
    int alphabet = fields.u8();
    Refused.unless(alphabet <= 2, "alphabet");
    int[][] frequencies = new int[2][16];
    for (int q = 0; q < 2; q++) {
      int sum = 0;
      for (int t = 0; t < 15; t++) {
        frequencies[q][t] = (int) fields.uv(0, 4095, "token_count");
        sum += frequencies[q][t];
      }
      frequencies[q][15] = 4096 - sum;
    }
    return new TextLaw(alphabet, frequencies);
  }

  private int valueBytes() {
    return type == F32 ? 4 : type == F64 ? 8 : 2;
  }

  private static final class Side {
    int[] rowClasses;
    /** Which values are kept, by place. */
    boolean[] kept;
    long[] keptPatterns;
    float offset;
    float step;
    /** Places of dropped integers, and the integers. */
    int[][] dropped = {};
  }

  /**
   * Reads a tile.
   *
   * @param body what is behind its side information: chunks, or raw bits
   * @param integers what its picture carries; null where there is none
   */
  private void tile(int tile, Fields payload, Fields body, int[] integers, byte[] tensorSection) {
    int values = plane.places(tile).length;
    Side side = new Side();
    side.kept = new boolean[plane.tileWidth() * plane.tileHeight()];
    side.keptPatterns = new long[plane.tileWidth() * plane.tileHeight()];
    int checkedFrom = payload.place();
    CRC32C crc = new CRC32C();
    boolean first = true;
    boolean[] seen = new boolean[16];
    while (true) {
      final int start = payload.place();
      long tag = payload.uv();
      Fields section = payload.part(payload.uv());
      if (tag % 2 == 0) {
        first = false;
        continue;
      }
      Refused.unless(tag <= 9 && tag != 5 || tag == 11 && has(CARRIED), "section_tag");
      Refused.unless(!seen[(int) tag], "a section twice");
      seen[(int) tag] = true;
      if (tag == 1) {
        Refused.unless(first, "the tensor section is not the first");
        checkedFrom = payload.place();
        Refused.unless(Arrays.equals(payload.from(start), tensorSection), "another tensor section");
      } else if (tag == 7) {
        Refused.unless(has(ROWS_BY_SCALE), "row classes without their flag");
        side.rowClasses = classes(section, plane.height(tile));
      } else if (tag == 9) {
        Refused.unless(!has(ROTATION), "runs with a rotation");
        runs(tile, section, values, side);
      } else if (tag == 11) {
        side.dropped = dropped(section, integers.length);
        droppedIntegers += side.dropped.length;
      } else {
        tileSection(tile, section, values, side);
        crc.update(section.from(checkedFrom));
        for (int[] one : side.dropped) {
          integers[one[0]] = one[1];
        }
        for (int i = 0; integers != null && i < integers.length; i++) {
          crc.update(integers[i]);
          crc.update(integers[i] >> 8);
        }
        crc.update(body.rest());
        Refused.unless(section.little(4) == crc.getValue(), "tile_crc");
      }
      Refused.unless(tag == 1 || section.atEnd(), "bytes behind the last field of section " + tag);
      first = false;
      if (tag == 3) {
        break;
      }
    }
    Refused.unless(payload.atEnd(), "bytes behind the tile section");
    Refused.unless(side.rowClasses != null || !has(ROWS_BY_SCALE), "no row classes");
    values(tile, side, integers == null ? levels(tile, body, values, side) : levels(tile, body, integers, side));
  }

  /** Places of dropped integers, and the integers. */
  static int[][] dropped(Fields fields, int places) {
    int[][] dropped = new int[(int) fields.uv(0, places, "dropped_count")][2];
    long place = -1;
    for (int[] one : dropped) {
      place += 1 + fields.uv();
      Refused.unless(place < places, "the place of a dropped integer");
      one[0] = (int) place;
      long folded = fields.uv(0, 65_534, "dropped_level");
      one[1] = (int) (folded % 2 == 0 ? folded / 2 : -(folded + 1) / 2);
    }
    return dropped;
  }

  private void runs(int tile, Fields fields, int values, Side side) {
    long[] kinds = new long[(int) fields.uv(1, 16, "pattern_count")];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = fields.little(valueBytes());
      Refused.unless(!finite(kinds[i]), "a pattern of a finite value");
    }
    long runs = fields.uv(1, values, "run_count");
    int kg = fields.u8();
    int kl = fields.u8();
    Refused.unless(kg <= 24 && kl <= 24, "parameters of runs");
    int[] positions = plane.places(tile);
    long next = 0;
    for (int run = 0; run < runs; run++) {
      next += fields.rice(kg) + (kinds.length == 1 && run > 0 ? 1 : 0);
      long length = 1 + fields.rice(kl);
      int kind = (int) fields.bits(32 - Integer.numberOfLeadingZeros(kinds.length - 1));
      Refused.unless(kind < kinds.length, "pattern_index");
      Refused.unless(next + length <= values, "a run ends behind the values");
      for (long end = next + length; next < end; next++) {
        side.kept[positions[(int) next]] = true;
        side.keptPatterns[positions[(int) next]] = kinds[kind];
      }
    }
    fields.fillBits();
  }

  private boolean finite(long pattern) {
    return switch (type) {
      case F32 -> ((pattern >> 23) & 0xFF) != 0xFF;
      case F16 -> ((pattern >> 10) & 0x1F) != 0x1F;
      case BF16 -> ((pattern >> 7) & 0xFF) != 0xFF;
      default -> ((pattern >> 52) & 0x7FF) != 0x7FF;
    };
  }

  private void tileSection(int tile, Fields fields, int values, Side side) {
    Refused.unless(fields.uv() == tile, "tile_number");
    side.offset = fields.f32();
    side.step = fields.f32();
    long outliers = fields.uv(0, values, "outlier_count");
    if (outliers == 0) {
      return;
    }
    int parameters = fields.u8();
    int kg = parameters >> 3;
    int ke = parameters & 7;
    Refused.unless(kg <= 24, "rice_parameters");
    int outlierType = has(ROTATION) ? F32 : type;
    int mantissaBits = outlierType == F32 ? 23 : outlierType == F16 ? 10 : outlierType == BF16 ? 7 : 52;
    int exponentBits = outlierType == F16 ? 5 : outlierType == F64 ? 11 : 8;
    long least = outlierType == F64 ? fields.uv() : fields.u8();
    long position = -1;
    for (long i = 0; i < outliers; i++) {
      position += 1 + fields.rice(kg);
      long sign = fields.bits(1);
      long exponent = least + fields.rice(ke);
      Refused.unless(exponent < 1L << exponentBits, "exponent of an outlier");
      long mantissa = fields.bits(mantissaBits);
      Refused.unless(position < (long) plane.tileWidth() * plane.tileHeight(), "place of an outlier");
      int place = (int) position;
      Refused.unless(place % plane.tileWidth() < plane.width(tile, place / plane.tileWidth()), "an outlier in the padding");
      Refused.unless(!side.kept[place], "an outlier in a run");
      side.kept[place] = true;
      side.keptPatterns[place] = (((sign << exponentBits) + exponent) << mantissaBits) + mantissa;
    }
    fields.fillBits();
  }

  /** The number of lines before each one on the picture. */
  private static int[] ranks(int[] classes, int from, int count) {
    int[] ranks = new int[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        int difference = classes == null ? 0 : classes[from + j] - classes[from + i];
        ranks[i] += difference < 0 || difference == 0 && j < i ? 1 : 0;
      }
    }
    return ranks;
  }

  private int[] levels(int tile, Fields raw, int[] integers, Side side) {
    int[] places = plane.places(tile);
    int width = plane.tileWidth();
    int[] rows = ranks(side.rowClasses, 0, plane.height(tile));
    int firstColumn = (int) plane.firstColumn(tile);
    int[] columns = ranks(columnClasses, firstColumn, (int) Math.min(width, plane.columns() - firstColumn));
    int[] low = new int[integers.length];
    int[] lowBits = new int[integers.length];
    int[] at = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      at[i] = rows[places[i] / width] * width + columns[places[i] % width];
      int rowClass = side.rowClasses == null ? 0 : side.rowClasses[places[i] / width];
      int columnClass = columnClasses == null ? 0 : columnClasses[firstColumn + places[i] % width];
      lowBits[at[i]] = Math.max(0, rawLevelBits - (rowClass + columnClass) / 6);
      low[at[i]] = (int) raw.bits(lowBits[at[i]]);
    }
    raw.fillBits();
    Refused.unless(raw.atEnd(), "bytes behind the raw bits");
    int[] steps = TextCarrier.steps(integers, low, lowBits, width, stateBits, chunkMacroblocks);
    int[] levels = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      levels[i] = steps[at[i]];
    }
    return levels;
  }

  private int[] levels(int tile, Fields body, int values, Side side) {
    int[] levels = new int[values];
    if (side.step == 0) {
      Refused.unless(body.atEnd(), "a body with a step of 0");
      return levels;
    }
    TextLaw[] lawOf = new TextLaw[values];
    int[] positions = plane.places(tile);
    for (int i = 0; i < values; i++) {
      int row = has(ROWS_BY_SCALE) ? side.rowClasses[positions[i] / plane.tileWidth()] : 0;
      int column = has(COLUMNS_BY_SCALE)
          ? columnClasses[(int) plane.firstColumn(tile) + positions[i] % plane.tileWidth()] : 0;
      lawOf[i] = laws[Math.min((row + column) / 2, laws.length - 1)];
    }
    int perChunk = 16 * chunkSteps;
    long[] sizes = new long[Math.ceilDiv(values, perChunk)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = body.uv();
    }
    for (int i = 0; i < sizes.length; i++) {
      int first = i * perChunk;
      int count = Math.min(perChunk, values - first);
      TextChunk.decode(body.part(sizes[i]), stateBits, Arrays.copyOfRange(lawOf, first, first + count), levels, first, count);
    }
    Refused.unless(body.atEnd(), "bytes behind the chunks");
    return levels;
  }

  private void values(int tile, Side side, int[] levels) {
    int[] positions = plane.places(tile);
    float[] x = new float[levels.length];
    for (int i = 0; i < x.length; i++) {
      float product = side.step * levels[i];
      x[i] = side.offset + product;
      if (side.kept[positions[i]] && has(ROTATION)) {
        x[i] = Float.intBitsToFloat((int) side.keptPatterns[positions[i]]);
      }
    }
    for (int r = rotation.length - 1; r >= 0; r--) {
      reflect(tile, rotation[r], positions, x);
    }
    for (int i = 0; i < x.length; i++) {
      int y = positions[i] / plane.tileWidth();
      long number = plane.number(tile, y, positions[i] % plane.tileWidth());
      float value = x[i];
      if (has(CHANNELS)) {
        long c = number / channelBlock * blockChannels + number / channelRun % blockChannels;
        value = value / factor(channelClasses[(int) c]);
      }
      patterns[(int) number] =
          side.kept[positions[i]] && !has(ROTATION) ? side.keptPatterns[positions[i]] : pattern(value);
    }
  }

  private static float factor(int k) {
    return (float) (Float.intBitsToFloat(SIXTHS[k % 6]) / Math.scalb(1.0, k / 6));
  }

  private void reflect(int tile, int[] v, int[] positions, float[] x) {
    long sum = 0;
    for (int element : v) {
      sum += (long) element * element;
    }
    float f = (float) (2.0 / sum);
    int[] at = new int[plane.tileWidth() * plane.tileHeight()];
    Arrays.fill(at, -1);
    for (int i = 0; i < positions.length; i++) {
      at[positions[i]] = i;
    }
    for (int column = 0; column < plane.width(tile, 0); column++) {
      float d = 0;
      for (int y = 0; y < plane.rows(); y++) {
        float product = v[y] * x[at[y * plane.tileWidth() + column]];
        d = d + product;
      }
      d = d * f;
      for (int y = 0; y < plane.rows(); y++) {
        float product = v[y] * d;
        x[at[y * plane.tileWidth() + column]] -= product;
      }
    }
  }

  private long pattern(float value) {
    return switch (type) {
      case F32 -> Float.floatToRawIntBits(value) & 0xFFFF_FFFFL;
      case F64 -> Double.doubleToRawLongBits(value);
      case F16 -> Float.floatToFloat16(Math.clamp(value, -65504, 65504)) & 0xFFFFL;
      default -> {
        float greatest = Float.intBitsToFloat(0x7F7F0000);
        int bits = Float.floatToRawIntBits(Math.clamp(value, -greatest, greatest));
        yield ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) & 0xFFFF;
      }
    };
  }
}
