package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.TensorEncoder;
import llm265.checkpoint.SafetensorsReader;
import llm265.cli.output.Format;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.oracle.FfmpegDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors of every shape and type through the whole command line. */
class OddTensorsTest {
  @TempDir private Path folder;

  private Path roundTrip(Path model, Object... options) {
    Path small = folder.resolve("small.safetensors");
    Path again = folder.resolve("again.safetensors");
    List<Object> compress = new ArrayList<>(List.of("compress", model, "-o", small));
    compress.addAll(Arrays.asList(options));
    CommandRun.notes(compress.toArray());
    CommandRun.notes("verify", small);
    CommandRun.notes("inspect", small);
    CommandRun.succeed("decompress", small, "-o", again);
    CommandRun.succeed("compare", model, again);
    return again;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--qp 20", "--lossless"})
  void tensorsOfMoreDimensionsThanAStreamHasAreKept(String options) {
    long[] shape = new long[64];
    Arrays.fill(shape, 1);
    shape[40] = 64;
    shape[63] = 96;
    long[] most = Arrays.copyOfRange(shape, 32, 64);
    Path model = new SampleModel().gaussian("deep", DType.F32, shape).gaussian("32", DType.F32, most).gaussian("33", DType.F32,
        Arrays.copyOfRange(shape, 31, 64)).save(folder.resolve("model.safetensors"));
    Path again = roundTrip(model, (Object[]) options.split(" "));
    assertThat(CommandRun.succeed("inspect", folder.resolve("small.safetensors")).lines().filter(row -> row.contains("kept")))
        .hasSize(2);
    for (String name : new String[] {"deep", "33"}) {
      assertThat(SampleModel.tensor(again, name).shape()).isEqualTo(SampleModel.tensor(model, name).shape());
      assertThat(SampleModel.bytes(again, name)).isEqualTo(SampleModel.bytes(model, name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--qp 20", "--lossless"})
  void tensorsWithoutValuesMayHaveAnyDimensions(String options) throws IOException {
    long[] shape = {1L << 40, 1L << 40, 0};
    Path model = new SampleModel().gaussian("none", DType.F32, shape).gaussian("w", DType.F32, 64, 64)
        .save(folder.resolve("model.safetensors"));
    Path again = roundTrip(model, (Object[]) options.split(" "));
    assertThat(SampleModel.tensor(again, "none").shape()).containsExactly(shape);

    TensorView none = TensorView.copyOf("", shape);
    byte[] encoded = (options.equals("--lossless") ? TensorEncoder.lossless() : TensorEncoder.atQp(20)).encode(none);
    Path stream = Files.write(folder.resolve("none.264"), encoded);
    assertThat(CommandRun.succeed("inspect", stream)).contains("tensor F32 " + Format.shape(shape));
    CommandRun.succeed("verify", stream);
    CommandRun.succeed("decompress", stream, "-o", folder.resolve("none.safetensors"));
    CommandRun.succeed("compare", stream, folder.resolve("none.safetensors"));
  }

  @Test
  void onnxTensorsThatAreNotReadAreLeftOutAloud() throws IOException {
    TensorProto.Builder weights =
        TensorProto.newBuilder().setName("w").setDataType(TensorProto.DataType.FLOAT.getNumber()).addDims(2)
        .addFloatData(1).addFloatData(2);
    TensorProto.Builder labels =
        TensorProto.newBuilder().setName("labels\n").setDataType(TensorProto.DataType.STRING.getNumber()).addDims(1)
        .addStringData(ByteString.copyFromUtf8("cat"));
    Path model = Files.write(folder.resolve("m.onnx"), ModelProto.newBuilder()
        .setGraph(GraphProto.newBuilder().addInitializer(weights).addInitializer(labels)).build().toByteArray());
    Path small = folder.resolve("small.safetensors");
    String note = "llm265: note: " + model + ": 1 tensor is of a kind that is not read, and left out: labels\\u000a (STRING)";
    CommandRun run = CommandRun.of("compress", model, "-o", small);
    assertThat(run.status()).isZero();
    assertThat(run.err().lines()).contains(note);
    assertThat(SampleModel.values(small, "w")).containsExactly(1, 2);
    assertThat(CommandRun.of("compare", model, small).err().lines()).contains(note);
    assertThat(CommandRun.succeed("inspect", model).lines()).hasSize(4)
        .anyMatch(row -> row.matches("labels\\\\u000a +STRING +not read"));
    JsonNode json = new ObjectMapper().readTree(CommandRun.succeed("inspect", model, "--json"));
    assertThat(json.at("/unread/0/name").asText()).isEqualTo("labels\n");
    assertThat(json.at("/unread/0/type").asText()).isEqualTo("STRING");
  }

  @Test
  void losslessTensorsOfEveryTypeAndShapeComeBackBitForBit() {
    SampleModel sample = new SampleModel()
        .metadata("k", "v")
        .gaussian("scalar", DType.F32)
        .gaussian("empty", DType.BF16, 5, 0, 0, 2)
        .gaussian("long", DType.F32, 4097)
        .gaussian("wide", DType.F16, 1, 10_000)
        .gaussian("tall", DType.BF16, 10_000, 1)
        .gaussian("deep", DType.F32, 1, 1, 3, 1, 40, 40)
        .floats("zero", DType.F32, new float[4096], 64, 64)
        .floats("constant", DType.F16, constant(4096, 3.14159f), 4, 1024)
        .add("f4", DType.F4, MemorySegment.ofArray(new byte[1024]), 2048);
    for (DType type : DType.SAFETENSORS) {
      if (type.bits() % 8 == 0) {
        sample.bits("noise " + type, type, 30, 37)
            .add("zeros " + type, type, MemorySegment.ofArray(new byte[3000 * type.bits() / 8]), 3000);
      }
    }
    Path model = sample.save(folder.resolve("model.safetensors"));
    Path again = roundTrip(model, "--lossless", "--threads", "2");
    assertThat(SampleModel.metadata(again)).isEqualTo(SampleModel.metadata(model));
    try (SafetensorsReader before = SafetensorsReader.open(model); SafetensorsReader after = SafetensorsReader.open(again)) {
      assertThat(after.tensors()).hasSameSizeAs(before.tensors());
      for (int i = 0; i < before.tensors().size(); i++) {
        TensorView original = before.tensors().get(i);
        TensorView tensor = after.tensors().get(i);
        assertThat(tensor.name()).isEqualTo(original.name());
        assertThat(tensor.dtype()).as(original.name()).isEqualTo(original.dtype());
        assertThat(tensor.shape()).as(original.name()).containsExactly(original.shape());
        assertThat(tensor.data().mismatch(original.data())).as(original.name()).isEqualTo(-1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String inspected = CommandRun.succeed("inspect", folder.resolve("small.safetensors"));
    assertThat(inspected.lines().filter(line -> line.startsWith("zeros "))).allMatch(line -> line.contains("exact: "));
    assertThat(inspected.lines().filter(line -> line.startsWith("noise "))).allMatch(line -> line.contains("kept"));
    assertThat(inspected.lines().filter(line -> line.startsWith("f4 "))).allMatch(line -> line.contains("kept"));
    if (FfmpegDecoder.find().isPresent()) {
      CommandRun.succeed("verify", folder.resolve("small.safetensors"), "--against", "ffmpeg");
    }
  }

  @ParameterizedTest
  @ValueSource(strings =
      {"--bits 3", "--snr 12", "--qp 20", "--qp 51", "--qp 0", "--bits 0.5", "--bits 7", "--bits 8 --depth 12",
          "--snr 50 --depth 14"})
  void everyTypeAndShapeComesBack(String option) {
    Path model = new SampleModel()
        .metadata("k", "v")
        .bits("bool-ish", DType.U8, 3, 5)
        .gaussian("scalar", DType.F32)
        .gaussian("empty", DType.F32, 0, 5)
        .gaussian("empty4", DType.BF16, 5, 0, 0, 2)
        .gaussian("long", DType.F32, 4097)
        .gaussian("wide", DType.F16, 1, 10_000)
        .gaussian("tall", DType.BF16, 10_000, 1)
        .gaussian("deep", DType.F32, 1, 1, 3, 1, 40, 40)
        .floats("zero", DType.F32, new float[4096], 64, 64)
        .floats("constant", DType.F16, constant(4096, 3.14159f), 4, 1024)
        .bits("f64", DType.F64, 70, 70)
        .bits("i8", DType.I8, 70, 70)
        .bits("i64", DType.I64, 70, 70)
        .add("bool", DType.BOOL, MemorySegment.ofArray(new byte[] {1, 0, 1, 1, 0, 0}), 2, 3)
        .bits("f8", DType.F8_E4M3, 70, 70)
        .save(folder.resolve("model.safetensors"));
    Path again = roundTrip(model, (Object[]) option.split(" "));
    assertThat(SampleModel.metadata(again)).isEqualTo(SampleModel.metadata(model));
    for (String name : List.of("bool-ish", "scalar", "empty", "empty4", "i8", "i64", "bool", "f8")) {
      assertThat(SampleModel.bytes(again, name)).as(name).isEqualTo(SampleModel.bytes(model, name));
    }
    for (String name : List.of("scalar", "empty", "empty4", "long", "wide", "tall", "deep", "zero", "constant", "bool", "f64")) {
      TensorView before = SampleModel.tensor(model, name);
      TensorView after = SampleModel.tensor(again, name);
      assertThat(after.dtype()).as(name).isEqualTo(before.dtype());
      assertThat(after.shape()).as(name).containsExactly(before.shape());
    }
    assertThat(SampleModel.values(again, "zero")).containsOnly(0);
    assertThat(SampleModel.values(again, "constant")).containsOnly(SampleModel.values(model, "constant")[0]);
  }

  private static float[] constant(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void valuesThatAreNotFiniteComeBackWhereTheyWere() {
    float[] values = new SampleModel().gaussian(4096);
    values[0] = Float.NaN;
    values[100] = Float.POSITIVE_INFINITY;
    values[4095] = Float.NEGATIVE_INFINITY;
    values[2000] = 1e30f;
    Path model = new SampleModel()
        .floats("w", DType.F32, values, 64, 64)
        .floats("h", DType.F16, values, 64, 64)
        .floats("b", DType.BF16, values, 64, 64)
        .floats("nothing", DType.F32, constant(4096, Float.NaN), 64, 64)
        .save(folder.resolve("model.safetensors"));
    Path again = roundTrip(model, "--qp", "16");
    for (String name : List.of("w", "h", "b")) {
      float[] before = SampleModel.values(model, name);
      float[] after = SampleModel.values(again, name);
      for (int i = 0; i < before.length; i++) {
        if (!(Math.abs(before[i]) < 100)) {
          assertThat(Float.valueOf(after[i])).as("%s %d", name, i).isEqualTo(Float.valueOf(before[i]));
        } else {
          assertThat(after[i]).as("%s %d", name, i).isBetween(before[i] - 1, before[i] + 1);
        }
      }
    }
    assertThat(SampleModel.values(again, "nothing")).containsOnly(Float.NaN);
  }

  @Test
  void modelsWithoutTensorsAndWithoutValues() throws IOException {
    Path none = new SampleModel().metadata("only", "this").save(folder.resolve("none.safetensors"));
    assertThat(SampleModel.metadata(roundTrip(none))).containsEntry("only", "this").hasSize(1);
    Path empty = new SampleModel().gaussian("e", DType.F32, 0, 5).save(folder.resolve("empty.safetensors"));
    assertThat(SampleModel.tensor(roundTrip(empty), "e").shape()).containsExactly(0, 5);
    Path out = folder.resolve("out.safetensors");
    assertThat(CommandRun.succeed("compress", empty, "-o", out)).contains("0 of 1 tensors compressed, no values, ")
        .doesNotContain("NaN", "Infinity");
    JsonNode compared = new ObjectMapper().readTree(CommandRun.succeed("compare", empty, out, "--json"));
    assertThat(compared.get("overall").get("exact").booleanValue()).isTrue();
  }

  @Test
  void npyThroughACompressedModel() {
    Path npy = new SampleModel().gaussian("a", DType.F32, 80, 60).saveNpy(folder.resolve("array.npy"));
    Path small = folder.resolve("small.safetensors");
    Path again = folder.resolve("again.npy");
    CommandRun.succeed("compress", npy, "-o", small, "--snr", "20");
    CommandRun.succeed("decompress", small, "-o", again);
    assertThat(SampleModel.tensor(again, "again").shape()).containsExactly(80, 60);
    String row = CommandRun.succeed("compare", npy, again).lines().skip(1).findFirst().orElseThrow();
    assertThat(Double.parseDouble(row.split("  +")[2])).isBetween(19.95, 20.5);
  }

  @Test
  void includeAndExcludeChooseByName() throws IOException {
    Path model = new SampleModel()
        .gaussian("a.weight", DType.F32, 64, 64)
        .gaussian("b.weight", DType.F32, 64, 64)
        .gaussian("b.scale", DType.F32, 64, 64)
        .save(folder.resolve("model.safetensors"));
    assertThat(streams(model, "--include", "weight$")).containsExactly("a.weight", "b.weight");
    assertThat(streams(model, "--exclude", "^b")).containsExactly("a.weight");
    assertThat(streams(model, "--include", "^b", "--exclude", "weight")).containsExactly("b.scale");
    Path small = folder.resolve("small.safetensors");
    assertThat(CommandRun.fail(2, "compress", model, "-o", small, "--include", "x"))
        .isEqualTo("--include x is found in no tensor's name");
    assertThat(CommandRun.fail(2, "compress", model, "-o", small, "--exclude", "bias"))
        .isEqualTo("--exclude bias is found in no tensor's name");
    assertThat(CommandRun.fail(2, "compress", model, "-o", small, "--include", "weight", "--exclude", "^[ab]"))
        .isEqualTo("the filter leaves out every tensor that could be compressed");
  }

  private List<String> streams(Path model, Object... options) throws IOException {
    Path again = roundTrip(model, options);
    JsonNode root =
        new ObjectMapper().readTree(CommandRun.succeed("inspect", folder.resolve("small.safetensors"), "--json"));
    List<String> names = new ArrayList<>();
    for (JsonNode tensor : root.get("tensors")) {
      String name = tensor.get("name").textValue();
      if (tensor.get("stream").booleanValue()) {
        names.add(name);
      } else {
        assertThat(SampleModel.bytes(again, name)).isEqualTo(SampleModel.bytes(model, name));
      }
    }
    return names;
  }

  @Test
  void targetsAreMet() throws IOException {
    Path model = new SampleModel().gaussian("w", DType.F32, 128, 128).save(folder.resolve("model.safetensors"));
    Path small = folder.resolve("small.safetensors");
    for (double bits : new double[] {1.5, 3, 5}) {
      CommandRun.succeed("compress", model, "-o", small, "--bits", bits);
      assertThat(8.0 * Files.size(small) / (128 * 128)).isBetween(0.97 * bits, bits + 0.005);
    }
    for (double snr : new double[] {6, 20}) {
      CommandRun.succeed("compress", model, "-o", small, "--snr", snr);
      JsonNode root = new ObjectMapper().readTree(CommandRun.succeed("compare", model, small, "--json"));
      assertThat(root.get("overall").get("snr").doubleValue()).isBetween(snr - 0.05, snr + 0.5);
    }
  }

  @Test
  void monochromeStreamsDecodeToTheSameKindOfTensor() throws IOException {
    Path model = new SampleModel().gaussian("w", DType.F32, 128, 64).save(folder.resolve("model.safetensors"));
    roundTrip(model, "--monochrome", "--qp", "24");
    Path stream = folder.resolve("w.264");
    CommandRun.succeed("extract", folder.resolve("small.safetensors"), "--tensor", "w", "-o", stream);
    JsonNode root = new ObjectMapper().readTree(CommandRun.succeed("inspect", stream, "--json"));
    List<Integer> idc = new ArrayList<>();
    for (JsonNode unit : root.get("nalUnits")) {
      for (JsonNode element : unit.get("elements")) {
        if (element.get("name").textValue().equals("chroma_format_idc")) {
          idc.add(element.get("value").intValue());
        }
      }
    }
    assertThat(idc).containsOnly(0).isNotEmpty();
    if (FfmpegDecoder.find().isPresent()) {
      assertThat(CommandRun.succeed("verify", stream, "--against", "ffmpeg")).endsWith(", every sample as ffmpeg decodes it\n");
    }
  }
}
