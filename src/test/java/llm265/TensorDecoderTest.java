package llm265;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.encode.H264IntraEncoder;
import llm265.tensor.Effort;
import llm265.tensor.TensorFraming;
import llm265.tensor.decode.StreamHeader;
import llm265.tensor.format.TensorHeader;
import org.junit.jupiter.api.Test;

class TensorDecoderTest {
  /** Two tiles. */
  private static final int ROWS = 300;

  private static final int COLUMNS = 4200;

  private static byte[] twoTiles() {
    return TensorEncoder.atQp(44).encode(TensorEncoderTest.gaussian(ROWS * COLUMNS, 1), ROWS, COLUMNS);
  }

  private static byte[] small() {
    return small(false);
  }

  private static byte[] small(boolean plainSamples) {
    float[] values = TensorEncoderTest.gaussian(64 * 64, 2);
    values[5] = Float.NaN;
    values[4000] = 1e6f;
    return TensorEncoder.atQp(34).withEffort(Effort.FAST).withPlainSamples(plainSamples).encode(values, 64, 64);
  }

  @Test
  void samplesOfTheStreamGiveTheValuesByOneProductAndOneSum() {
    byte[] stream = small(true);
    Picture[] picture = new Picture[1];
    new H264IntraDecoder(DecoderLimits.DEFAULT)
        .decode(stream, 0, stream.length, (DecodedPicture decoded) -> picture[0] = decoded.picture());
    float[] values = TensorDecoder.decode(stream);

    // Two samples that differ give step and offset; all others must lie on the line.
    int a = 0;
    int b = 1;
    while (picture[0].samples(0)[b] == picture[0].samples(0)[a]) {
      b++;
    }
    double step = ((double) values[b] - values[a]) / (picture[0].samples(0)[b] - picture[0].samples(0)[a]);
    for (int i = 0; i < values.length; i++) {
      if (i != 5 && i != 4000) {
        double onLine = values[a] + step * (picture[0].samples(0)[i] - picture[0].samples(0)[a]);
        assertThat((double) values[i]).isCloseTo(onLine, within(1e-4));
      }
    }
  }

  @Test
  void headerSaysTypeShapeAndTiles() {
    TensorHeader header = StreamHeader.of(twoTiles());

    assertThat(header.shape()).containsExactly(ROWS, COLUMNS);
    assertThat(header.framing()).isEqualTo(TensorFraming.of(ROWS, COLUMNS));
    assertThat(header.tileBytes()).hasSize(header.framing().tiles()).hasSizeGreaterThan(1);
  }

  @Test
  void tileIsDecodedWithoutTheOthers() {
    byte[] stream = twoTiles();
    float[] whole = TensorDecoder.decode(stream);
    int[] tileBytes = StreamHeader.of(stream).tileBytes();
    // The last tile's data are destroyed: what does not need them is not touched.
    byte[] damaged = stream.clone();
    Arrays.fill(damaged, stream.length - tileBytes[tileBytes.length - 1] + 100, stream.length, (byte) 0xA5);
    TensorFraming framing = TensorFraming.of(ROWS, COLUMNS);
    int first = (int) Math.min(framing.values(), framing.tileHeight() * framing.viewColumns());

    if (framing.tileRows() > 1) {
      assertThat(TensorDecoder.open(damaged).decodeValues(0, first)).isEqualTo(Arrays.copyOf(whole, first));
    }
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> TensorDecoder.open(damaged).decode());
  }

  @Test
  void everyCutIsToldAsDamage() {
    byte[] stream = small();
    for (int length = 0; length < stream.length; length += 1 + length / 50) {
      byte[] cut = Arrays.copyOf(stream, length);

      assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> TensorDecoder.decode(cut));
    }
  }

  @Test
  void randomDamageIsToldAndNothingElseEscapes() {
    byte[] stream = small();
    float[] whole = TensorDecoder.decode(stream);
    Random random = new Random(1);
    int survived = 0;
    for (int trial = 0; trial < 1500; trial++) {
      byte[] damaged = stream.clone();
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        // Half of them in the headers.
        int place = random.nextBoolean() ? random.nextInt(120) : random.nextInt(damaged.length);
        damaged[place] = (byte) (damaged[place] ^ (1 << random.nextInt(8)));
      }
      try {
        assertThat(TensorDecoder.decode(damaged)).isEqualTo(whole);
        survived++;
      } catch (StreamException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    // Bits that mean nothing for the samples: levels, video usability information, start code bytes.
    assertThat(survived).isLessThan(300);
  }

  @Test
  void streamOfAnotherProgramIsNoTensor() {
    H264IntraEncoder encoder =
        new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, TensorFraming.of(64, 64).pictureFormat(ChromaFormat.YUV420, 8));
    byte[] parameterSets = encoder.parameterSets();
    byte[] slices = encoder.encode(new Picture(encoder.format()), 30, 0).slices();
    byte[] stream = Arrays.copyOf(parameterSets, parameterSets.length + slices.length);
    System.arraycopy(slices, 0, stream, parameterSets.length, slices.length);

    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> TensorDecoder.open(stream))
        .withMessageContaining("no tensor header");
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> TensorDecoder.open(new byte[0]));
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> TensorDecoder.open(new byte[1000]));
  }

  @Test
  void limitsAreHeeded() {
    byte[] stream = twoTiles();
    DecoderLimits limits = new DecoderLimits(1000, 100, 1 << 20);

    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> TensorDecoder.open(MemorySegment.ofArray(stream), limits).decode())
        .isInstanceOfAny(MalformedStreamException.class, UnsupportedStreamException.class);
  }

  @Test
  void rangesBeyondTheTensorAreRefused() {
    TensorDecoder decoder = TensorDecoder.open(small());

    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> decoder.decodeValues(4000, 97));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> decoder.decodeValues(-1, 1));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> decoder.decodeSlices(63, 65));
    assertThatIllegalArgumentException().isThrownBy(() -> decoder.decodeInto(MemorySegment.ofArray(new byte[100])));
    assertThat(decoder.decodeSlices(64, 64)).isEmpty();
  }
}
