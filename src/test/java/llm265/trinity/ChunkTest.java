package llm265.trinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import llm265.h264.MalformedStreamException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkTest {
  private static final int STEPS = 300;

  private static float[] values(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * (random.nextInt(50) == 0 ? 30 : 1);
    }
    return values;
  }

  private static Laws laws(int classes) {
    List<Distribution> all = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      all.add(new Law(Alphabet.values()[classes == 1 ? 0 : i % 3], 60 + 4 * i, 16 - i, 0, 6, 0));
    }
    return new Laws(all);
  }

  private static byte[] classes(int count, int number) {
    if (number == 1) {
      return null;
    }
    byte[] classes = new byte[count];
    for (int i = 0; i < count; i++) {
      classes[i] = (byte) (i * 7 / 5 % number);
    }
    return classes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4, 5, 6, 7, 8})
  void whatIsDecodedAreTheLevelsOfTheSearch(int stateBits) {
    for (int number : new int[] {1, 5}) {
      int count = 16 * STEPS;
      float[] values = values(stateBits, count);
      byte[] classes = classes(count, number);
      Laws laws = laws(number);
      Trellis trellis = Trellis.of(stateBits);
      ChunkEncoder encoder = new ChunkEncoder(STEPS);
      encoder.search(values, 0, STEPS, new ChunkEncoder.Quantizer(0.1f, 0.25f, 0.5), trellis, laws, classes);
      float[] levels = new float[count];
      encoder.levels(levels, 0);
      byte[] chunk = new byte[encoder.mostBytes() + ChunkKernels.SLACK];
      int end = encoder.write(laws, chunk, 0);
      float[] decoded = new float[count];
      new ChunkDecoder().decode(
          chunk, new int[] {0, end}, 0, 1, STEPS, trellis, laws, classes, new ChunkDecoder.Dequantizer(1, 0), decoded, 0);
      assertThat(decoded).isEqualTo(levels);
      // The entropy coder takes what the frequencies say, but for its states and the rest of a byte.
      assertThat(8.0 * end).isBetween(encoder.bits(laws), encoder.bits(laws) + 8 + 64 + 16 * 16 + 16);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void oneSegmentIsThePlainSearch(int number) {
    int count = 16 * STEPS;
    float[] values = values(4, count);
    Laws laws = laws(number);
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(0.1f, 0.25f, 0.5);
    ChunkEncoder plain = new ChunkEncoder(STEPS);
    plain.search(values, 0, STEPS, quantizer, Trellis.of(4), laws, classes(count, number));
    ChunkEncoder segmented = new ChunkEncoder(STEPS);
    segmented.begin(classes(count, number));
    segmented.searchNext(values, 0, STEPS, quantizer, Trellis.of(4), laws);

    assertThat(levels(segmented)).isEqualTo(levels(plain));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void aChunkOfSegmentsIsDecodedAsTheyWereSearched(int number) {
    int count = 16 * STEPS;
    float[] values = values(5, count);
    byte[] classes = classes(count, number);
    Laws laws = laws(number);
    Trellis trellis = Trellis.of(4);
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(0.1f, 0.25f, 0.5);
    ChunkEncoder encoder = new ChunkEncoder(STEPS);
    float[] searched = new float[count];
    encoder.begin(classes);
    for (int step = 0, segment = 1; step < STEPS; step += segment, segment = Math.min(2 * segment, STEPS - step)) {
      encoder.searchNext(values, 16 * step, segment, quantizer, trellis, laws);
      encoder.levelsOfLast(segment, searched, 16 * step);
    }
    byte[] chunk = new byte[encoder.mostBytes() + ChunkKernels.SLACK];
    int end = encoder.write(laws, chunk, 0);
    float[] decoded = new float[count];
    new ChunkDecoder().decode(
        chunk, new int[] {0, end}, 0, 1, STEPS, trellis, laws, classes, new ChunkDecoder.Dequantizer(1, 0), decoded, 0);

    assertThat(searched).isEqualTo(levels(encoder));
    assertThat(decoded).isEqualTo(searched);
    ChunkEncoder plain = new ChunkEncoder(STEPS);
    plain.search(values, 0, STEPS, quantizer, trellis, laws, classes);
    // Nothing but the ends of a few segments is lost.
    assertThat(cost(encoder, values, quantizer, laws)).isLessThan(1.05 * cost(plain, values, quantizer, laws));
  }

  private static float[] levels(ChunkEncoder encoder) {
    float[] levels = new float[16 * STEPS];
    encoder.levels(levels, 0);
    return levels;
  }

  /** What the search makes small. */
  private static double cost(ChunkEncoder encoder, float[] values, ChunkEncoder.Quantizer quantizer, Laws laws) {
    double cost = quantizer.lambda() * encoder.bits(laws);
    float[] levels = levels(encoder);
    for (int i = 0; i < levels.length; i++) {
      double error = (values[i] - quantizer.centre()) / quantizer.step() - levels[i];
      cost += error * error;
    }
    return cost;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void aFlippedBitRaisesTheDocumentedExceptionAlone(int number) {
    int count = 16 * STEPS;
    byte[] classes = classes(count, number);
    Laws laws = laws(number);
    Trellis trellis = Trellis.of(3);
    ChunkEncoder encoder = new ChunkEncoder(STEPS);
    encoder.search(values(9, count), 0, STEPS, new ChunkEncoder.Quantizer(0, 0.25f, 0.5), trellis, laws, classes);
    byte[] chunk = new byte[encoder.mostBytes() + ChunkKernels.SLACK];
    int end = encoder.write(laws, chunk, 0);
    int found = 0;
    for (int bit = 0; bit < 8 * end; bit++) {
      chunk[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        new ChunkDecoder().decode(
            chunk, new int[] {0, end}, 0, 1, STEPS, trellis, laws, classes, new ChunkDecoder.Dequantizer(1, 0),
            new float[count], 0);
      } catch (MalformedStreamException e) {
        found++;
      }
      chunk[bit / 8] ^= (byte) (1 << bit % 8);
    }
    // Of signs and other raw bits a chunk itself knows nothing: a checksum around it does.
    assertThat(found).isGreaterThan(8 * end / 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 9, 40})
  void aChunkThatIsCutIsMalformed(int length) {
    assertThatThrownBy(() -> new ChunkDecoder().decode(
        new byte[length + ChunkKernels.SLACK], new int[] {0, length}, 0, 1, STEPS, Trellis.of(3), laws(1), null,
        new ChunkDecoder.Dequantizer(1, 0), new float[16 * STEPS], 0)).isInstanceOf(MalformedStreamException.class);
  }
}
