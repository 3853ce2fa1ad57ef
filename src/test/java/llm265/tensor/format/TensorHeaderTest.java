package llm265.tensor.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.Consumer;
import llm265.dtype.DType;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TensorHeaderTest {
  private static byte[] bytes(TensorHeader header) {
    PayloadWriter out = new PayloadWriter();
    header.write(out);
    return out.toByteArray();
  }

  private static TensorHeader read(byte[] bytes) {
    return TensorHeader.read(new PayloadReader(bytes, 0, bytes.length));
  }

  private static TensorHeader header(long... shape) {
    TensorFraming framing = TensorFraming.of(shape);
    return new TensorHeader(
        DType.F32, shape, framing, TensorTransforms.NONE, 1, 0.25f, framing.tiles() > 1 ? new int[framing.tiles()] : null);
  }

  @Provide
  Arbitrary<long[]> shapes() {
    return Arbitraries.longs().between(0, 3000).array(long[].class).ofMinSize(0).ofMaxSize(4);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenIsRead(
      @ForAll("shapes") long[] shape, @ForAll @IntRange(max = 2) int type) {
    TensorFraming framing = TensorFraming.of(shape);
    int[] tileBytes = framing.tiles() == 1 || framing.tiles() > 10_000 ? null : new int[framing.tiles()];
    if (framing.tiles() > 10_000) {
      return;
    }
    for (int i = 0; tileBytes != null && i < tileBytes.length; i++) {
      tileBytes[i] = i * 7919 % ((1 << 28) - 1);
    }
    DType dtype = ElementType.ofCode(type, false);
    TensorHeader header = new TensorHeader(dtype, shape, framing, TensorTransforms.NONE, 0.5f, 0.125f, tileBytes);

    assertThat(read(bytes(header))).isEqualTo(header);
  }

  @Test
  void lengthDoesNotDependOnWhatIsKnownOnlyAfterCoding() {
    TensorHeader blank = header(3000, 4000);
    int[] tileBytes = new int[blank.framing().tiles()];
    Arrays.fill(tileBytes, (1 << 28) - 1);

    assertThat(bytes(blank.withResult(3e-5f, tileBytes))).hasSameSizeAs(bytes(blank));
  }

  @Test
  void headerOfASmallMatrixIsCompact() {
    assertThat(bytes(header(64, 128))).hasSizeLessThanOrEqualTo(24);
  }

  @Test
  void deviationAndErrorKeepThirteenBits() {
    for (float value : new float[] {0, 1, 0.7310586f, 3e-39f, Float.MIN_VALUE, 1e30f, Float.MAX_VALUE}) {
      float twin = TensorHeader.ofFloat21(TensorHeader.float21(value));
      assertThat((double) twin).isCloseTo(value, within(Math.max(value * 0x1p-13, 1e-41)));
    }
  }

  @Test
  void everyChangedByteIsFound() {
    byte[] bytes = bytes(header(3000, 2000));
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 1;

      assertThatExceptionOfType(RuntimeException.class)
          .isThrownBy(() -> read(damaged))
          .isInstanceOfAny(MalformedStreamException.class, UnsupportedStreamException.class);
    }
  }

  @Test
  void everyCutIsFound() {
    byte[] bytes = bytes(header(3000, 2000));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);

      assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> read(cut));
    }
  }

  @Test
  void whatLaterVersionsWriteIsNotSupported() {
    assertUnsupported(out -> out.varint(2), "format_version");
    assertUnsupported(out -> {
      out.varint(1);
      out.varint(1);
    }, "transform_flags");
    assertUnsupported(out -> {
      out.varint(1);
      out.varint(0);
      out.varint(3);
    }, "element_type");
    assertUnsupported(out -> {
      out.varint(1);
      out.varint(0);
      out.varint(0);
      out.varint(1);
    }, "layout");
  }

  private static void assertUnsupported(Consumer<PayloadWriter> fields, String field) {
    PayloadWriter out = new PayloadWriter();
    fields.accept(out);
    assertThatExceptionOfType(UnsupportedStreamException.class)
        .isThrownBy(() -> read(out.toByteArray()))
        .withMessageContaining(field);
  }

  @Test
  void hugeShapesWithoutTheirIndexAllocateNothing() {
    PayloadWriter out = new PayloadWriter();
    out.varint(1);
    out.varint(0);
    out.varint(0);
    out.varint(0);
    out.varint(2);
    out.varint(1L << 31);
    out.varint(1L << 20);
    out.varint(1L << 20);
    out.varint(256);
    out.varint(100);
    out.bytes(new byte[50]);

    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> read(out.toByteArray()));
  }

  @Test
  void indexMustFitTheTiles() {
    TensorFraming framing = TensorFraming.of(64, 64);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorHeader(DType.F32, new long[] {64, 64}, framing, TensorTransforms.NONE, 1, 1, new int[2]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorHeader(DType.F32, new long[] {64, 65}, framing, TensorTransforms.NONE, 1, 1, null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TensorHeader(DType.I32, new long[] {64, 64}, framing, TensorTransforms.NONE, 1, 1, null));
  }
}
