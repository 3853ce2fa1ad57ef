package llm265.fidelity.network;

import java.util.Arrays;
import java.util.List;
import llm265.fidelity.network.LineImages.Line;
import llm265.network.Network;
import llm265.network.Network.Input;
import llm265.network.Network.Output;
import llm265.network.Network.Port;

/**
 * A network that reads lines of text, as those of PP-OCR: images {@code N x 3 x height x width} of samples {@code (x / 255 - 0.5)
 * / 0.5} to scores {@code N x steps x classes}. Class 0 is the blank of connectionist temporal classification, then come the
 * characters of the file's entry {@code character}, one a line, and a space if there is one more class. The text is that of the
 * likeliest class of each step, without repetitions and blanks.
 */
final class TextRecognizer {
  private static final int USUAL_HEIGHT = 48;
  private static final int CHANNELS = 3;

  private final Network network;
  private final Port input;
  private final Port output;
  private final List<String> characters;

  /** @throws IllegalArgumentException if the network has no dictionary, or other inputs and outputs */
  TextRecognizer(Network network) {
    this.network = network;
    String dictionary = network.metadata().get(NetworkPorts.DICTIONARY);
    if (dictionary == null) {
      throw new IllegalArgumentException(
          network.path() + ": a network that reads text needs its characters in the metadata entry " + NetworkPorts.DICTIONARY);
    }
    characters = Arrays.asList(dictionary.split("\\n"));
    input = NetworkPorts.pictures(network);
    if (!input.allows(1, CHANNELS)) {
      throw new IllegalArgumentException(
          network.path() + ": takes images of the shape " + Arrays.toString(input.shape()) + ", not of three channels");
    }
    output = NetworkPorts.output(network, 3);
  }

  /** Height of its images. */
  int height() {
    return input.shape()[2] > 0 ? (int) input.shape()[2] : USUAL_HEIGHT;
  }

  /** Width of its images; 0 for any. */
  int width() {
    return (int) Math.max(0, input.shape()[3]);
  }

  String read(Line line) {
    int pixels = line.pixels().length;
    double[] values = new double[CHANNELS * pixels];
    for (int i = 0; i < values.length; i++) {
      values[i] = (line.pixels()[i % pixels] / 255 - 0.5) / 0.5;
    }
    Output scores =
        network.run(List.of(new Input(input.name(), values, 1, CHANNELS, line.height(), line.width())), output.name());
    return text(scores.values(), (int) scores.shape()[2]);
  }

  private String text(float[] scores, int classes) {
    if (classes != characters.size() + 1 && classes != characters.size() + 2) {
      throw new IllegalArgumentException(network.path() + ": has " + classes + " classes for " + characters.size()
          + " characters");
    }
    StringBuilder text = new StringBuilder();
    int last = 0;
    for (int step = 0; step < scores.length / classes; step++) {
      int best = 0;
      for (int i = 1; i < classes; i++) {
        if (scores[step * classes + i] > scores[step * classes + best]) {
          best = i;
        }
      }
      if (best != last && best > 0) {
        text.append(best <= characters.size() ? characters.get(best - 1) : " ");
      }
      last = best;
    }
    return text.toString();
  }
}
