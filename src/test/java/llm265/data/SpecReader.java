package llm265.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** A slow reader of data files, written from SPEC.md alone, "Data files", in its order; it shares nothing with the decoder. */
final class SpecReader {
  private final byte[] bytes;
  private int at;
  private int bitAt;

  private SpecReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes of all blocks' values. */
  static byte[] read(byte[] file) {
    return new SpecReader(file).file();
  }

  private static void must(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException(what);
    }
  }

  private long number(int count) {
    must(at + count <= bytes.length, "the file ends early");
    long value = 0;
    for (int i = 0; i < count; i++) {
      value += (bytes[at++] & 0xFFL) << (8 * i);
    }
    return value;
  }

  private int uv() {
    int value = 0;
    for (int i = 0;; i++) {
      int next = (int) number(1);
      value += (next & 127) << (7 * i);
      if (next < 128) {
        must(next > 0 || i == 0, "uv is as short as can be");
        return value;
      }
    }
  }

  private static long crc(byte[] some, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(some, from, to - from);
    return crc.getValue();
  }

  private byte[] file() {
    int[] magic = {0xF5, 0x6C, 0x6C, 0x6D, 0x32, 0x36, 0x35, 0x64};
    for (int expected : magic) {
      must(number(1) == expected, "magic");
    }
    must(number(1) == 1, "version");
    must(List.of(0L, 1L, 2L, 4L, 8L).contains(number(1)), "width");
    must(number(4) == crc(bytes, 0, 10), "header checksum");
    byte[] all = new byte[0];
    while (bytes[at] != 0) {
      byte[] block = block();
      all = Arrays.copyOf(all, all.length + block.length);
      System.arraycopy(block, 0, all, all.length - block.length, block.length);
    }
    int trailer = at++;
    must(number(8) == all.length, "total_size");
    must(number(4) == crc(all, 0, all.length), "values_checksum");
    must(number(4) == crc(bytes, trailer, trailer + 13), "trailer checksum");
    must(at == bytes.length, "nothing may follow the trailer");
    return all;
  }

  private byte[] block() {
    int begin = at;
    int size = uv();
    must(size >= 1 && size <= 262_144, "size");
    int length = uv();
    must(length <= size + 1, "length");
    byte[] checked = Arrays.copyOfRange(bytes, begin, at + length);
    int sizes = at - begin;
    long checksum = number(4);
    System.arraycopy(bytes, at, checked, sizes, length);
    must(crc(checked, 0, checked.length) == checksum, "block checksum");
    byte[] body = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return new Body(body, size).values();
  }

  private record Part(int kind, int bits, int shift) {}

  /** A block's body; it reads with a reader of its own. */
  private static final class Body {
    private final SpecReader in;
    private final int size;
    private int width;
    private int count;
    private int lanes;
    private long[] words;
    /** Bytes of the planes of raw bits, as far as they are known; the rest is in states. */
    private byte[] raw;
    private int rawLeft;

    Body(byte[] body, int size) {
      in = new SpecReader(body);
      this.size = size;
    }

    byte[] values() {
      int mode = (int) in.number(1);
      if (mode == 0x80) {
        must(in.bytes.length == size + 1, "stored");
        return Arrays.copyOfRange(in.bytes, 1, size + 1);
      }
      must(mode < 0x80, "bit 7");
      width = 1 << (mode & 3);
      int transform = mode / 4 % 4;
      must(transform < 3 && size % width == 0, "transform, size");
      count = size / width;
      lanes = (mode & 32) != 0 ? 64 : 16;
      int distance = (mode & 16) != 0 ? (int) in.number(1) : 0;
      must((mode & 16) == 0 || distance > 0, "distance");
      List<Part> parts = parts();
      words = new long[count];
      for (Part part : parts) {
        if (part.kind == 1) {
          long constant = in.number((part.bits + 7) / 8);
          must(part.bits == 64 || constant >>> part.bits == 0, "constant");
          for (int i = 0; i < count; i++) {
            words[i] |= constant << part.shift;
          }
        } else if (part.kind > 1) {
          symbols(part);
        }
      }
      byte[][] exceptions = new byte[count][];
      if ((mode & 64) != 0) {
        exceptions(exceptions);
      }
      must(in.bytes.length - in.at == rawLeft, "raw_bits");
      System.arraycopy(in.bytes, in.at, raw, 0, rawLeft);
      planes(parts);
      return delta(transform, exceptions, distance);
    }

    private List<Part> parts() {
      List<Part> parts = new ArrayList<>();
      int rawBits = 0;
      int top = 8 * width;
      while (top > 0) {
        int code = (int) in.number(1);
        int bits = code % 64 + 1;
        int kind = code / 64;
        top -= bits;
        must(top >= 0 && (kind < 2 || bits <= 8 && (top >= 32 || top + bits <= 32)), "field");
        parts.add(new Part(kind, bits, top));
        rawBits += kind == 0 ? bits : 0;
      }
      raw = new byte[2 * rawBits * ((count + 15) / 16)];
      rawLeft = raw.length;
      return parts;
    }

    private void exceptions(byte[][] exceptions) {
      int number = in.uv();
      must(number <= count, "exception_count");
      int place = -1;
      for (int i = 0; i < number; i++) {
        place += 1 + in.uv();
        must(place < count, "gap");
        exceptions[place] = new byte[width];
        for (int k = 0; k < width; k++) {
          exceptions[place][k] = (byte) in.number(1);
        }
      }
    }

    private int bits(int n) {
      int value = 0;
      for (int i = 0; i < n; i++) {
        must(in.at < in.bytes.length, "the block ends early");
        value += ((in.bytes[in.at] >> in.bitAt) & 1) << i;
        in.bitAt = (in.bitAt + 1) % 8;
        in.at += in.bitAt == 0 ? 1 : 0;
      }
      return value;
    }

    private int[] frequencies(int symbolBits, int most) {
      int[] frequencies = new int[1 << symbolBits];
      int sum = 0;
      int symbol = 0;
      int used = 0;
      while (sum < 4096) {
        int code = bits(4);
        must(code < 15, "code");
        if (code == 13) {
          symbol += 2 + bits(4);
        } else if (code == 14) {
          symbol += 18 + bits(8);
        } else {
          must(symbol < frequencies.length, "symbol");
          frequencies[symbol] = code == 0 ? 0 : (1 << (code - 1)) + bits(code - 1);
          sum += frequencies[symbol];
          used += frequencies[symbol] > 0 ? 1 : 0;
          symbol++;
        }
      }
      must(sum == 4096 && used >= 2 && used <= most, "frequencies");
      while (in.bitAt > 0) {
        must(bits(1) == 0, "bits 0 up to a whole byte");
      }
      return frequencies;
    }

    /** Symbols and places by slot. */
    private static int[][] slots(int[] frequencies, boolean isFew) {
      int[] symbols = new int[4096];
      int[] places = new int[4096];
      if (!isFew) {
        int slot = 0;
        for (int s = 0; s < frequencies.length; s++) {
          for (int place = 0; place < frequencies[s]; place++) {
            symbols[slot] = s;
            places[slot++] = place;
          }
        }
        return new int[][] {symbols, places};
      }
      int[] token = new int[32];
      int[] left = new int[32];
      int[] given = new int[32];
      int tokens = 0;
      for (int s = 0; s < frequencies.length; s++) {
        if (frequencies[s] > 0) {
          token[tokens] = s;
          left[tokens++] = frequencies[s];
        }
      }
      List<Integer> open = new ArrayList<>();
      for (int t = 0; t < 32; t++) {
        open.add(t);
      }
      for (int i = 0; i < 32; i++) {
        int u = open.stream().filter(t -> left[t] < 128).findFirst().orElse(open.getFirst());
        int d = 128 - left[u];
        if (d != 0) {
          int g = open.stream().filter(t -> left[t] > 128).findFirst().orElseThrow();
          for (int k = 0; k < d; k++) {
            symbols[128 * u + k] = token[g];
            places[128 * u + k] = given[g] + k;
          }
          given[g] += d;
          left[g] -= d;
        }
        for (int k = Math.max(0, d); k < 128; k++) {
          symbols[128 * u + k] = token[u];
          places[128 * u + k] = given[u] + k - d;
        }
        open.remove((Integer) u);
      }
      return new int[][] {symbols, places};
    }

    private void symbols(Part part) {
      int[] frequencies = frequencies(part.bits, part.kind == 2 ? 32 : 256);
      int[][] slots = slots(frequencies, part.kind == 2);
      int length = in.uv();
      long[] states = new long[lanes];
      for (int lane = 0; lane < lanes; lane++) {
        states[lane] = in.number(4);
      }
      int end = in.at + length;
      int padded = (count + lanes - 1) / lanes * lanes;
      for (int i = 0; i < padded; i++) {
        int lane = i % lanes;
        int slot = (int) (states[lane] % 4096);
        int symbol = slots[0][slot];
        states[lane] = (frequencies[symbol] * (states[lane] / 4096) + slots[1][slot]) % (1L << 32);
        if (states[lane] < 1 << 16) {
          states[lane] = states[lane] * 65536 + in.number(2);
        }
        if (i < count) {
          words[i] |= (long) symbol << part.shift;
        }
      }
      must(in.at == end, "exactly as many words as are taken");
      boolean hasRaw = rawLeft >= 2 * lanes;
      for (int lane = 0; lane < lanes; lane++) {
        must(hasRaw ? states[lane] / 65536 == 1 : states[lane] == 65536, "states in the end");
        if (hasRaw) {
          raw[rawLeft - 2 * lanes + 2 * lane] = (byte) states[lane];
          raw[rawLeft - 2 * lanes + 2 * lane + 1] = (byte) (states[lane] / 256);
        }
      }
      rawLeft -= hasRaw ? 2 * lanes : 0;
    }

    private void planes(List<Part> parts) {
      int plane = 0;
      for (Part part : parts) {
        int top = part.kind == 0 ? part.shift + part.bits : part.shift;
        while (top > part.shift) {
          int lowest = top > 32 ? Math.max(32, part.shift) : part.shift;
          int p = 16;
          while (p > top - lowest) {
            p /= 2;
          }
          top -= p;
          for (int i = 0; i < count; i++) {
            for (int k = 0; k < p; k++) {
              int j = p * i + k;
              words[i] |= (long) ((raw[plane + j / 8] >> (j % 8)) & 1) << (top + k);
            }
          }
          plane += 2 * p * ((count + 15) / 16);
        }
      }
    }

    private byte[] delta(int transform, byte[][] exceptions, int distance) {
      int b = 8 * width;
      long mask = b == 64 ? -1 : (1L << b) - 1;
      long[] values = new long[count];
      byte[] out = new byte[size];
      for (int i = 0; i < count; i++) {
        long low = words[i] & 1;
        long value = transform == 0 ? words[i] : (words[i] >>> 1) | (low << (b - 1));
        if (transform == 2 && low == 1) {
          value ^= mask >>> 1;
        }
        if (exceptions[i] != null) {
          value = new SpecReader(exceptions[i]).number(width);
        }
        if (distance > 0 && i >= distance) {
          value += values[i - distance];
        }
        values[i] = value & mask;
        for (int k = 0; k < width; k++) {
          out[i * width + k] = (byte) (values[i] >>> (8 * k));
        }
      }
      return out;
    }
  }
}
