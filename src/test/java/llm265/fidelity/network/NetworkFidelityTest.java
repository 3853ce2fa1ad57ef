package llm265.fidelity.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.fidelity.network.LineImages.Line;
import llm265.image.RgbImage;
import llm265.lm.token.Tokenizer;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.network.NetworkWeights;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import llm265.reference.network.TinyNetworks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against figures computed here from the definitions of {@link TinyNetworks}. */
class NetworkFidelityTest {
  private static final int[][] SENTENCES = {{7, 9, 4}, {30, 31, 32, 33, 4}, {60, 4}, {5, 90, 5, 91, 4}};
  private static final String TEXT = "w7 w9. w30 w31 w32 w33. w60. w5 w90 w5 w91.";

  @TempDir private Path folder;

  private NetworkFile file(ModelProto model) throws IOException {
    return NetworkFile.open(TinyNetworks.write(folder.resolve("m.onnx"), model));
  }

  private static Function<TensorView, MemorySegment> with(String name, float... values) {
    return tensor -> tensor.name().equals(name) ? NetworkWeights.floats(values, DType.F32) : null;
  }

  private static double[] embedding(int[] tokens, float[] second) {
    int size = TinyNetworks.SIZE;
    float[] table = TinyNetworks.random(1, TinyModels.VOCABULARY * size);
    float[] first = TinyNetworks.random(2, size * size);
    double[] mean = new double[size];
    for (int token : tokens) {
      for (int k = 0; k < size; k++) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
          sum += table[token * size + j] * first[j * size + k];
        }
        for (int out = 0; out < size; out++) {
          mean[out] += Math.tanh(sum) * second[k * size + out] / tokens.length;
        }
      }
    }
    return mean;
  }

  private static double cosine(double[] a, double[] b) {
    double[] products = new double[3];
    for (int i = 0; i < a.length; i++) {
      products[0] += a[i] * b[i];
      products[1] += a[i] * a[i];
      products[2] += b[i] * b[i];
    }
    return products[0] / Math.sqrt(products[1] * products[2]);
  }

  @Test
  void encodersAreComparedByMeansOfStates() throws IOException {
    TinyTokenizer.write(folder, TinyModels.VOCABULARY);
    float[] second = TinyNetworks.random(3, TinyNetworks.SIZE * TinyNetworks.SIZE);
    float[] noisy = second.clone();
    float[] noise = TinyNetworks.random(9, noisy.length);
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] += noise[i] / 4;
    }
    double[] losses = Arrays.stream(SENTENCES)
        .mapToDouble(tokens -> 1 - cosine(embedding(tokens, second), embedding(tokens, noisy))).toArray();
    try (NetworkFile file = file(TinyNetworks.encoder());
        Network original = file.load(1);
        Network other = file.load(with("second", noisy), 1)) {
      assertThat(NetworkKind.of(original)).isEqualTo(NetworkKind.ENCODER);
      EncoderFidelity fidelity = new EncoderFidelity(original, Tokenizer.open(folder), TEXT, 0, 10);
      AtomicLong steps = new AtomicLong();
      double[] own = fidelity.original(steps::addAndGet);
      assertThat(own[0]).isCloseTo(0, within(1e-12));
      assertThat(own).endsWith(1, SENTENCES.length);
      assertThat(steps).hasValue(fidelity.steps());
      double[] figures = fidelity.of(other, steps::addAndGet);
      assertThat(figures[0]).isCloseTo(Arrays.stream(losses).average().orElseThrow(), within(1e-6));
      assertThat(figures[1]).isCloseTo(Arrays.stream(losses).max().orElseThrow(), within(1e-6));
      assertThat(figures[2]).isBetween(0.5, 1.0);
      assertThat(figures).hasSize(fidelity.figures().size());
    }
  }

  @Test
  void picturesAreComparedBySquaredDifferences() throws IOException {
    try (NetworkFile file = file(TinyNetworks.pictures());
        Network original = file.load(1);
        Network other = file.load(with("offset", 0.25f + 0.01f), 1)) {
      assertThat(NetworkKind.of(original)).isEqualTo(NetworkKind.PICTURES);
      PictureFidelity fidelity = new PictureFidelity(original, List.of());
      fidelity.original(step -> { });
      assertThat(fidelity.of(original, step -> { })).startsWith(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
      double[] figures = fidelity.of(other, step -> { });
      assertThat(figures[0]).isCloseTo(40, within(1e-3));
      assertThat(figures[1]).isCloseTo(40, within(1e-3));

      RgbImage gray = new RgbImage(5, 4, new float[60]);
      PictureFidelity ofOne = new PictureFidelity(original, List.of(gray));
      assertThat(ofOne.original(step -> { })[2]).isEqualTo(1);
      assertThat(ofOne.of(other, step -> { })[0]).isCloseTo(40, within(1e-3));
    }
  }

  @Test
  void syntheticPicturesDiffer() {
    List<RgbImage> pictures = SyntheticPictures.of(24, 16);
    for (RgbImage picture : pictures) {
      assertThat(picture.samples()).hasSize(3 * 24 * 16);
      double[] levels = new double[picture.samples().length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = 255.0 * picture.samples()[i];
        assertThat(levels[i]).isBetween(0.0, 255.0).isCloseTo(Math.rint(levels[i]), within(1e-4));
      }
      assertThat(Arrays.stream(levels).distinct().count()).isGreaterThan(20);
    }
    assertThat(pictures).doesNotHaveDuplicates();
    assertThat(SyntheticPictures.of(24, 16).get(3).samples()).isEqualTo(pictures.get(3).samples());
  }

  /** What the network of {@link TinyNetworks#recognizer} reads. */
  private static String read(Line line, double shift) {
    StringBuilder text = new StringBuilder();
    int last = 0;
    for (int x = 0; x < line.width(); x++) {
      double mean = 0;
      for (int y = 0; y < line.height(); y++) {
        mean += (line.pixels()[y * line.width() + x] / 127.5 - 1) / line.height();
      }
      double[] scores = {0, 3 - 4 * mean + shift, 5 - 10 * mean};
      int best = scores[2] > Math.max(scores[0], scores[1]) ? 2 : scores[1] > scores[0] ? 1 : 0;
      if (best != last && best > 0) {
        text.append("ab".charAt(best - 1));
      }
      last = best;
    }
    return text.toString();
  }

  @Test
  void recognitionIsComparedByLinesAndCharacters() throws IOException {
    List<Line> lines = LineImages.of("lot ill\nhat ha wow", 48, 0, 10);
    assertThat(lines).extracting(Line::text).containsExactly("lot ill", "hat ha wow");
    try (NetworkFile file = file(TinyNetworks.recognizer());
        Network original = file.load(1);
        Network other = file.load(with("offset", 0, 2, 5), 1)) {
      assertThat(NetworkKind.of(original)).isEqualTo(NetworkKind.RECOGNITION);
      TextRecognizer recognizer = new TextRecognizer(original);
      TextRecognizer changed = new TextRecognizer(other);
      double wrong = 0;
      double characters = 0;
      for (Line line : lines) {
        String expected = read(line, 0);
        assertThat(recognizer.read(line)).isEqualTo(expected).hasSizeGreaterThan(5);
        assertThat(changed.read(line)).isEqualTo(read(line, -1));
        wrong += EditDistance.of(expected, read(line, -1));
        characters += expected.length();
      }
      RecognitionFidelity fidelity = new RecognitionFidelity(original, "lot ill\nhat ha wow", 10);
      assertThat(fidelity.original(step -> { })).endsWith(100, 100, 2).startsWith(0);
      assertThat(fidelity.of(other, step -> { })[3]).isCloseTo(100 * (1 - wrong / characters), within(1e-9)).isLessThan(100);
    }
  }

  @Test
  void linesFitAndComeFromAllOverTheText() {
    String words = "one two three four five six seven eight nine ten ".repeat(20);
    List<Line> lines = LineImages.of(words, 48, 300, 1000);
    assertThat(lines).allMatch(line -> line.width() == 300 && line.pixels().length == 300 * 48);
    List<String> all = new ArrayList<>();
    lines.forEach(line -> all.addAll(List.of(line.text().split(" "))));
    assertThat(String.join(" ", all)).isEqualTo(words.strip());
    assertThat(LineImages.of(words, 48, 300, 2).get(1).text()).isEqualTo(lines.get(lines.size() / 2).text());
    assertThatIllegalArgumentException().isThrownBy(() -> LineImages.of("incomprehensibilities", 48, 40, 5))
        .withMessage("the text has no word that fits into a line");
  }

  @Test
  void distancesCountInsertionsDeletionsAndReplacements() {
    assertThat(EditDistance.of("kitten", "sitting")).isEqualTo(3);
    assertThat(EditDistance.of("", "abc")).isEqualTo(3);
    assertThat(EditDistance.of("flaw", "lawn")).isEqualTo(2);
    assertThat(EditDistance.of("same", "same")).isZero();
  }
}
