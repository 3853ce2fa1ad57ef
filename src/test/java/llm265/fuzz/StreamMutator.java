package llm265.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;

/** Damages Annex B streams, the same way for the same seed. */
final class StreamMutator {
  private static final int HEADER_BYTES = 12;

  private final List<byte[]> corpus;

  StreamMutator(List<byte[]> corpus) {
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
    return stream;
  }

  private byte[] damage(byte[] stream, Random random) {
    if (stream.length < 8) {
      return stream;
    }
    return switch (random.nextInt(9)) {
      case 0 -> flipBits(stream, 0, stream.length, random);
      case 1 -> Arrays.copyOf(stream, random.nextInt(stream.length));
      case 2 -> splice(stream, corpus.get(random.nextInt(corpus.size())), random);
      case 3 -> overwrite(stream, random);
      case 4 -> changeLength(stream, random);
      case 5 -> damageAHeader(stream, random);
      case 6 -> rearrange(stream, random);
      case 7 -> foreignParameterSets(stream, random);
      default -> changeNalUnitHeader(stream, random);
    };
  }

  private static byte[] flipBits(byte[] stream, int from, int to, Random random) {
    int flips = 1 << random.nextInt(5);
    for (int i = 0; i < flips; i++) {
      stream[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
    }
    return stream;
  }

  private static byte[] splice(byte[] head, byte[] tail, Random random) {
    int cut = random.nextInt(head.length);
    int from = random.nextInt(tail.length);
    byte[] out = Arrays.copyOf(head, cut + tail.length - from);
    System.arraycopy(tail, from, out, cut, tail.length - from);
    return out;
  }

  private static byte[] overwrite(byte[] stream, Random random) {
    int from = random.nextInt(stream.length);
    int to = Math.min(stream.length, from + 1 + random.nextInt(40));
    switch (random.nextInt(3)) {
      case 0 -> Arrays.fill(stream, from, to, (byte) 0);
      case 1 -> Arrays.fill(stream, from, to, (byte) 0xFF);
      default -> {
        for (int i = from; i < to; i++) {
          stream[i] = (byte) random.nextInt();
        }
      }
    }
    return stream;
  }

  /** Bytes put in or taken out, so that every length that was said is wrong. */
  private static byte[] changeLength(byte[] stream, Random random) {
    int at = random.nextInt(stream.length);
    int count = 1 + random.nextInt(24);
    boolean insert = random.nextBoolean();
    int resume = insert ? at : Math.min(stream.length, at + count);
    byte[] out = new byte[at + (insert ? count : 0) + stream.length - resume];
    random.nextBytes(out);
    System.arraycopy(stream, 0, out, 0, at);
    System.arraycopy(stream, resume, out, out.length - (stream.length - resume), stream.length - resume);
    return out;
  }

  private static byte[] damageAHeader(byte[] stream, Random random) {
    List<NalUnit> units = nalUnits(stream);
    if (units.isEmpty()) {
      return stream;
    }
    NalUnit unit = units.get(random.nextInt(units.size()));
    int from = (int) unit.offset();
    return flipBits(stream, from, from + Math.min(unit.length(), HEADER_BYTES), random);
  }

  private static byte[] changeNalUnitHeader(byte[] stream, Random random) {
    List<NalUnit> units = nalUnits(stream);
    if (!units.isEmpty()) {
      stream[(int) units.get(random.nextInt(units.size())).offset()] = (byte) random.nextInt(random.nextBoolean() ? 128 : 256);
    }
    return stream;
  }

  /** NAL units lost, sent twice or in another order. */
  private static byte[] rearrange(byte[] stream, Random random) {
    List<byte[]> units = bytesOfNalUnits(stream);
    if (units.isEmpty()) {
      return stream;
    }
    int one = random.nextInt(units.size());
    int other = random.nextInt(units.size());
    switch (random.nextInt(3)) {
      case 0 -> units.remove(one);
      case 1 -> units.add(other, units.get(one));
      default -> Collections.swap(units, one, other);
    }
    return join(units);
  }

  /** Parameter sets of another stream somewhere between the NAL units. */
  private byte[] foreignParameterSets(byte[] stream, Random random) {
    List<byte[]> units = bytesOfNalUnits(stream);
    for (byte[] unit : bytesOfNalUnits(corpus.get(random.nextInt(corpus.size())))) {
      int type = unit[0] & 0x1F;
      if ((type == NalUnit.SPS || type == NalUnit.PPS) && random.nextInt(3) > 0) {
        units.add(random.nextInt(units.size() + 1), unit);
      }
    }
    return join(units);
  }

  static List<NalUnit> nalUnits(byte[] stream) {
    List<NalUnit> units = new ArrayList<>();
    new ByteStream(stream).forEach(units::add);
    return units;
  }

  private static List<byte[]> bytesOfNalUnits(byte[] stream) {
    List<byte[]> units = new ArrayList<>();
    for (NalUnit unit : nalUnits(stream)) {
      units.add(Arrays.copyOfRange(stream, (int) unit.offset(), (int) unit.offset() + unit.length()));
    }
    return units;
  }

  private static byte[] join(List<byte[]> units) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] unit : units) {
      out.writeBytes(new byte[] {0, 0, 1});
      out.writeBytes(unit);
    }
    return out.toByteArray();
  }
}
