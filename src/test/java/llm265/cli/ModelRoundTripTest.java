package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.cli.output.Format;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model through compress, inspect, verify, extract, decompress and compare. */
class ModelRoundTripTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private static Path shared;
  private static Path model;
  private static Path small;
  private static String told;

  @TempDir private Path folder;

  @BeforeAll
  static void compress() {
    model = new SampleModel()
        .metadata("format", "pt")
        .metadata("note", "\"quoted\"\nand ünïcode")
        .gaussian("w.f32", DType.F32, 96, 128)
        .gaussian("w.f16", DType.F16, 128, 96)
        .gaussian("w.bf16", DType.BF16, 4, 48, 64)
        .gaussian("bias", DType.F32, 96)
        .bits("ids", DType.I64, 7)
        .save(shared.resolve("model.safetensors"));
    small = shared.resolve("small.safetensors");
    told = CommandRun.succeed("compress", model, "-o", small, "--bits", "4", "--threads", "2");
  }

  private static JsonNode json(Object... arguments) throws IOException {
    return MAPPER.readTree(CommandRun.succeed(arguments));
  }

  @Test
  void compressTellsWhatItCameTo() throws IOException {
    assertThat(told.lines()).hasSize(1);
    assertThat(told).startsWith(small + ": 3 of 5 tensors compressed, ").contains(" bits per value, ", " times smaller)");
    double values = 3 * 96 * 128 + 96 + 7;
    String bits = Format.number("%.3f", 8.0 * Files.size(small) / values);
    assertThat(told).contains(", " + bits + " bits per value, ");
    assertThat(Double.parseDouble(bits)).isBetween(3.9, 4.001);
  }

  @Test
  void outputDoesNotDependOnThreads() throws IOException {
    Path other = folder.resolve("other.safetensors");
    CommandRun.succeed("compress", model, "-o", other, "--bits", "4", "--threads", "1");
    assertThat(Files.mismatch(small, other)).isEqualTo(-1);
  }

  @Test
  void inspectShowsEveryTensor() {
    List<String> lines = CommandRun.succeed("inspect", small).lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.get(0).split("  +")).containsExactly("tensor", "type", "shape", "bytes", "bits/value", "SNR dB", "tools");
    assertThat(lines.stream().filter(line -> line.startsWith("w.bf16 ")).findFirst().orElseThrow().split("  +"))
        .startsWith("w.bf16", "BF16", "4x48x64")
        .anyMatch(cell -> cell.contains("carried"));
    assertThat(lines.stream().filter(line -> line.startsWith("ids ")).findFirst().orElseThrow().split("  +"))
        .containsExactly("ids", "I64", "7", "56", "64.000", "kept");
    assertThat(lines.getLast()).startsWith("all 5 ").contains("36967 values");
  }

  @Test
  void inspectJsonAgreesWithTheFileAndTheModel() throws IOException {
    JsonNode root = json("inspect", small, "--json");
    assertThat(root.get("compressed").booleanValue()).isTrue();
    assertThat(root.get("bytes").longValue()).isEqualTo(Files.size(small));
    assertThat(root.get("metadata").get("note").textValue()).isEqualTo("\"quoted\"\nand ünïcode");
    assertThat(root.get("metadata")).hasSize(2);
    for (JsonNode tensor : root.get("tensors")) {
      TensorView original = SampleModel.tensor(model, tensor.get("name").textValue());
      assertThat(tensor.get("dtype").textValue()).isEqualTo(original.dtype().name());
      assertThat(MAPPER.convertValue(tensor.get("shape"), long[].class)).containsExactly(original.shape());
      boolean stream = original.rank() > 1;
      assertThat(tensor.get("stream").booleanValue()).isEqualTo(stream);
      if (stream) {
        assertThat(tensor.get("snr").doubleValue()).isBetween(15.0, 25.0);
        assertThat(tensor.get("tiles").intValue()).isPositive();
      }
    }
  }

  @Test
  void inspectShowsAnUncompressedModel() throws IOException {
    assertThat(CommandRun.succeed("inspect", model).lines()).hasSize(7).last().asString().startsWith("all 5 ");
    JsonNode root = json("inspect", model, "--json");
    assertThat(root.get("compressed").booleanValue()).isFalse();
    assertThat(root.get("tensors")).hasSize(5);
    assertThat(root.get("tensors").get(0).get("bytes").longValue()).isEqualTo(4 * 96 * 128);
  }

  @Test
  void inspectListsTheHeadersOfAStream() throws IOException {
    Path stream = folder.resolve("w.264");
    CommandRun.succeed("extract", small, "--tensor", "w.f16", "-o", stream);
    String text = CommandRun.succeed("inspect", stream);
    assertThat(text).startsWith("tensor F16 128x96, ");
    assertThat(text).contains("profile_idc", "nal_unit_type 7", "nal_unit_type 8", "nal_unit_type 5", "slice_qp_delta");
    assertThat(text).doesNotContain("  ! ");
    JsonNode root = json("inspect", stream, "--json");
    assertThat(root.get("tensor").get("dtype").textValue()).isEqualTo("F16");
    long next = 0;
    for (JsonNode unit : root.get("nalUnits")) {
      assertThat(unit.get("offset").longValue()).isGreaterThanOrEqualTo(next);
      next = unit.get("offset").longValue() + unit.get("bytes").longValue();
      assertThat(unit.has("fault")).isFalse();
    }
    assertThat(next).isEqualTo(Files.size(stream));
  }

  @Test
  void verifyPassesWhatCompressWrote() {
    assertThat(CommandRun.succeed("verify", small)).isEqualTo(small + ": all 5 tensors are intact\n");
  }

  @Test
  void decompressGivesBackNamesTypesShapesMetadataAndKeptTensors() {
    Path again = folder.resolve("again.safetensors");
    assertThat(CommandRun.succeed("decompress", small, "-o", again, "--threads", "2")).isEmpty();
    assertThat(SampleModel.metadata(again)).isEqualTo(SampleModel.metadata(model));
    for (String name : List.of("w.f32", "w.f16", "w.bf16", "bias", "ids")) {
      TensorView before = SampleModel.tensor(model, name);
      TensorView after = SampleModel.tensor(again, name);
      assertThat(after.dtype()).isEqualTo(before.dtype());
      assertThat(after.shape()).containsExactly(before.shape());
      if (before.rank() == 1) {
        assertThat(SampleModel.bytes(again, name)).isEqualTo(SampleModel.bytes(model, name));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"f32,F32", "f16,F16", "bf16,BF16", "F16,F16"})
  void dtypeConvertsWhatTheStreamHolds(String option, DType type) {
    Path plain = folder.resolve("plain.safetensors");
    Path converted = folder.resolve("converted.safetensors");
    CommandRun.succeed("decompress", small, "-o", plain, "--dtype", "original");
    CommandRun.succeed("decompress", small, "-o", converted, "--dtype", option);
    for (String name : List.of("w.f32", "w.f16", "w.bf16", "bias")) {
      TensorView before = SampleModel.tensor(plain, name);
      TensorView after = SampleModel.tensor(converted, name);
      assertThat(after.dtype()).isEqualTo(type);
      assertThat(after.data().mismatch(
          before.dtype() == type ? before.data() : FloatConversion.convert(before.data(), before.dtype(), type)))
          .isEqualTo(-1);
    }
    assertThat(SampleModel.tensor(converted, "ids").dtype()).isEqualTo(DType.I64);
    assertThat(SampleModel.bytes(converted, "ids")).isEqualTo(SampleModel.bytes(model, "ids"));
  }

  @ParameterizedTest
  @CsvSource({"w.f32,original,F32", "w.f16,original,F16", "w.f32,f16,F16", "w.f16,f32,F32", "w.bf16,original,F32"})
  void extractedStreamIsTheTensorByItself(String name, String dtype, DType written) {
    Path whole = folder.resolve("whole.safetensors");
    CommandRun.succeed("decompress", small, "-o", whole);
    Path stream = folder.resolve("t.264");
    assertThat(CommandRun.succeed("extract", small, "--tensor", name, "-o", stream)).isEmpty();
    Path array = folder.resolve("t.npy");
    CommandRun.succeed("decompress", stream, "-o", array, "--dtype", dtype);
    TensorView expected = SampleModel.tensor(whole, name);
    TensorView actual = SampleModel.tensor(array, "t");
    assertThat(actual.dtype()).isEqualTo(written);
    assertThat(actual.shape()).containsExactly(expected.shape());
    assertThat(actual.data().mismatch(
        expected.dtype() == written ? expected.data() : FloatConversion.convert(expected.data(), expected.dtype(), written)))
        .isEqualTo(-1);
    Path single = folder.resolve("single.safetensors");
    CommandRun.succeed("decompress", stream, "-o", single);
    assertThat(SampleModel.tensor(single, "t").data().mismatch(expected.data())).isEqualTo(-1);
    assertThat(CommandRun.succeed("verify", stream)).isEqualTo(stream + ": the stream is intact\n");
  }

  @Test
  void compareMeasuresTheSnrThatTheHeaderSays() throws IOException {
    JsonNode inspected = json("inspect", small, "--json");
    JsonNode compared = json("compare", model, small, "--json");
    for (JsonNode tensor : compared.get("tensors")) {
      String name = tensor.get("name").textValue();
      boolean exact = SampleModel.tensor(model, name).rank() == 1;
      assertThat(tensor.get("exact").booleanValue()).isEqualTo(exact);
      if (exact) {
        assertThat(tensor.get("snr").isNull()).isTrue();
        assertThat(tensor.get("mse").doubleValue()).isZero();
      } else {
        JsonNode header = null;
        for (JsonNode candidate : inspected.get("tensors")) {
          header = candidate.get("name").equals(tensor.get("name")) ? candidate : header;
        }
        assertThat(tensor.get("snr").doubleValue()).isCloseTo(header.get("snr").doubleValue(), within(0.02));
        assertThat(tensor.get("cosine").doubleValue()).isBetween(0.98, 0.9999);
      }
    }
    Path again = folder.resolve("again.safetensors");
    CommandRun.succeed("decompress", small, "-o", again);
    assertThat(json("compare", model, again, "--json")).isEqualTo(compared);
  }

  @Test
  void losslessStreamsGoThroughEveryCommand() throws IOException {
    Path exact = folder.resolve("exact.safetensors");
    assertThat(CommandRun.succeed("compress", model, "-o", exact, "--lossless")).contains("3 of 5 tensors compressed");
    for (JsonNode tensor : json("compare", model, exact, "--json").get("tensors")) {
      assertThat(tensor.get("exact").booleanValue()).isTrue();
    }
    Path again = folder.resolve("again.safetensors");
    CommandRun.succeed("decompress", exact, "-o", again);
    for (String name : List.of("w.f32", "w.f16", "w.bf16", "bias", "ids")) {
      assertThat(SampleModel.bytes(again, name)).as(name).isEqualTo(SampleModel.bytes(model, name));
    }
    Path stream = folder.resolve("w.264");
    CommandRun.succeed("extract", exact, "--tensor", "w.bf16", "-o", stream);
    assertThat(CommandRun.succeed("inspect", stream))
        .startsWith("tensor BF16 4x48x64, ").contains("SNR exact dB").contains("nal_unit_type 30").doesNotContain("  ! ");
    assertThat(CommandRun.succeed("verify", stream)).isEqualTo(stream + ": the stream is intact\n");
    Path array = folder.resolve("w.safetensors");
    CommandRun.succeed("decompress", stream, "-o", array);
    assertThat(SampleModel.bytes(array, "w")).isEqualTo(SampleModel.bytes(model, "w.bf16"));
    byte[] damaged = Files.readAllBytes(exact);
    damaged[damaged.length / 2] ^= 1;
    Files.write(exact, damaged);
    assertThat(CommandRun.fail(1, "verify", exact)).contains("tensor \"");
  }

  @Test
  void protectedTensorsOfALosslessModelLoseSomething() throws IOException {
    Path exact = folder.resolve("exact.safetensors");
    CommandRun.succeed("compress", model, "-o", exact, "--lossless", "--protect", "bf16=4");
    for (JsonNode tensor : json("compare", model, exact, "--json").get("tensors")) {
      assertThat(tensor.get("exact").booleanValue()).isEqualTo(!tensor.get("name").textValue().equals("w.bf16"));
    }
  }

  @Test
  void deepSamplesComeNearerAtHighRates() throws IOException {
    double[] snr = new double[2];
    for (int i = 0; i < 2; i++) {
      Path deep = folder.resolve("deep" + i + ".safetensors");
      CommandRun.succeed("compress", model, "-o", deep, "--bits", "7", "--plain-samples", "--depth", i == 0 ? "8" : "12");
      snr[i] = json("compare", model, deep, "--json").get("overall").get("snr").doubleValue();
    }
    assertThat(snr[1]).isGreaterThan(snr[0] + 0.7);
  }

  @Test
  void maxErrorHoldsForEveryTensor() throws IOException {
    Path bounded = folder.resolve("bounded.safetensors");
    CommandRun.succeed("compress", model, "-o", bounded, "--max-error", "0.25");
    for (JsonNode tensor : json("compare", model, bounded, "--json").get("tensors")) {
      assertThat(tensor.get("maxError").doubleValue()).isLessThanOrEqualTo(0.25);
    }
  }

  @Test
  void sensitivityMovesBitsAndIsReported() throws IOException {
    float[] heavy = new float[128];
    float[] light = new float[128];
    for (int i = 0; i < heavy.length; i++) {
      heavy[i] = 4 + i;
      light[i] = heavy[i] / 64;
    }
    Path weights = new SampleModel()
        .floats("w.f32", DType.F32, heavy, 128)
        .floats("w.f16.sensitivity", DType.F32, light, 128)
        .save(folder.resolve("weights.safetensors"));
    Path weighted = folder.resolve("weighted.safetensors");
    String line = CommandRun.succeed("compress", model, "-o", weighted, "--bits", "4", "--sensitivity", weights);
    assertThat(line).matches("(?s).* bits per value, weighted SNR \\d+\\.\\d\\d dB, .*");
    JsonNode tensors = json("inspect", weighted, "--json").get("tensors");
    assertThat(tensors.get(0).get("name").textValue()).isEqualTo("w.f32");
    assertThat(tensors.get(0).get("snr").doubleValue()).isGreaterThan(tensors.get(1).get("snr").doubleValue() + 15);
  }

  @Test
  void compareIsExactBetweenStreamsAndTheirDecodedValues() throws IOException {
    Path again = folder.resolve("again.safetensors");
    CommandRun.succeed("decompress", small, "-o", again);
    assertThat(json("compare", small, again, "--json").get("overall").get("exact").booleanValue()).isTrue();
    List<String> lines = CommandRun.succeed("compare", small, again).lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.getLast().split("  +")).startsWith("overall").contains("exact", "1.000000");
  }

  /** Whole numbers of some thousand and no error would hide any noise of weights around one. */
  @Test
  void overallIsOverFloatingPointTensors() throws IOException {
    JsonNode compared = json("compare", model, small, "--json");
    double worst = Double.POSITIVE_INFINITY;
    double best = 0;
    for (JsonNode tensor : compared.get("tensors")) {
      if (!tensor.get("snr").isNull()) {
        worst = Math.min(worst, tensor.get("snr").doubleValue());
        best = Math.max(best, tensor.get("snr").doubleValue());
      }
    }
    assertThat(compared.get("overall").get("snr").doubleValue()).isBetween(worst, best + 0.1);
    assertThat(compared.get("overall").get("values").longValue()).isEqualTo(3 * 96 * 128 + 96);
  }

  /** A mask's constant is so large that the angle between the models would be nothing but its own. */
  @Test
  void overallIsNotOverSingleValues() throws IOException {
    Path masked =
        new SampleModel()
            .gaussian("w", DType.F32, 96, 128)
            .floats("mask", DType.F32, new float[] {-3.4e38f})
            .save(folder.resolve("a.safetensors"));
    Path rounded = folder.resolve("b.safetensors");
    CommandRun.succeed("compress", masked, "-o", rounded, "--bits", "3");
    JsonNode compared = json("compare", masked, rounded, "--json");
    JsonNode weights = compared.get("tensors").get(0);
    assertThat(weights.get("cosine").doubleValue()).isBetween(0.95, 0.999);
    assertThat(compared.get("overall").get("cosine")).isEqualTo(weights.get("cosine"));
  }
}
