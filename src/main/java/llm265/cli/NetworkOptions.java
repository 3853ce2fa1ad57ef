package llm265.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.fidelity.network.EncoderFidelity;
import llm265.fidelity.network.NetworkFidelity;
import llm265.fidelity.network.NetworkKind;
import llm265.fidelity.network.PictureFidelity;
import llm265.fidelity.network.RecognitionFidelity;
import llm265.image.RgbImage;
import llm265.lm.token.Tokenizer;
import llm265.network.Network;
import picocli.CommandLine.Option;

/** Options for networks in ONNX files, the same for all commands. */
final class NetworkOptions {
  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "What an ONNX file is: encoder (tokens to embeddings), pictures (to pictures), or recognition (pictures of "
          + "lines to text); by default inputs and outputs tell")
  private String kind;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "Tokenizer of an ONNX file, a tokenizer.json or vocab.txt, or a folder with one (default: that beside the "
          + "file, or in the folder above)")
  private Path tokenizer;

  @Option(
      names = "--pictures",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Pictures for networks that make pictures, .png or .ppm (default: four made of formulas)")
  private List<Path> pictures = List.of();

  /** Refuses all of them where the model is no ONNX file. */
  void requireNone() {
    if (kind != null || tokenizer != null || !pictures.isEmpty()) {
      throw new IllegalArgumentException("--kind, --tokenizer and --pictures are for networks in ONNX files");
    }
  }

  /**
   * The measure for an original.
   *
   * @param textFile null for the text that the program has
   * @param window greatest number of tokens of a sentence; null for the usual number
   * @param most number of sentences or lines
   */
  NetworkFidelity measure(Network original, Path textFile, Integer window, int most) throws IOException {
    NetworkKind of = kind == null ? NetworkKind.of(original) : NetworkKind.of(kind);
    requireUsed(of, textFile, window);
    return switch (of) {
      case ENCODER -> new EncoderFidelity(
          original, tokenizer(original.path()), TextInput.readOrSample(textFile), window == null ? 0 : window, most);
      case PICTURES -> {
        List<RgbImage> images = new ArrayList<>();
        for (Path picture : pictures) {
          images.add(RgbImage.read(picture));
        }
        yield new PictureFidelity(original, images);
      }
      case RECOGNITION -> new RecognitionFidelity(original, TextInput.readOrSample(textFile), most);
    };
  }

  private void requireUsed(NetworkKind of, Path textFile, Integer window) {
    String unused = of != NetworkKind.PICTURES && !pictures.isEmpty() ? "--pictures"
        : of == NetworkKind.PICTURES && textFile != null ? "--text"
        : of != NetworkKind.ENCODER && tokenizer != null ? "--tokenizer"
        : of != NetworkKind.ENCODER && window != null ? "--window" : null;
    if (unused != null) {
      throw new IllegalArgumentException(unused + " is of no use for a network of the kind " + of.word());
    }
  }

  private Tokenizer tokenizer(Path network) throws IOException {
    if (tokenizer != null) {
      return Files.isDirectory(tokenizer) ? Tokenizer.open(tokenizer) : Tokenizer.openFile(tokenizer);
    }
    Path folder = network.toAbsolutePath().normalize().getParent();
    Path above = folder.getParent();
    if (!Tokenizer.isIn(folder) && above != null && Tokenizer.isIn(above)) {
      return Tokenizer.open(above);
    }
    return Tokenizer.open(folder);
  }
}
