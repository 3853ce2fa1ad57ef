package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs a model that runs: {@code calibrate}, {@code compress} with its moments or a search, and {@code bench fidelity}. */
class CalibrateCommandTest {
  @TempDir private Path folder;

  private Path model;
  private Path text;

  @BeforeEach
  void write() throws IOException {
    model = write("gpt2");
    text = Files.writeString(folder.resolve("text.txt"), new Random(5).ints(400, 'a', 'z' + 1)
        .mapToObj(Character::toString).collect(Collectors.joining()));
  }

  private Path write(String name) throws IOException {
    Path written = TinyModels.of(name).write(folder.resolve(name));
    String vocabulary = IntStream.rangeClosed('a', 'z').mapToObj(letter -> "\"" + (char) letter + "\":" + (letter - 'a' + 7))
        .collect(Collectors.joining(","));
    Files.writeString(written.resolve("tokenizer.json"), """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":null,
        "post_processor":null,"decoder":null,"model":{"type":"BPE","vocab":{%s},"merges":[]}}""".formatted(vocabulary));
    return written;
  }

  private Path calibrate(Path of) {
    Path file = folder.resolve("cal.safetensors");
    assertThat(CommandRun.succeed("calibrate", of, "--text", text, "--window", 50, "--windows", 4, "-o", file))
        .contains("inputs of 8 layers, 200 tokens");
    return file;
  }

  @Test
  void calibratedModelsAreReadAsAllOthers() throws IOException {
    Path weights = model.resolve("model.safetensors");
    Path calibrated = folder.resolve("calibrated.safetensors");
    Path plain = folder.resolve("plain.safetensors");
    Path calibration = calibrate(model);
    CommandRun.notes("compress", weights, "--bits", 2.5, "--effort", "fast", "-o", plain);
    assertThat(CommandRun.notes(
        "compress", weights, "--bits", 2.5, "--effort", "fast", "--calibration", calibration, "-o", calibrated))
        .contains("8 tensors calibrated on 200 tokens");
    assertThat(Files.readAllBytes(calibrated)).isNotEqualTo(Files.readAllBytes(plain));
    assertThat(CommandRun.notes(
        "compress", weights, "--bits", 2.5, "--effort", "fast", "--codec", "trinity", "--calibration", calibration, "-o",
        calibrated)).contains("8 tensors calibrated on 200 tokens");
    Path back = folder.resolve("back.safetensors");
    CommandRun.succeed("decompress", calibrated, "-o", back);
    assertThat(Files.size(back)).isCloseTo(Files.size(weights), withinPercentage(5));
    assertThat(CommandRun.of("compress", weights, "--effort", "fast", "--sensitivity", calibration, "-o", calibrated).out())
        .contains("weighted SNR");
  }

  @Test
  void calibrationsAreRefusedWhereNothingTakesThem() throws IOException {
    Path weights = model.resolve("model.safetensors");
    Path calibration = calibrate(model);
    Path output = folder.resolve("o.safetensors");
    for (String option : List.of("--plain-samples", "--depth=10")) {
      assertThat(CommandRun.fail(2, "compress", weights, "--calibration", calibration, option, "-o", output))
          .contains("--calibration needs a trellis");
    }
    assertThat(CommandRun.fail(2, "compress", weights, "--calibration", calibration, "--lossless", "-o", output))
        .contains("is for coding with loss");
  }

  @Test
  void calibrationsOfOtherModelsAreRefused() throws IOException {
    Path calibration = calibrate(model);
    Path other = write("llama").resolve("model.safetensors");
    for (String option : List.of("--calibration", "--sensitivity")) {
      assertThat(CommandRun.fail(2, "compress", other, option, calibration, "-o", folder.resolve("o.safetensors")))
          .contains("cal.safetensors: ").contains("transformer.h.0.attn.c_attn.weight");
    }
    assertThat(CommandRun.fail(2, "compress", other, "--calibration", other, "-o", folder.resolve("o.safetensors")))
        .contains("is no calibration");
  }

