package llm265.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.h264.MalformedStreamException;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataRoundTripTest {
  private static final byte[] PARTS = SampleData.of(SampleData.Kind.MIXTURE, 700_000, 8);
  private static final byte[] PART_BLOCKS = DataEncoder.of(DType.F32).encodeBlocks(MemorySegment.ofArray(PARTS));

  private static byte[] decodedBlocks(byte[] blocks, int size) {
    byte[] decoded = new byte[size];
    DataDecoder.create().decodeBlocks(MemorySegment.ofArray(blocks), MemorySegment.ofArray(decoded));
    return decoded;
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void whatIsDecodedIsWhatWasEncoded(
      @ForAll SampleData.Kind kind, @ForAll @IntRange(min = 0, max = 22) int type, @ForAll @IntRange(max = 20_000) int size,
      @ForAll long seed) {
    byte[] values = SampleData.of(kind, size, seed);
    byte[] blocks = SampleData.encoder(SampleData.type(type)).encodeBlocks(MemorySegment.ofArray(values));
    assertThat(decodedBlocks(blocks, values.length)).isEqualTo(values);
    assertThat(blocks.length).isLessThanOrEqualTo(values.length + 2 * 11);
    byte[] file = SampleData.encoder(SampleData.type(type)).encode(MemorySegment.ofArray(values));
    assertThat(SpecReader.read(file)).isEqualTo(values);
  }

  @ParameterizedTest
  @EnumSource
  void largeDataOfAllKinds(SampleData.Kind kind) throws IOException {
    byte[] values = SampleData.of(kind, 700_001, 5);
    for (DType type : new DType[] {null, DType.I8, DType.BF16, DType.F16, DType.F32, DType.F64, DType.I32, DType.U64}) {
      byte[] file = SampleData.encoder(type).encode(MemorySegment.ofArray(values));
      ByteArrayOutputStream decoded = new ByteArrayOutputStream();
      assertThat(DataDecoder.create().decode(new ByteArrayInputStream(file), decoded)).isEqualTo(values.length);
      assertThat(decoded.toByteArray()).isEqualTo(values);
      assertThat(DataDecoder.create().decode(MemorySegment.ofArray(file), values.length)).isEqualTo(values);
      assertThat(SpecReader.read(file)).isEqualTo(values);
    }
  }

  @Test
  void bytesDoNotDependOnThreadsOrOnTheWayIn() throws IOException {
    byte[] values = SampleData.of(SampleData.Kind.WEIGHTS_BF16, 3_000_001, 1);
    byte[] file = DataEncoder.of(DType.BF16).encode(MemorySegment.ofArray(values));
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      DataEncoder.of(DType.BF16).withThreads(executor, 3).encode(new ByteArrayInputStream(values), out);
      assertThat(out.toByteArray()).isEqualTo(file);
      ByteArrayOutputStream decoded = new ByteArrayOutputStream();
      DataDecoder.create().withThreads(executor, 3).decode(new ByteArrayInputStream(file), decoded);
      assertThat(decoded.toByteArray()).isEqualTo(values);
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void anyPartIsDecodedByItself(@ForAll @IntRange(max = 700_000) int from, @ForAll @IntRange(max = 700_000) int to) {
    int first = Math.min(from, to);
    byte[] part = new byte[Math.abs(to - from)];
    DataDecoder.create().decodeBlocks(MemorySegment.ofArray(PART_BLOCKS), first, MemorySegment.ofArray(part));
    assertThat(Arrays.equals(part, 0, part.length, PARTS, first, first + part.length)).isTrue();
  }

  @Test
  void partsBeyondTheEndAreMalformed() {
    assertThatThrownBy(() -> DataDecoder.create().decodeBlocks(
        MemorySegment.ofArray(PART_BLOCKS), PARTS.length - 3, MemorySegment.ofArray(new byte[4])))
        .isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void numbersTakeTheirEntropy() {
    int count = 1 << 18;
    assertThat(bits(SampleData.Kind.WEIGHTS_BF16, DType.BF16, 2 * count, count)).isLessThan(10.6);
    assertThat(bits(SampleData.Kind.WEIGHTS_F16, DType.F16, 2 * count, count)).isLessThan(13.6);
    assertThat(bits(SampleData.Kind.BF16_IN_F32, DType.F32, 4 * count, count)).isLessThan(10.65);
    assertThat(bits(SampleData.Kind.INT8, DType.I8, count, count)).isLessThan(7.0);
    assertThat(bits(SampleData.Kind.TIMES, DType.I64, 8 * count, count)).isLessThan(9);
    assertThat(bits(SampleData.Kind.COUNTERS, null, 4 * count, count)).isLessThan(0.01);
    assertThat(bits(SampleData.Kind.ONE_OUTLIER, DType.BF16, 2 * count, count)).isLessThan(4.05);
    assertThat(bits(SampleData.Kind.ZEROS, null, count, count)).isLessThan(0.001);
    // As bytes of any kind, too.
    assertThat(bits(SampleData.Kind.WEIGHTS_BF16, null, 2 * count, count)).isLessThan(10.6);
  }

  private static double bits(SampleData.Kind kind, DType type, int size, int count) {
    byte[] values = SampleData.of(kind, size, 3);
    return 8.0 * SampleData.encoder(type).encodeBlocks(MemorySegment.ofArray(values)).length / count;
  }

  /** Frequencies that a coder finds hardest: one symbol almost always, the others once. */
  @Test
  void extremeFrequencies() {
    Random random = new Random(2);
    for (int round = 0; round < 200; round++) {
      byte[] values = new byte[1 + random.nextInt(1 << (8 + random.nextInt(10)))];
      int others = random.nextInt(300);
      for (int i = 0; i < others; i++) {
        values[random.nextInt(values.length)] = (byte) i;
      }
      byte[] blocks = DataEncoder.of(DType.U8).encodeBlocks(MemorySegment.ofArray(values));
      assertThat(decodedBlocks(blocks, values.length)).isEqualTo(values);
    }
  }
}
