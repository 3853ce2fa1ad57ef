package llm265.tensor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import llm265.dtype.DType;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.transform.LevelRecovery;
import llm265.tensor.TensorFraming;
import llm265.tensor.exact.BitGroups;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.payload.RawBits;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** SPEC.md, "Exact values". */
class ExactValuesTest {
  private static final TensorFraming FRAMING = TensorFraming.of(64, 64);

  private static byte[] bytes(ExactValues values) {
    PayloadWriter out = new PayloadWriter();
    values.write(out);
    return out.toByteArray();
  }

  private static ExactValues read(byte[] bytes, int width, TensorFraming framing) {
    PayloadReader in = new PayloadReader(bytes, 0, bytes.length);
    ExactValues values = ExactValues.read(in, width, false, framing);
    in.requireEnd("exact values");
    return values;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Property(tries = 500)
  void whatIsWrittenIsRead(@ForAll long seed) {
    Random random = new Random(seed);
    int width = 8 << random.nextInt(4);
    long left = width == 64 ? -1 : (1L << width) - 1;
    List<ExactPlane> planes = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(4) && left != 0; i++) {
      long mask = 0;
      for (int bit = 0; bit <= random.nextInt(8) && left != 0; bit++) {
        long next = Long.lowestOneBit(Long.rotateRight(left, 5) & left);
        next = next == 0 ? Long.highestOneBit(left) : next;
        mask |= next;
        left &= ~next;
      }
      List<Integer> symbols = new ArrayList<>(IntStream.range(0, 1 << Long.bitCount(mask)).boxed().toList());
      Collections.shuffle(symbols, random);
      byte[] list = new byte[random.nextInt(symbols.size() + 1)];
      for (int k = 0; k < list.length; k++) {
        list[k] = (byte) (int) symbols.get(k);
      }
      planes.add(new ExactPlane(mask, list, list.length == 0 ? random.nextInt(256) : 0));
    }
    long raw = left & random.nextLong();
    ExactValues values = new ExactValues(width, random.nextBoolean(), raw, left & ~raw & random.nextLong(), planes);
    assertThat(read(bytes(values), width, FRAMING)).isEqualTo(values);
  }

  /** The worked example of the mapping: 128, then by turns above and below. */
  @Test
  void ranksLieByTurnsAboveAndBelowTheMiddle() {
    assertThat(IntStream.of(0, 1, 2, 3, 4, 253, 254, 255).map(ExactPlane::sampleOfRank))
        .containsExactly(128, 129, 127, 130, 126, 255, 1, 0);
    assertThat(IntStream.range(0, 256).map(ExactPlane::sampleOfRank).distinct().count()).isEqualTo(256);
    ExactPlane plane = new ExactPlane(0x70, new byte[] {5, 2, 7}, 0);
    assertThat(plane.samples()[2]).isEqualTo((short) 129);
    assertThat(plane.symbolsOfSamples()[127]).isEqualTo((short) 7);
    assertThat(plane.symbolsOfSamples()[130]).isEqualTo((short) ExactPlane.NONE);
  }

  @Test
  void fieldsLieAsTheSpecificationSays() {
    ExactValues values = new ExactValues(16, true, 0x000F, 0x0100, List.of(
        new ExactPlane(0x8000, new byte[] {1, 0}, 0), new ExactPlane(0x00F0, new byte[0], 9)));
    assertThat(bytes(values)).isEqualTo(bytes(
        1, 0x0F, 0x00, 0x00, 0x01, 2, 0x00, 0x80, 2, 1, 0, 0xF0, 0x00, 0, 9));
  }

  private static ExactValues readCarried(byte[] bytes, int width, TensorFraming framing) {
    PayloadReader in = new PayloadReader(bytes, 0, bytes.length);
    ExactValues values = ExactValues.read(in, width, true, framing);
    in.requireEnd("exact values");
    return values;
  }

  @Test
  void carriedValuesHaveRowsAndPrediction() {
    short[] weights = {1, -1, 4096, -4096, 0x1234, 0, 0, 0, Short.MIN_VALUE};
    ExactValues values = new ExactValues(16, false, 0x000F, 0x0100, List.of(
        new ExactPlane(0xC000, 4, new byte[] {(byte) 0xA0, 0}, 0)),
        LevelRecovery.CERTAIN, new Prediction(Prediction.Order.FLOAT, 2, 12, Predictor.WEIGHTED, 0x1234, 0x0080, weights));
    byte[] bytes = bytes(values);
    assertThat(bytes).isEqualTo(bytes(
        2 + (2 << 2) + 16, 2, 2, 12, 10, 0x34, 0x12, 0x80, 0x00, 1, 0, 0xFF, 0xFF, 0x00, 0x10, 0x00, 0xF0, 0x34, 0x12, 0, 0, 0, 0,
        0, 0, 0x00, 0x80, 0x0F, 0x00, 0x00, 0x01, 1, 0x00, 0xC0, 2, 0xA0, 0));
    assertThat(readCarried(bytes, 16, FRAMING)).isEqualTo(values);
    ExactValues nothing = new ExactValues(8, false, 0xFF, 0, List.of(), LevelRecovery.WIDE, null);
    assertThat(readCarried(bytes(nothing), 8, FRAMING)).isEqualTo(nothing);
    assertThat(nothing.pictureHeight(FRAMING)).as("64 rows, eight in one").isEqualTo(16);
  }

