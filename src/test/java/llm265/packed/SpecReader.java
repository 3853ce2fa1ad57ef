package llm265.packed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import llm265.dtype.DType;

/** Reads packed streams of block types as SPEC.md tells it, symbol by symbol; shares no code with the decoder. */
final class SpecReader {
  private final ByteBuffer in;
  private int headAt;
  private int wordsAt;
  private int rawAt;
  private int lanes;
  private final long[] states = new long[64];

  private SpecReader(byte[] stream) {
    in = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] read(byte[] stream) {
    return new SpecReader(stream).read();
  }

  private byte[] read() {
    in.position(9);
    byte[] name = new byte[in.get()];
    in.get(name);
    DType type = DType.valueOf(new String(name, StandardCharsets.US_ASCII));
    long values = 1;
    for (int rank = in.get(); rank > 0; rank--) {
      values *= in.getLong();
    }
    in.position(in.position() + 6);
    int segment = in.getInt();
    int chunkSize = in.getInt();
    int size = (int) (values / type.blockValues() * type.blockBytes());
    int chunks = (size + chunkSize - 1) / chunkSize;
    byte[] out = new byte[size];
    int at = in.position();
    for (int chunk = 0; chunk < chunks; chunk++) {
      int length = Math.min(chunkSize, size - chunk * chunkSize);
      byte[] bytes = chunk(type, at, at + in.getInt(in.limit() - 4 - 4 * (chunks - chunk)), segment, length);
      System.arraycopy(bytes, 0, out, chunk * chunkSize, length);
      at += in.getInt(in.limit() - 4 - 4 * (chunks - chunk));
    }
    return out;
  }

  private byte[] chunk(DType type, int at, int end, int segment, int size) {
    byte[] out = new byte[size];
    int mode = in.get(at + 4);
    headAt = at + 5;
    if (mode == 0) {
      in.get(headAt, out);
      return out;
    }
    lanes = mode == 1 ? 16 : 64;
    int head = varint();
    int words = varint();
    wordsAt = headAt + head;
    for (int lane = 0; lane < lanes; lane++, wordsAt += 4) {
      states[lane] = in.getInt(wordsAt) & 0xFFFF_FFFFL;
    }
    rawAt = wordsAt + words;
    int rawEnd = end;
    List<SpecFields.Field> fields = SpecFields.of(type);
    List<int[]> planes = new ArrayList<>();
    int records = size / type.blockBytes();
    for (SpecFields.Field field : fields) {
      int[] plane = plane(field, records * field.codes(), cells(type, field, planes, records, segment));
      planes.add(plane);
      for (int i = 0; i < plane.length; i++) {
        int top = 1 << (field.bits() - 1);
        int code = field.isSigned() ? plane[i] ^ top
            : field.isSignMagnitude() ? plane[i] >= top ? plane[i] - top : 2 * top - 1 - plane[i] : plane[i];
        for (int k = 0; k < field.bits(); k++) {
          int bit = i / field.codes() * 8 * type.blockBytes() + field.bit().applyAsInt(i % field.codes(), k);
          out[bit / 8] |= (byte) (((code >> k) & 1) << bit % 8);
        }
      }
    }
    if (rawAt != rawEnd) {
      throw new IllegalStateException("raw bits are left");
    }
    return out;
  }

  private int varint() {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.get(headAt++) & 0xFF;
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
  }

