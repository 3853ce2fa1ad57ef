package llm265.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Damages trellis streams, the same way for the same seed. In half of them it repairs the checksums, so that damage goes deeper.
 */
final class TrellisMutator {
  private static final int MAGIC_BYTES = 8;
  private static final int TENSOR_TAG = 1;
  private static final int TILE_TAG = 3;

  private final List<byte[]> corpus;

  TrellisMutator(List<byte[]> corpus) {
    this.corpus = corpus;
  }

  /** A stream of the corpus after one to three kinds of damage. */
  byte[] mutant(long seed) {
    Random random = new Random(seed);
    byte[] stream = corpus.get(random.nextInt(corpus.size())).clone();
    int rounds = 1 + random.nextInt(3);
    for (int i = 0; i < rounds; i++) {
      stream = damage(stream, random);
    }
    return random.nextBoolean() ? repaired(stream) : stream;
  }

  private byte[] damage(byte[] stream, Random random) {
    if (stream.length < 40) {
      return stream;
    }
    int header = headerEnd(stream);
    return switch (random.nextInt(9)) {
      case 0 -> flipBits(stream, 0, stream.length, random);
      case 1 -> Arrays.copyOf(stream, random.nextInt(stream.length));
      case 2 -> splice(stream, corpus.get(random.nextInt(corpus.size())), random);
      case 3 -> fill(stream, random.nextInt(stream.length), random);
      case 4 -> changeLength(stream, random);
      case 5, 6 -> setByte(stream, MAGIC_BYTES, header, random);
      case 7 -> flipBits(stream, header, Math.min(stream.length, header + 60), random);
      default -> setByte(stream, header, stream.length, random);
    };
  }

  private static byte[] flipBits(byte[] stream, int from, int to, Random random) {
    for (int i = random.nextInt(3); i >= 0 && from < to; i--) {
      stream[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
    }
    return stream;
  }

  private static byte[] setByte(byte[] stream, int from, int to, Random random) {
    if (from < to) {
      int[] odd = {0, 1, 0x7F, 0x80, 0xFF, random.nextInt(256)};
      stream[from + random.nextInt(to - from)] = (byte) odd[random.nextInt(odd.length)];
    }
    return stream;
  }

  private static byte[] fill(byte[] stream, int from, Random random) {
    Arrays.fill(stream, from, Math.min(stream.length, from + 1 + random.nextInt(30)), (byte) (random.nextBoolean() ? 0 : 0xFF));
    return stream;
  }

  private static byte[] splice(byte[] head, byte[] tail, Random random) {
    int cut = random.nextInt(head.length);
    int from = random.nextBoolean() ? Math.min(cut, tail.length) : random.nextInt(tail.length);
    byte[] out = Arrays.copyOf(head, cut + tail.length - from);
    System.arraycopy(tail, from, out, cut, tail.length - from);
    return out;
  }

  private static byte[] changeLength(byte[] stream, Random random) {
    int at = random.nextInt(stream.length);
    int count = 1 + random.nextInt(8);
    boolean insert = random.nextBoolean();
    int resume = insert ? at : Math.min(stream.length, at + count);
    byte[] out = new byte[at + (insert ? count : 0) + stream.length - resume];
    random.nextBytes(out);
    System.arraycopy(stream, 0, out, 0, at);
    System.arraycopy(stream, resume, out, out.length - (stream.length - resume), stream.length - resume);
    return out;
  }

  /** Where the tensor section ends. */
  static int headerEnd(byte[] stream) {
    long[] section = section(stream, MAGIC_BYTES + 4);
    return section == null ? Math.min(stream.length, 60) : (int) section[2];
  }

  /** Tag, place of the content, and its end of the section at a place; null where none is. */
  private static long[] section(byte[] stream, int at) {
    long[] numbers = new long[2];
    int next = at;
    for (int n = 0; n < 2; n++) {
      int shift = 0;
      do {
        if (next >= stream.length || shift > 28) {
          return null;
        }
        numbers[n] |= (stream[next] & 0x7FL) << shift;
        shift += 7;
      } while (stream[next++] < 0);
    }
    return numbers[1] > stream.length - next ? null : new long[] {numbers[0], next, next + numbers[1]};
  }

  /** The stream with the checksums of what is there; as it is where no sections are, or where its other tiles begin. */
  static byte[] repaired(byte[] stream) {
    byte[] out = stream.clone();
    int at = MAGIC_BYTES + 4;
    long[] section = section(out, at);
    if (section != null && section[0] == TENSOR_TAG && section[2] - section[1] >= 5) {
      long crc = crc(out, (int) section[1], (int) section[2] - 5, 0, 0);
      for (int i = 0; i < 5; i++) {
        out[(int) section[2] - 5 + i] = (byte) ((crc >> (7 * i)) | 0x80);
      }
      at = (int) section[2];
    }
    int first = at;
    for (section = section(out, at); section != null; section = section(out, (int) section[2])) {
      if (section[0] == TILE_TAG && section[2] - section[1] >= 4) {
        int place = (int) section[2] - 4;
        long crc = crc(out, first, place, place + 4, out.length);
        for (int i = 0; i < 4; i++) {
          out[place + i] = (byte) (crc >> (8 * i));
        }
        int payload = place + 4 - MAGIC_BYTES - 4;
        for (int i = 0; i < 4; i++) {
          out[MAGIC_BYTES + i] = (byte) (payload >> (8 * i));
        }
        return out;
      }
    }
    return out;
  }

  private static long crc(byte[] bytes, int from, int to, int thenFrom, int thenTo) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    crc.update(bytes, thenFrom, thenTo - thenFrom);
    return crc.getValue();
  }
}
