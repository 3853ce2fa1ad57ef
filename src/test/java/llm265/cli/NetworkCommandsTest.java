package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.GraphProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import llm265.model.ModelCompressor;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import llm265.reference.network.TinyNetworks;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code eval} and {@code bench fidelity} on networks in ONNX files. */
class NetworkCommandsTest {
  @TempDir private Path folder;

  private Path text;

  @BeforeEach
  void write() throws IOException {
    text = Files.writeString(folder.resolve("text.txt"), "w10 w11 w12. w13 w14. w15 w99. w16.");
  }

  private Path encoder() {
    TinyTokenizer.write(folder, TinyModels.VOCABULARY);
    return TinyNetworks.write(folder.resolve("encoder.onnx"), TinyNetworks.encoder());
  }

  private Path pictures() {
    return TinyNetworks.write(folder.resolve("pictures.onnx"), TinyNetworks.pictures());
  }

  private Path compressed(Path network, double snr) throws IOException {
    Path file = folder.resolve(network.getFileName() + "-" + snr + ".llm265");
    ModelCompressor.atSnr(snr).withCodec(Codec.TRINITY).withEffort(Effort.FAST).compress(network, file);
    return file;
  }

  private static JsonNode json(Object... arguments) throws IOException {
    return new ObjectMapper().readTree(CommandRun.succeed(arguments));
  }

  @Test
  void encodersAreMeasuredByCosines() throws IOException {
    Path network = encoder();
    Path small = compressed(network, 20);
    Path csv = folder.resolve("table.csv");
    Path plot = folder.resolve("plot.png");
    CommandRun run = CommandRun.of("eval", network, "--against", small, compressed(network, 40), network, "--text", text,
        "--csv", csv, "--plot", plot, "--threads", 1);

    assertThat(run.status()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.getFirst()).matches("model +bits/value +1 - cosine +worst +rank agreement +sentences +seconds");
    assertThat(lines.get(1)).matches(".* 32\\.\\d+ +0\\.000000 +0\\.000000 +1\\.000000 +4 .*");
    assertThat(lines.get(2)).matches(".*-20\\.0.* [34]\\.\\d+ +0\\.0\\d+ +0\\.0\\d+ .*");
    assertThat(lines.get(3)).matches(".*-40\\.0.* 0\\.000[1-9]\\d+ .*");
    assertThat(lines.get(4)).matches(".* 32\\.\\d+ +0\\.000000 +0\\.000000 +1\\.000000 +4 .*");
    assertThat(Files.readAllLines(csv).getFirst())
        .isEqualTo("model,bits_per_value,cosine_loss,worst_cosine_loss,rank_correlation,sentences,seconds");
    assertThat(ImageIO.read(plot.toFile()).getWidth()).isGreaterThan(100);
    assertThat(run.err().lines()).contains("llm265: note: 4 sentences of 12 tokens");

    JsonNode other = json("eval", network, "--against", small, "--text", text, "--json");
    assertThat(other.get("kind").textValue()).isEqualTo("encoder");
    JsonNode figures = other.get("models").get(1);
    assertThat(figures.get("bitsPerValue").doubleValue())
        .isCloseTo(8.0 * Files.size(small) / (64 * (TinyModels.VOCABULARY + 128)), within(1e-9));
    assertThat(figures.get("cosineLoss").doubleValue()).isPositive();
  }

  @Test
  void tokenizersMayLieElsewhere() throws IOException {
    Path network = encoder();
    Path below = Files.createDirectory(folder.resolve("onnx"));
    Path moved = Files.move(network, below.resolve("model.onnx"));
    double expected = json("eval", moved, "--against", compressed(moved, 20), "--text", text, "--json")
        .get("models").get(1).get("cosineLoss").doubleValue();
    Path named = Files.move(folder.resolve("tokenizer.json"), folder.resolve("other.json"));
    assertThat(CommandRun.fail(2, "eval", moved, "--text", text)).startsWith(below + ": has no tokenizer");
    assertThat(json("eval", moved, "--against", folder.resolve("model.onnx-20.0.llm265"), "--text", text, "--json", "--tokenizer",
        named).get("models").get(1).get("cosineLoss").doubleValue()).isEqualTo(expected);
  }

