package llm265.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.data.symbol.ByteSource;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PackedTensorTest {
  private static final DType[] PLAIN = {
    DType.I32, DType.U8, DType.I8, DType.F8_E4M3, DType.F8_E5M2, DType.F16, DType.BF16, DType.F32, DType.F8_E8M0, DType.I64,
    DType.BOOL
  };

  static List<Arguments> layouts() {
    List<Arguments> layouts = new ArrayList<>();
    for (DType type : DType.values()) {
      for (CodeLayout layout : CodeLayout.values()) {
        if (layout.fits(type) && (type.kind() == DType.Kind.BLOCK || Arrays.asList(PLAIN).contains(type))) {
          layouts.add(Arguments.of(type, layout));
        }
      }
    }
    return layouts;
  }

  private static byte[] encode(TensorView tensor, CodeLayout layout, Workers workers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      assertThat(PackedEncoder.encode(tensor, layout, out, workers)).isEqualTo(out.size());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] decode(byte[] stream) {
    PackedTensor tensor = PackedTensor.open(MemorySegment.ofArray(stream));
    byte[] values = new byte[(int) tensor.byteSize()];
    tensor.decode(0, MemorySegment.ofArray(values), Workers.CALLER);
    return values;
  }

  private static TensorView tensor(DType type, byte[] bytes, long... shape) {
    return new TensorView("x", type, shape, MemorySegment.ofArray(bytes));
  }

  private static TensorView tensor(DType type, CodeLayout layout, QuantizedBytes.Kind kind, int records, long seed) {
    RecordFormat format = layout == CodeLayout.NUMBERS ? null : QuantizedBytes.format(type, layout);
    byte[] bytes = format == null
        ? QuantizedBytes.of(kind, PlainFormats.of(CodeLayout.BYTES, DType.U8, 32, 0), 8 * records, seed)
        : QuantizedBytes.of(kind, format, records, seed);
    if (type.kind() == DType.Kind.BLOCK) {
      return tensor(type, bytes, records, type.blockValues());
    }
    long values = bytes.length * 8L / type.bits();
    byte[] whole = Arrays.copyOf(bytes, (int) (values * type.bits() / 8));
    return values % 32 == 0 ? tensor(type, whole, values / 32, 32) : tensor(type, whole, values);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void whatIsDecodedIsWhatWasEncoded(DType type, CodeLayout layout) {
    for (QuantizedBytes.Kind kind : QuantizedBytes.Kind.values()) {
      for (int records : new int[] {0, 1, 33, 300}) {
        TensorView tensor = tensor(type, layout, kind, records, records);
        byte[] stream = encode(tensor, layout, Workers.CALLER);
        assertThat(PackedTensor.isPacked(MemorySegment.ofArray(stream))).isTrue();
        assertThat(decode(stream)).isEqualTo((byte[]) tensor.data().heapBase().orElseThrow());
        if (layout == CodeLayout.BLOCKS) {
          assertThat(SpecReader.read(stream)).isEqualTo((byte[]) tensor.data().heapBase().orElseThrow());
        }
        PackedTensor opened = PackedTensor.open(MemorySegment.ofArray(stream));
        assertThat(opened.dtype()).isEqualTo(type);
        assertThat(opened.shape()).isEqualTo(tensor.shape());
        assertThat(opened.count()).isEqualTo(tensor.count());
        assertThat((long) stream.length).isLessThanOrEqualTo(tensor.byteSize() + 100);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4", "NVFP4"
  })
  void codesOfQuantizersTakeFewerBytes(DType type) {
    TensorView tensor = tensor(type, CodeLayout.BLOCKS, QuantizedBytes.Kind.LIKELY, (1 << 18) / type.blockValues(), 5);
    assertThat((double) encode(tensor, null, Workers.CALLER).length / tensor.byteSize()).isLessThan(0.95);
  }

  @Test
  void layoutIsFound() {
    byte[] nibbles = new byte[4 * 128 * 128];
    Random random = new Random(3);
    int[] zeros = new int[8 * 128];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = 2 + random.nextInt(11);
    }
    // Columns of words, each of which has a middle of its own for its codes.
    for (int i = 0; i < 2 * nibbles.length; i++) {
      int column = i / 8 % 128;
      int code = (int) Math.clamp(zeros[column] + Math.round(2 * random.nextGaussian()), 0, 15);
      nibbles[i / 2] |= (byte) (code << 4 * (i % 2));
    }
    byte[] stream = encode(tensor(DType.I32, nibbles, 128, 128), null, Workers.CALLER);
    assertThat(PackedTensor.open(MemorySegment.ofArray(stream)).layout()).isEqualTo(CodeLayout.WORDS_OF_4);
    // 2.05 + log2(2) bits each, and a class for each 128 codes.
    assertThat((double) stream.length / nibbles.length).isLessThan(3.15 / 4);
    assertThat(decode(stream)).isEqualTo(nibbles);
  }

  /** A change of these is a change of the format, or of what the encoder chooses. */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, BLOCKS, 8d1afff5", "Q4_K, BLOCKS, 43af8aef", "Q6_K, BLOCKS, 564f1acb", "NVFP4, BLOCKS, eb928af3",
    "I32, WORDS_OF_3, 82a48c9a", "I32, WORDS_OF_4, 985e5e08", "F8_E4M3, BYTES, b5c6d17c", "BF16, SCALES, d68a51d9"
  })
  void streamsStayTheSame(DType type, CodeLayout layout, String crc) {
    TensorView tensor = tensor(type, layout, QuantizedBytes.Kind.LIKELY, 256, 7);
    byte[] stream = encode(tensor, layout, Workers.CALLER);
    assertThat("%08x".formatted(PackedHeader.crc(stream, 0, stream.length))).isEqualTo(crc);
  }

  @Test
  void rangesAreDecodedByThemselves() {
    TensorView tensor = tensor(DType.Q4_K, CodeLayout.BLOCKS, QuantizedBytes.Kind.LIKELY, 9000, 1);
    byte[] bytes = (byte[]) tensor.data().heapBase().orElseThrow();
    PackedTensor packed = PackedTensor.open(MemorySegment.ofArray(encode(tensor, null, Workers.CALLER)));
    assertThat(packed.chunks()).isEqualTo(3);
    assertThat(packed.firstValue(1)).isEqualTo(packed.firstByte(1) / 144 * 256);
    int edge = (int) packed.firstByte(1);
    for (int[] range : new int[][] {{0, 1}, {edge - 5, edge + 9}, {bytes.length - 3, bytes.length}, {77, 2 * edge + 1}, {5, 5}}) {
      byte[] part = new byte[range[1] - range[0]];
      packed.decode(range[0], MemorySegment.ofArray(part), Workers.CALLER);
      assertThat(part).isEqualTo(Arrays.copyOfRange(bytes, range[0], range[1]));
    }
    assertThatThrownBy(() -> packed.decode(bytes.length - 1, MemorySegment.ofArray(new byte[2]), Workers.CALLER))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void threadsMakeNoDifference() {
    TensorView tensor = tensor(DType.Q5_1, CodeLayout.BLOCKS, QuantizedBytes.Kind.LIKELY, 40_000, 2);
    byte[] stream = encode(tensor, null, Workers.CALLER);
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      Workers workers = new Workers(pool, 4);
      assertThat(encode(tensor, null, workers)).isEqualTo(stream);
      PackedTensor packed = PackedTensor.open(MemorySegment.ofArray(stream));
      packed.verify(workers);
      byte[] values = new byte[(int) packed.byteSize()];
      packed.decode(0, MemorySegment.ofArray(values), workers);
      assertThat(values).isEqualTo((byte[]) tensor.data().heapBase().orElseThrow());
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void damagedStreamsAreMalformedOrDecodeRight() {
    Random random = new Random(11);
    for (Arguments arguments : layouts()) {
      DType type = (DType) arguments.get()[0];
      TensorView tensor = tensor(type, (CodeLayout) arguments.get()[1], QuantizedBytes.Kind.LIKELY, 40, 4);
      byte[] bytes = (byte[]) tensor.data().heapBase().orElseThrow();
      byte[] stream = encode(tensor, (CodeLayout) arguments.get()[1], Workers.CALLER);
      for (int i = 0; i < 15; i++) {
        byte[] damaged = damaged(stream, random);
        try {
          byte[] values = decode(damaged);
          if (damaged.length == stream.length && Arrays.equals(damaged, 0, 8 + 60, stream, 0, 8 + 60)) {
            assertThat(values).isEqualTo(bytes);
          }
        } catch (MalformedStreamException | UnsupportedStreamException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
  }

  private static byte[] damaged(byte[] stream, Random random) {
    byte[] damaged = random.nextInt(8) == 0 ? Arrays.copyOf(stream, random.nextInt(stream.length)) : stream.clone();
    int most = random.nextInt(3) == 0 ? Math.min(200, damaged.length) : damaged.length;
    for (int i = random.nextInt(4); i >= 0 && most > 0; i--) {
      damaged[random.nextInt(most)] = (byte) random.nextInt();
    }
    if (random.nextInt(3) > 0 && damaged.length == stream.length) {
      repairTail(damaged);
    }
    return damaged;
  }

  /** Sets the last checksum to that of header and lengths, so that what lies behind it is reached. */
  private static void repairTail(byte[] stream) {
    int at = stream.length - PackedTensor.CRC_BYTES;
    try {
      ByteSource source = new ByteSource(stream, 0, stream.length, "");
      PackedHeader header = PackedHeader.read(source);
      int lengths = header.chunks() * PackedTensor.LENGTH_BYTES;
      byte[] ends = Arrays.copyOf(stream, source.position() + lengths);
      System.arraycopy(stream, at - lengths, ends, source.position(), lengths);
      int crc = PackedHeader.crc(ends, 0, ends.length);
      for (int i = 0; i < PackedTensor.CRC_BYTES; i++) {
        stream[at + i] = (byte) (crc >>> (8 * i));
      }
    } catch (StreamException | IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
      // Nothing to repair.
    }
  }

  @Test
  void wrongLayoutIsTheCallersMistake() {
    TensorView tensor = tensor(DType.F16, new byte[64], 32);
    assertThatThrownBy(() -> PackedEncoder.encode(tensor, CodeLayout.WORDS_OF_4, new ByteArrayOutputStream(), Workers.CALLER))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("WORDS_OF_4");
  }
}