  private static int[] cells(DType type, SpecFields.Field field, List<int[]> planes, int records, int segment) {
    if (field.cellsOf() >= 0) {
      return planes.get(field.cellsOf());
    }
    if (field.cellsOf() == SpecFields.NONE) {
      return null;
    }
    int each = field.codes() / field.block();
    int[] cells = new int[records * each];
    long[] logarithms = new long[cells.length];
    for (int i = 0; i < cells.length; i++) {
      int r = i / each;
      if (type == DType.MXFP4 || type == DType.NVFP4) {
        logarithms[i] = planes.get(0)[i] * (type == DType.MXFP4 ? 1024L : 128L);
        continue;
      }
      float step = half(planes, 0, r);
      float offset = 0;
      switch (type) {
        case Q4_1, Q5_1 -> offset = -half(planes, 2, r);
        case Q2_K, Q4_K, Q5_K -> {
          step *= planes.get(4)[i];
          offset = half(planes, 2, r) * planes.get(5)[i];
        }
        case Q3_K, IQ4_XS -> step *= planes.get(2)[i] - 32;
        case Q6_K -> step *= planes.get(2)[i] - 128;
        default -> { }
      }
      logarithms[i] = (Float.floatToIntBits(step) & 0x7FFF_FFFF) / 8192;
      if (planes.size() > 3) {
        float scaled = offset / step * Math.max(1, 32 >> field.bits());
        cells[i] = 16 * (Float.isNaN(scaled) ? 0 : (int) Math.max(0, Math.min(31, Math.floor(scaled))));
      }
    }
    for (int from = 0; from < cells.length; from += segment * each) {
      int end = Math.min(cells.length, from + segment * each);
      long mean = Arrays.stream(logarithms, from, end).sum() / (end - from);
      for (int i = from; i < end; i++) {
        cells[i] += (int) Math.max(0, Math.min(15, Math.floorDiv(logarithms[i] - mean, 128) + 8));
      }
    }
    return cells;
  }

  private static float half(List<int[]> planes, int field, int record) {
    return Float.float16ToFloat((short) (256 * planes.get(field)[record] + planes.get(field + 1)[record]));
  }

