package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import llm265.data.DataDecoder;
import llm265.data.DataEncoder;
import llm265.dtype.DType;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged data files: every flipped bit is found, and nothing but the two documented exceptions is thrown. */
class DamagedDataFileTest {
  private static final int HEADER = 14;
  private static final int TRAILER = 17;

  private record Sample(byte[] values, byte[] file) {
    static Sample of(DType type, byte[] values) {
      DataEncoder encoder = type == null ? DataEncoder.ofBytes() : DataEncoder.of(type);
      return new Sample(values, encoder.encode(MemorySegment.ofArray(values)));
    }
  }

  /** Files whose blocks have fields of all kinds, exceptions, differences, and both numbers of lanes. */
  private static List<Sample> samples(int count) {
    Random random = new Random(9);
    ByteBuffer bf16 = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer f32 = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer i64 = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer f64 = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    byte[] noise = new byte[count];
    byte[] few = new byte[count];
    random.nextBytes(noise);
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian());
      bf16.putShort((short) (i == 33 ? 0x7F12 : bits >>> 16));
      f32.putInt(i == 44 ? 0x1234567 : bits & 0xFFFF0000);
      i64.putLong(1000L * i + random.nextInt(30));
      f64.putDouble(random.nextGaussian());
      few[i] = (byte) (random.nextInt(9) * random.nextInt(3));
    }
    return List.of(
        Sample.of(DType.BF16, bf16.array()), Sample.of(DType.F32, f32.array()), Sample.of(DType.I64, i64.array()),
        Sample.of(DType.F64, f64.array()), Sample.of(DType.U8, few), Sample.of(null, noise),
        Sample.of(null, new byte[0]));
  }

  /** The values, or null where the file is refused. */
  private static byte[] decoded(byte[] file, boolean asStream) {
    try {
      if (!asStream) {
        return DataDecoder.create().decode(MemorySegment.ofArray(file), 1 << 22);
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      DataDecoder.create().decode(new ByteArrayInputStream(file), out);
      return out.toByteArray();
    } catch (MalformedStreamException | UnsupportedStreamException e) {
      assertThat(e.clause()).startsWith("SPEC.md, ");
      return null;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyFlippedBitIsFound() {
    flipEveryBit(100);
  }

  @Test
  @Tag("long")
  void everyFlippedBitOfLongerFilesIsFound() {
    flipEveryBit(250);
  }

  private static void flipEveryBit(int count) {
    for (Sample sample : samples(count)) {
      for (int bit = 0; bit < 8 * sample.file.length; bit++) {
        byte[] damaged = sample.file.clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThat(decoded(damaged, bit % 2 == 0)).as("bit %s", bit).isNull();
      }
    }
  }

  @Test
  void everyCutIsFound() {
    for (Sample sample : samples(500)) {
      for (int length = 0; length < sample.file.length; length++) {
        assertThat(decoded(Arrays.copyOf(sample.file, length), true)).isNull();
        assertThat(decoded(Arrays.copyOf(sample.file, length), false)).isNull();
      }
      assertThat(decoded(Arrays.copyOf(sample.file, sample.file.length + 1), true)).isNull();
      assertThat(decoded(Arrays.copyOf(sample.file, sample.file.length + 1), false)).isNull();
    }
  }

  @Test
  @Timeout(120)
  void mutations() {
    mutate(4_000, 1);
  }

  @Test
  @Tag("long")
  @Timeout(1200)
  void manyMutations() {
    mutate(100_000, 2);
  }

  /** Blocks that are changed, and whose checksums are made right: then the decoder itself must find what is wrong, or decode. */
  private static void mutate(int count, long seed) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>(samples(700));
    samples.addAll(samples(70_000));
    for (int i = 0; i < count; i++) {
      // One in ten is large.
      Sample sample = samples.get(random.nextInt(samples.size() / 2) + (i % 10 == 0 ? samples.size() / 2 : 0));
      byte[] body = Arrays.copyOfRange(sample.file, HEADER, sample.file.length - TRAILER);
      if (body.length == 0) {
        continue;
      }
      int size = uvLength(body, 0);
      int length = uvLength(body, size);
      int begin = size + length + 4;
      int changes = 1 + random.nextInt(4);
      for (int k = 0; k < changes; k++) {
        int area = random.nextBoolean() ? Math.min(body.length, begin + 60) : body.length;
        int at = begin + random.nextInt(Math.max(1, area - begin));
        body[Math.min(at, body.length - 1)] = (byte) (random.nextBoolean() ? random.nextInt(256) : 1 << random.nextInt(8));
      }
      byte[] values = sealed(sample, body, begin);
      assertThat(values == null || values.length == sample.values.length).isTrue();
    }
  }

  private static int uvLength(byte[] bytes, int at) {
    int length = 1;
    while (bytes[at + length - 1] < 0) {
      length++;
    }
    return length;
  }

  /** What blocks decode to whose first has been given the checksum that it needs; null if they are refused. */
  private static byte[] sealed(Sample sample, byte[] blocks, int bodyAt) {
    int end = bodyAt + uv(blocks, uvLength(blocks, 0));
    CRC32C crc = new CRC32C();
    crc.update(blocks, 0, bodyAt - 4);
    crc.update(blocks, bodyAt, end - bodyAt);
    for (int k = 0; k < 4; k++) {
      blocks[bodyAt - 4 + k] = (byte) (crc.getValue() >>> (8 * k));
    }
    byte[] values = new byte[sample.values.length];
    try {
      DataDecoder.create().decodeBlocks(MemorySegment.ofArray(blocks), MemorySegment.ofArray(values));
      return values;
    } catch (MalformedStreamException e) {
      assertThat(e.clause()).startsWith("SPEC.md, ");
      return null;
    }
  }

  private static int uv(byte[] bytes, int at) {
    int value = 0;
    for (int k = 0; k < uvLength(bytes, at); k++) {
      value |= (bytes[at + k] & 127) << (7 * k);
    }
    return value;
  }

  /** A trailer that promises more than there is room for is refused before anything is allocated. */
  @Test
  void sizesAreCheckedBeforeRoomIsMade() {
    byte[] file = DataEncoder.ofBytes().encode(MemorySegment.ofArray(new byte[1 << 20]));
    assertThat(file.length).isLessThan(500);
    try {
      DataDecoder.create().decode(MemorySegment.ofArray(file), (1 << 20) - 1);
      throw new AssertionError("more than the caller has room for");
    } catch (UnsupportedStreamException e) {
      assertThat(e.syntaxElement()).isEqualTo("total size");
    }
    assertThat(DataDecoder.create().decode(MemorySegment.ofArray(file), 1 << 20)).isEqualTo(new byte[1 << 20]);
  }
}