  @Test
  void picturesAreMeasuredByPsnr() throws IOException {
    Path network = pictures();
    Path picture = folder.resolve("p.png");
    ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
    Path louder = TinyNetworks.write(folder.resolve("louder.onnx"), TinyNetworks.pictures().toBuilder().setGraph(
        TinyNetworks.pictures().getGraph().toBuilder().setInitializer(1, TinyNetworks.raw("offset", new float[] {0.35f}, 1)))
        .build());
    JsonNode root = json("eval", network, "--against", louder, "--pictures", picture, "--json");
    assertThat(root.get("kind").textValue()).isEqualTo("pictures");
    assertThat(root.get("models").get(0).get("meanPsnr").isNull()).isTrue();
    assertThat(root.get("models").get(1).get("meanPsnr").doubleValue()).isCloseTo(20, within(1e-4));
    assertThat(root.get("models").get(1).get("pictures").intValue()).isEqualTo(1);
    Path plot = folder.resolve("plot.png");
    assertThat(CommandRun.notes("eval", network, "--against", network, "--plot", plot)).containsExactly(
        "4 pictures, the first of 64x64 pixels", plot + ": no axis has a place for what is infinite");
  }

  @Test
  void wrongOptionsAndFilesAreNamed() throws IOException {
    Path network = pictures();
    assertThat(CommandRun.fail(2, "eval", network, "--text", text))
        .isEqualTo("--text is of no use for a network of the kind pictures");
    assertThat(CommandRun.fail(2, "eval", encoder(), "--pictures", text))
        .isEqualTo("--pictures is of no use for a network of the kind encoder");
    assertThat(CommandRun.fail(2, "eval", network, "--kind", "poem"))
        .isEqualTo("no kind 'poem' of networks; there are encoder, pictures, recognition");
    assertThat(CommandRun.fail(2, "eval", network, "--kind", "recognition")).isEqualTo(
        network + ": a network that reads text needs its characters in the metadata entry character");
    assertThat(CommandRun.fail(2, "eval", network, "--kind", "encoder"))
        .isEqualTo(network + ": no input is named input_ids");
    assertThat(CommandRun.fail(2, "eval", network, "--pictures", text)).isEqualTo(
        text + ": expected a file named .y4m, .png, .pgm or .ppm");
    assertThat(CommandRun.fail(2, "eval", network, "--against", compressed(encoder(), 20)))
        .endsWith("tensor kernel, which the network needs, is missing");
    assertThat(CommandRun.fail(2, "eval", folder.resolve("none.onnx"))).isEqualTo(folder + "/none.onnx: no such file");
    Path damaged = Files.writeString(folder.resolve("damaged.onnx"), "\u0012\u0034");
    assertThat(CommandRun.fail(2, "eval", damaged)).startsWith(damaged + ": not a well-formed ONNX model");
    Path odd = TinyNetworks.write(folder.resolve("odd.onnx"), TinyNetworks.model(GraphProto.newBuilder()
        .addInput(TinyNetworks.value("x", 2)).addNode(TinyNetworks.node("Relu", "y", "x"))
        .addOutput(TinyNetworks.value("y", 2))));
    assertThat(CommandRun.fail(2, "eval", odd)).isEqualTo(odd + ": its inputs (x [2]) and outputs (y [2]) do not tell its kind; "
        + "name it, one of encoder, pictures, recognition");
    Path model = TinyModels.of("llama").write(folder.resolve("llama"));
    assertThat(CommandRun.fail(2, "eval", model, "--kind", "encoder"))
        .isEqualTo("--kind, --tokenizer and --pictures are for networks in ONNX files");
  }

  @Test
  void benchMeasuresMethods() throws IOException {
    Path network = encoder();
    Path prefix = folder.resolve("bench");
    CommandRun run = CommandRun.of("bench", "fidelity", network, "--methods", "rtn{b}g64,nf4", "--bits", "3,4", "--text", text,
        "-o", prefix);
    assertThat(run.status()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines.getFirst()).matches("encoder.onnx +bits/value +1 - cosine +worst +rank agreement +sentences +seconds");
    assertThat(lines.get(1)).matches("original +32\\.000 +0\\.000000 .*");
    assertThat(lines.get(2)).matches("rtn3g64 +3\\.297 +0\\.0\\d+ .*");
    assertThat(Files.readAllLines(folder.resolve("bench-encoder.onnx.csv"))).hasSize(1 + 4);
    assertThat(folder.resolve("bench-encoder.onnx.png")).exists();
    assertThat(CommandRun.fail(2, "bench", "fidelity", network, "--methods", "awq", "--bits", "3"))
        .isEqualTo("awq3g128 is calibrated, which networks in ONNX files cannot be");
  }

  @Test
  void benchFindsMethodsThatALaterModelCannotHaveBeforeItMeasuresOne() throws IOException {
    Path model = TinyModels.of("llama").write(folder.resolve("llama"));
    Path prefix = folder.resolve("early");
    assertThat(CommandRun.fail(2, "bench", "fidelity", model, encoder(), "--methods", "rtn,awq", "--bits", "3", "--text", text,
        "--calibration-text", text, "-o", prefix))
        .isEqualTo("awq3g128 is calibrated, which networks in ONNX files cannot be");
    assertThat(folder.resolve("early.csv")).doesNotExist();
  }
}