  private int[] plane(SpecFields.Field field, int count, int[] cells) {
    int mode = in.get(headAt++) & 0xFF;
    int classes = mode % 32 + 1;
    int holes = mode / 32 % 4;
    int blocks = (count + field.block() - 1) / field.block();
    int[] classOf = new int[blocks];
    if (mode >= 128) {
      int group = varint();
      int[] named = sequence(5, (blocks + group - 1) / group);
      Arrays.setAll(classOf, b -> named[b / group]);
    } else if (classes > 1) {
      int[] map = sequence(5, field.cellsOf() == SpecFields.STEPS ? 512 : 256);
      Arrays.setAll(classOf, b -> map[cells[b]]);
    }
    int[] symbols = new int[2];
    for (int i = 0; i < Math.min(2, holes); i++) {
      symbols[i] = in.get(headAt++) & 0xFF;
    }
    int[][] places = new int[holes == 3 ? 1 : holes][];
    for (int i = 0; i < places.length; i++) {
      places[i] = sequence(8, blocks);
    }
    int none = (holes == 3 ? 2 : 1) * field.block();
    int[] counts = new int[classes];
    for (int b = 0; b < blocks; b++) {
      int taken = 0;
      for (int[] place : places) {
        taken += place[b] == none ? 0 : 1;
      }
      counts[classOf[b]] += Math.min(field.block(), count - b * field.block()) - taken;
    }
    List<List<Integer>> rest = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      rest.add(new ArrayList<>());
      for (int symbol : sequence(field.bits(), counts[c])) {
        rest.get(c).add(symbol);
      }
    }
    int[] next = new int[classes];
    int[] plane = new int[count];
    for (int b = 0; b < blocks; b++) {
      int length = Math.min(field.block(), count - b * field.block());
      int c = classOf[b];
      List<Integer> block = new ArrayList<>();
      int taken = 0;
      for (int[] place : places) {
        taken += place[b] == none ? 0 : 1;
      }
      block.addAll(rest.get(c).subList(next[c], next[c] + length - taken));
      next[c] += length - taken;
      for (int i = places.length - 1; i >= 0; i--) {
        int place = places[i][b];
        if (place != none) {
          block.add(holes == 3 ? place / 2 : place, holes == 3 ? symbols[place % 2] : symbols[i]);
        }
      }
      for (int i = 0; i < length; i++) {
        plane[b * field.block() + i] = block.get(i);
      }
    }
    return plane;
  }

  private int[] sequence(int bits, int count) {
    int[] out = new int[count];
    if (count == 0) {
      return out;
    }
    int kind = in.get(headAt++);
    if (kind == 1) {
      Arrays.fill(out, in.get(headAt++) & 0xFF);
    } else if (kind == 0) {
      for (int bit = 0; bit < bits * count; bit++) {
        out[bit / bits] |= ((in.get(rawAt + bit / 8) >> bit % 8) & 1) << bit % bits;
      }
      rawAt += (bits * count + 7) / 8;
    } else {
      coded(kind == 2, frequencies(), out);
    }
    return out;
  }

  private int[] frequencies() {
    int[] frequencies = new int[256];
    long bit = 8L * headAt;
    int left = 4096;
    for (int s = 0; left > 0; ) {
      int code = bits(bit, 4);
      bit += 4;
      if (code >= 13) {
        int more = code == 13 ? 4 : 8;
        s += (code == 13 ? 2 : 18) + bits(bit, more);
        bit += more;
      } else if (code == 0) {
        s++;
      } else {
        frequencies[s] = (1 << (code - 1)) | bits(bit, code - 1);
        bit += code - 1;
        left -= frequencies[s++];
      }
    }
    headAt = (int) ((bit + 7) / 8);
    return frequencies;
  }

  private int bits(long at, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value |= ((in.get((int) ((at + i) / 8)) >> (at + i) % 8) & 1) << i;
    }
    return value;
  }

  private void coded(boolean isFew, int[] frequencies, int[] out) {
    int[] symbolOf = new int[4096];
    int[] placeOf = new int[4096];
    if (isFew) {
      few(frequencies, symbolOf, placeOf);
    } else {
      int slot = 0;
      for (int s = 0; s < 256; s++) {
        for (int place = 0; place < frequencies[s]; place++, slot++) {
          symbolOf[slot] = s;
          placeOf[slot] = place;
        }
      }
    }
    int padded = (out.length + lanes - 1) / lanes * lanes;
    for (int i = 0; i < padded; i++) {
      long state = states[i % lanes];
      int slot = (int) (state % 4096);
      if (i < out.length) {
        out[i] = symbolOf[slot];
      }
      state = frequencies[symbolOf[slot]] * (state / 4096) + placeOf[slot];
      if (state < 65536) {
        state = state * 65536 + (in.getShort(wordsAt) & 0xFFFF);
        wordsAt += 2;
      }
      states[i % lanes] = state;
    }
  }

  private static void few(int[] frequencies, int[] symbolOf, int[] placeOf) {
    int[] symbols = Arrays.copyOf(IntStream.range(0, 256).filter(s -> frequencies[s] > 0).toArray(), 32);
    int tokens = (int) Arrays.stream(frequencies).filter(f -> f > 0).count();
    int[] left = new int[32];
    for (int t = 0; t < tokens; t++) {
      left[t] = frequencies[symbols[t]];
    }
    int[] given = new int[32];
    boolean[] done = new boolean[32];
    for (int round = 0; round < 32; round++) {
      int u = lowest(left, done, true);
      int d = 128 - left[u];
      int g = d == 0 ? u : lowest(left, done, false);
      for (int i = 0; i < 128; i++) {
        int token = i < d ? g : u;
        symbolOf[128 * u + i] = symbols[token];
        placeOf[128 * u + i] = i < d ? given[g] + i : given[u] + i - d;
      }
      if (d > 0) {
        given[g] += d;
        left[g] -= d;
      }
      done[u] = true;
    }
  }

  private static int lowest(int[] left, boolean[] done, boolean isLess) {
    int any = -1;
    for (int t = 31; t >= 0; t--) {
      any = done[t] ? any : t;
    }
    for (int t = 0; t < 32; t++) {
      if (!done[t] && (isLess ? left[t] < 128 : left[t] > 128)) {
        return t;
      }
    }
    return any;
  }
}
