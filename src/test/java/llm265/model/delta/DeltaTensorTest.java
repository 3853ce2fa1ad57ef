package llm265.model.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.h264.StreamException;
import llm265.parallel.Workers;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeltaTensorTest {
  private static final long[] SHAPE = {40, 60};

  @ParameterizedTest
  @EnumSource(
      value = DType.class, names = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2", "I8", "U8", "I16", "I32", "I64", "BOOL"})
  void everyPatternComesBackWhateverTheBase(DType type) {
    Random random = new Random(1);
    TensorView base = anyBits(type, random);
    TensorView tensor = anyBits(type, random);
    // Runs as training leaves them, zeros with a minus, infinities and payloads beside them.
    MemorySegment.copy(base.data(), 0, tensor.data(), 0, tensor.byteSize() / 2);
    setPattern(tensor, 3, 1L << (type.bits() - 1));
    setPattern(base, 4, 1L << (type.bits() - 1));
    setPattern(tensor, 5, -1);

    byte[] coded = exactly(tensor, base);

    assertThat(decode(coded, tensor, base)).isEqualTo(bytes(tensor));
  }

  @Test
  void typesMayDifferBetweenBaseAndTensor() {
    TensorView base = gaussian(DType.F32, 1, 2);
    TensorView tensor = sum(DType.BF16, base, gaussian(DType.F32, 0.01, 3));

    byte[] coded = exactly(tensor, base);

    assertThat(decode(coded, tensor, base)).isEqualTo(bytes(tensor));
    assertThat(coded.length).isLessThan((int) (0.6 * tensor.byteSize()));
  }

  @Test
  void anyRangeIsThatPartOfTheWhole() {
    TensorView base = gaussian(DType.F16, 1, 4);
    TensorView tensor = sum(DType.F16, base, gaussian(DType.F32, 0.01, 5));
    DeltaTensor delta = open(exactly(tensor, narrow(base, 128)), tensor, narrow(base, 128));

    assertThat(delta.rangeValues()).isEqualTo(128);
    for (int[] range : new int[][] {{0, 0}, {0, 1}, {127, 2}, {100, 500}, {2399, 1}, {0, 2400}}) {
      byte[] part = new byte[2 * range[1]];
      delta.read(range[0], MemorySegment.ofArray(part), Workers.CALLER);
      assertThat(MemorySegment.ofArray(part).mismatch(tensor.data().asSlice(2L * range[0], part.length))).isEqualTo(-1);
    }
    assertThatThrownBy(() -> delta.read(2399, MemorySegment.ofArray(new byte[4]), Workers.CALLER))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void unchangedTensorsOfAnyTypeAreAHeader() {
    for (DType type : new DType[] {DType.F32, DType.F8_E8M0, DType.C64, DType.BF16}) {
      TensorView tensor = anyBits(type, new Random(6));
      byte[] coded = exactly(tensor, tensor);
      assertThat(coded.length).isLessThan(70);
      assertThat(open(coded, tensor, RangedTensor.of(tensor)).kind()).isEqualTo("unchanged");
      assertThat(decode(coded, tensor, tensor)).isEqualTo(bytes(tensor));
    }
  }

  @Test
  void anotherBaseIsRefusedInEveryRangeThatDiffers() {
    TensorView base = gaussian(DType.F32, 1, 7);
    TensorView tensor = sum(DType.F32, base, gaussian(DType.F32, 0.01, 8));
    byte[] coded = exactly(tensor, narrow(base, 480));
    TensorView changed = TensorView.copyOf("w", SHAPE, floats(base));
    setPattern(changed, 2399, 0);
    DeltaTensor delta = open(coded, tensor, narrow(changed, 480));

    byte[] first = new byte[4 * 480];
    delta.read(0, MemorySegment.ofArray(first), Workers.CALLER);
    assertThat(MemorySegment.ofArray(first).mismatch(tensor.data().asSlice(0, first.length))).isEqualTo(-1);
    assertThatThrownBy(() -> delta.read(480 * 4, MemorySegment.ofArray(new byte[4]), Workers.CALLER))
        .isInstanceOf(UnsuitableBaseException.class).hasMessageContaining("other values in the base");
    assertThatThrownBy(() -> delta.verify(Workers.CALLER)).isInstanceOf(UnsuitableBaseException.class);
  }

  @Test
  void aBaseOfAnotherShapeOrTypeIsRefused() {
    TensorView base = gaussian(DType.F32, 1, 9);
    byte[] coded = exactly(base, base);
    RangedTensor turned = RangedTensor.of(new TensorView("w", DType.F32, new long[] {60, 40}, base.data()));
    assertThatThrownBy(() -> open(coded, base, turned).verify(Workers.CALLER)).isInstanceOf(UnsuitableBaseException.class)
        .hasMessage("is F32 [60, 40] in the base, and F32 [40, 60] here");
    TensorView integers = new TensorView("w", DType.I32, SHAPE, base.data());
    assertThatThrownBy(() -> open(coded, base, RangedTensor.of(integers)).verify(Workers.CALLER))
        .isInstanceOf(UnsuitableBaseException.class);
    assertThatThrownBy(() -> open(coded, integers, RangedTensor.of(integers))).isInstanceOf(StreamException.class);
  }

  @Test
  void resultsDoNotDependOnThreads() {
    TensorView base = gaussian(DType.BF16, 1, 10);
    TensorView tensor = sum(DType.BF16, base, gaussian(DType.F32, 0.01, 11));
    byte[] coded = exactly(tensor, narrow(base, 300));
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      Workers workers = new Workers(executor, 4);
      MemoryStore store = new MemoryStore();
      new DeltaCoding(tensor, narrow(base, 300), workers).codeExactly(store);
      assertThat(store.toByteArray()).isEqualTo(coded);
      byte[] values = new byte[(int) tensor.byteSize()];
      open(coded, tensor, narrow(base, 300)).read(0, MemorySegment.ofArray(values), workers);
      assertThat(values).isEqualTo(bytes(tensor));
    }
  }

  @Test
  void damageIsFoundOrRefused() {
    TensorView base = gaussian(DType.BF16, 1, 12);
    TensorView tensor = sum(DType.BF16, base, gaussian(DType.F32, 0.01, 13));
    byte[] coded = exactly(tensor, narrow(base, 1000));
    byte[] whole = bytes(tensor);
    Random random = new Random(14);
    for (int round = 0; round < 1200; round++) {
      byte[] damaged = coded.clone();
      int at = round < 200 ? round % Math.min(120, coded.length) : random.nextInt(coded.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      MemorySegment entry = MemorySegment.ofArray(damaged);
      entry = round % 5 == 0 ? entry.asSlice(0, random.nextInt(damaged.length)) : entry;
      try {
        byte[] values = new byte[whole.length];
        DeltaTensor.open(entry, tensor.dtype(), SHAPE, () -> narrow(base, 1000))
            .read(0, MemorySegment.ofArray(values), Workers.CALLER);
        assertThat(values).isEqualTo(whole);
      } catch (StreamException | UnsuitableBaseException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  private static byte[] exactly(TensorView tensor, TensorView base) {
    return exactly(tensor, RangedTensor.of(base));
  }

  private static byte[] exactly(TensorView tensor, RangedTensor base) {
    MemoryStore store = new MemoryStore();
    EncodedTensor result = new DeltaCoding(tensor, base, Workers.CALLER).codeExactly(store);
    assertThat(result.isLossless()).isTrue();
    assertThat(result.bytes()).isEqualTo(store.size());
    return store.toByteArray();
  }

  private static byte[] decode(byte[] coded, TensorView tensor, TensorView base) {
    byte[] values = new byte[(int) tensor.byteSize()];
    open(coded, tensor, RangedTensor.of(base)).read(0, MemorySegment.ofArray(values), Workers.CALLER);
    return values;
  }

  private static DeltaTensor open(byte[] coded, TensorView tensor, RangedTensor base) {
    return DeltaTensor.open(MemorySegment.ofArray(coded), tensor.dtype(), tensor.shape(), () -> base);
  }

  /** A base that is best read in ranges of some values. */
  private static RangedTensor narrow(TensorView base, long values) {
    RangedTensor source = RangedTensor.of(base);
    return new RangedTensor() {
      @Override
      public DType dtype() {
        return source.dtype();
      }

      @Override
      public long[] shape() {
        return source.shape();
      }

      @Override
      public long rangeValues() {
        return values;
      }

      @Override
      public void read(long first, MemorySegment data, Workers workers) {
        source.read(first, data, workers);
      }
    };
  }

  private static TensorView anyBits(DType type, Random random) {
    byte[] bytes = new byte[(int) type.byteSize(SHAPE[0] * SHAPE[1])];
    random.nextBytes(bytes);
    return new TensorView("w", type, SHAPE, MemorySegment.ofArray(bytes));
  }

  private static TensorView gaussian(DType type, double deviation, long seed) {
    Random random = new Random(seed);
    float[] values = new float[(int) (SHAPE[0] * SHAPE[1])];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return of(type, values);
  }

  private static TensorView sum(DType type, TensorView a, TensorView b) {
    float[] values = floats(a);
    float[] more = floats(b);
    for (int i = 0; i < values.length; i++) {
      values[i] += more[i];
    }
    return of(type, values);
  }

  private static TensorView of(DType type, float[] values) {
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(values.length)]);
    ValueCodec.write(type, data, 0, values, 0, values.length);
    return new TensorView("w", type, SHAPE, data);
  }

  private static float[] floats(TensorView tensor) {
    float[] values = new float[(int) tensor.count()];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  private static void setPattern(TensorView tensor, int index, long pattern) {
    int bytes = tensor.dtype().bits() / 8;
    for (int i = 0; i < bytes; i++) {
      tensor.data().set(ValueLayout.JAVA_BYTE, (long) index * bytes + i, (byte) (pattern >>> 8 * i));
    }
  }

  private static byte[] bytes(TensorView tensor) {
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }
}