  @Test
  void damageOfCarriedValuesIsTold() {
    List<byte[]> damaged = List.of(
        bytes(1 << 2, 0x00, 0, 1, 0x1F, 0, 0), // ten bits of two rows
        bytes(3, 0, 0, 8, 1, 0, 0, 0, 0, 1, 1, 0, 0), // folded and predicted
        bytes(2, 0, 0, 9, 1, 0, 0, 0, 0, 1, 1, 0, 0), // more bits than there are
        bytes(2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0), // no bits
        bytes(2, 0, 4, 5, 1, 0, 0, 0, 0, 1, 1, 0, 0)); // beyond the highest
    for (byte[] bytes : damaged) {
      assertThatThrownBy(() -> readCarried(bytes, 8, FRAMING)).isInstanceOf(MalformedStreamException.class);
    }
    byte[] sixtyFour = new byte[60];
    sixtyFour[0] = 2;
    sixtyFour[2] = 0;
    sixtyFour[3] = 64;
    sixtyFour[4] = 7;
    assertThatThrownBy(() -> readCarried(sixtyFour, 64, FRAMING)).isInstanceOf(MalformedStreamException.class);
    assertThatThrownBy(() -> readCarried(bytes(2, 4, 0, 8, 1, 0, 0, 0, 0, 1, 1, 0, 0), 8, FRAMING))
        .isInstanceOf(UnsupportedStreamException.class);
    assertThatThrownBy(() -> readCarried(bytes(2, 0, 0, 8, 13, 0, 0, 0, 0, 1, 1, 0, 0), 8, FRAMING))
        .isInstanceOf(UnsupportedStreamException.class);
    assertThatThrownBy(() -> read(bytes(1 << 2, 0, 0, 1, 1, 1, 0), 8, FRAMING)).isInstanceOf(UnsupportedStreamException.class);
  }

  @Test
  void foldingMakesSmallIntegersOfEitherSignAlikeInTheirHighBits() {
    assertThat(ExactValues.fold(0xFFFF, 16)).isEqualTo(0x8000);
    assertThat(ExactValues.fold(0xFFFD, 16)).isEqualTo(0x8002);
    assertThat(ExactValues.fold(0x0002, 16)).isEqualTo(0x0002);
    assertThat(ExactValues.fold(-3, 64)).isEqualTo(Long.MIN_VALUE | 2);
    assertThat(ExactValues.fold(ExactValues.fold(-3, 64), 64)).isEqualTo(-3);
  }

  @Test
  void damageIsTold() {
    List<byte[]> damaged = List.of(
        bytes(0, 0xFF, 0, 1, 0x01, 1, 0), // a bit both raw and on a picture
        bytes(0, 0x00, 1, 1, 0x01, 1, 0), // a bit both constant and on a picture
        bytes(0, 0x00, 0, 0), // no plane
        bytes(0, 0x00, 0, 5, 0x01, 1, 0), // too many
        bytes(0, 0x00, 0, 1, 0x00, 1, 0), // no bit
        bytes(0, 0x00, 0, 1, 0x03, 2, 1, 1), // a symbol twice
        bytes(0, 0x00, 0, 1, 0x03, 1, 4), // no symbol of two bits
        bytes(0, 0x00, 0, 2, 0x03, 1, 0, 0x02, 1, 0), // planes that overlap
        bytes(0, 0x00, 0, 1, 0x03, 3, 0)); // the data ends
    for (byte[] bytes : damaged) {
      assertThatThrownBy(() -> read(bytes, 8, FRAMING)).isInstanceOf(MalformedStreamException.class);
    }
    assertThatThrownBy(() -> read(bytes(2, 0, 0, 1, 1, 1, 0), 8, FRAMING)).isInstanceOf(UnsupportedStreamException.class);
  }

  @Test
  void picturesBeyondAnyLevelAreRefused() {
    byte[] four = bytes(0, 0, 0, 4, 1, 1, 0, 2, 1, 0, 4, 1, 0, 8, 1, 0);
    assertThat(read(four, 8, FRAMING).planes()).hasSize(4);
    TensorFraming large = new TensorFraming(1 << 24, 4096, false, 4096, 2304);
    assertThatThrownBy(() -> read(four, 8, large)).isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void groupsBeginWithExponentsAndHaveEightBitsAtMost() {
    assertThat(BitGroups.of(DType.BF16, 0xFFFF)).containsExactly(0x7F80L, 0x807FL);
    assertThat(BitGroups.of(DType.F16, 0xFFFF)).containsExactly(0x7C00L, 0x83F8L, 0x0007L);
    assertThat(BitGroups.of(DType.F32, 0xFFFF_FFFFL)).containsExactly(0x7F80_0000L, 0x807F_0000L, 0xFF00L, 0xFFL);
    assertThat(BitGroups.of(DType.I32, 0x8000_01FFL)).containsExactly(0x8000_01FCL, 3L);
    assertThat(BitGroups.of(DType.U8, 0)).isEmpty();
  }

  @Property(tries = 300)
  void rawBitsAreReadAsTheyWereWritten(@ForAll long seed) {
    Random random = new Random(seed);
    int[] counts = random.ints(50, 0, 65).toArray();
    long[] values = new long[counts.length];
    RawBits writer = new RawBits(new byte[(IntStream.of(counts).sum() + 7) / 8]);
    for (int i = 0; i < counts.length; i++) {
      values[i] = counts[i] == 64 ? random.nextLong() : random.nextLong() & ((1L << counts[i]) - 1);
      writer.write(values[i], counts[i]);
    }
    writer.finish();
    RawBits reader = new RawBits(writer.toByteArray());
    for (int i = 0; i < counts.length; i++) {
      assertThat(reader.read(counts[i])).isEqualTo(values[i]);
    }
  }

  @Test
  void rawBitsAreMostSignificantFirst() {
    RawBits writer = new RawBits(new byte[2]);
    writer.write(0b101, 3);
    writer.write(0b1_0000_0001, 9);
    writer.finish();
    assertThat(writer.toByteArray()).isEqualTo(bytes(0b1011_0000, 0b0001_0000));
  }
}