  @Test
  void weightsOfTensorsAreSearchedForInAModelsFolder() throws IOException {
    Path file = folder.resolve("o.safetensors");
    assertThat(CommandRun.notes(
        "compress", model, "--bits", 3, "--effort", "fast", "--allocate", "search", "--text", text, "-o", file))
        .first().asString().startsWith("the search took the divergence on " + text + " from ");
    byte[] searched = Files.readAllBytes(file);
    CommandRun.notes("compress", model.resolve("model.safetensors"), "--bits", 3, "--effort", "fast", "--allocate", "search",
        "--text", text, "--threads", 3, "-o", file);
    assertThat(Files.readAllBytes(file)).isEqualTo(searched);
    CommandRun.notes("compress", model.resolve("model.safetensors"), "--bits", 3, "--effort", "fast", "-o", file);
    assertThat(Files.readAllBytes(file)).isNotEqualTo(searched);
  }

  @Test
  void searchesThatCannotBeAreRefused() throws IOException {
    Path output = folder.resolve("o.safetensors");
    Path other = Files.copy(model.resolve("model.safetensors"), model.resolve("other.safetensors"));
    assertThat(CommandRun.fail(2, "compress", model, "--allocate", "search", "-o", output)).contains("--text FILE");
    assertThat(CommandRun.fail(2, "compress", other, "--text", text, "-o", output)).contains("is for --allocate search");
    assertThat(CommandRun.fail(2, "compress", other, "--allocate", "search", "--text", text, "-o", output))
        .contains("whose weights are ").contains("model.safetensors");
    assertThat(CommandRun.fail(2, "compress", model, "--allocate", "search", "--text", text, "--snr", 20, "-o", output))
        .contains("is for --bits");
    assertThat(CommandRun.fail(
        2, "compress", model, "--allocate", "search", "--text", text, "--sensitivity", other, "-o", output))
        .contains("both weigh errors");
    assertThat(CommandRun.fail(2, "compress", folder, "--allocate", "search", "--text", text, "-o", output))
        .contains("no config.json");
    assertThat(CommandRun.fail(2, "compress", write("bert"), "--allocate", "search", "--text", text, "-o", output))
        .contains("BertForMaskedLM is an encoder, not a causal language model");
  }

  @Test
  void settingsThatDoNotFitAreRefused() throws IOException {
    Path output = folder.resolve("o.safetensors");
    assertThat(CommandRun.fail(2, "calibrate", model, "--text", text, "--window", 129, "-o", output))
        .contains("--window 129 is not in 2..128");
    assertThat(CommandRun.fail(2, "calibrate", model, "--text", text, "-o", "-")).contains("kept beside a file");
    Path bytes = Files.write(folder.resolve("bytes.txt"), new byte[] {'a', (byte) 0xFF});
    assertThat(CommandRun.fail(2, "calibrate", model, "--text", bytes, "-o", output)).contains("the text is not UTF-8");
    assertThat(CommandRun.fail(2, "bench", "fidelity", model, "--text", text, "--methods", "gptq3"))
        .contains("--calibration-text");
  }

  @Test
  void theBenchWritesATableAndAPlot() throws IOException {
    String out = CommandRun.succeed(
        "bench", "fidelity", model, "--text", text, "--window", 40, "--windows", 3, "--bits", "4,3", "--methods",
        "trinity-fast,rtn,awq{b}g16,mxfp4", "--calibration-text", text, "-o", folder.resolve("f"));
    assertThat(out.lines().map(line -> line.split(" ")[0]).toList()).containsExactly(
        "gpt2", "original", "trinity-fast", "trinity-fast", "rtn3g128", "rtn4g128", "awq3g16", "awq4g16", "mxfp4", "");
    List<String> rows = Files.readAllLines(folder.resolve("f.csv"));
    assertThat(rows).hasSize(9);
    String[] last = rows.getLast().split(",");
    assertThat(last[1]).isEqualTo("mxfp4");
    assertThat(Double.parseDouble(last[4])).isPositive();
    assertThat(last[8]).isEqualTo("117");
    assertThat(ImageIO.read(folder.resolve("f-gpt2.png").toFile()).getWidth()).isEqualTo(1200);
  }
}
