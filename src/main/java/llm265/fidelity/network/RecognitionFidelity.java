package llm265.fidelity.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import llm265.fidelity.network.LineImages.Line;
import llm265.network.Network;

/**
 * Compares networks that read lines of text: what share of lines, and of characters, they read right, and as the original reads
 * them. Characters are right but for the edit distance of a line, at most all of them wrong.
 */
public final class RecognitionFidelity implements NetworkFidelity {
  private final TextRecognizer original;
  private final List<Line> lines;
  private final List<String> read = new ArrayList<>();

  /**
   * An original and a text.
   *
   * @param most number of lines
   * @throws IllegalArgumentException if the network reads no text, or the text cannot be drawn
   */
  public RecognitionFidelity(Network original, String text, int most) {
    this.original = new TextRecognizer(original);
    lines = LineImages.of(text, this.original.height(), this.original.width(), most);
  }

  @Override
  public NetworkKind kind() {
    return NetworkKind.RECOGNITION;
  }

  @Override
  public List<Figure> figures() {
    return List.of(
        new Figure("lines right %", "%.2f", "linesRightPercent"),
        new Figure("characters right %", "%.2f", "charactersRightPercent"),
        new Figure("lines as original %", "%.2f", "linesAsOriginalPercent"),
        new Figure("characters as original %", "%.2f", "charactersAsOriginalPercent"),
        new Figure("lines", "%.0f", "lines"));
  }

  @Override
  public int chief() {
    return 1;
  }

  @Override
  public boolean isLogarithmic() {
    return false;
  }

  @Override
  public long steps() {
    return lines.size();
  }

  @Override
  public String note() {
    return lines.size() + " lines of " + lines.stream().mapToInt(line -> line.text().length()).sum() + " characters";
  }

  @Override
  public double[] original(IntConsumer progress) {
    read.addAll(read(original, progress));
    return figures(read);
  }

  @Override
  public double[] of(Network network, IntConsumer progress) {
    return figures(read(new TextRecognizer(network), progress));
  }

  private List<String> read(TextRecognizer recognizer, IntConsumer progress) {
    List<String> texts = new ArrayList<>();
    for (Line line : lines) {
      texts.add(recognizer.read(line));
      progress.accept(1);
    }
    return texts;
  }

  private double[] figures(List<String> texts) {
    double[] right = shares(lines.stream().map(Line::text).toList(), texts);
    double[] asOriginal = shares(read, texts);
    return new double[] {right[0], right[1], asOriginal[0], asOriginal[1], lines.size()};
  }

  /** The percentages of equal lines and of equal characters. */
  private static double[] shares(List<String> expected, List<String> texts) {
    long equal = 0;
    long characters = 0;
    long wrong = 0;
    for (int i = 0; i < texts.size(); i++) {
      equal += expected.get(i).equals(texts.get(i)) ? 1 : 0;
      characters += expected.get(i).length();
      wrong += Math.min(expected.get(i).length(), EditDistance.of(expected.get(i), texts.get(i)));
    }
    return new double[] {100.0 * equal / texts.size(), 100.0 * (characters - wrong) / Math.max(1, characters)};
  }
}
