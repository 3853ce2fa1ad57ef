package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.gguf.GgufBytes;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of every format: they open, and then all of them can be read, or ModelFormatException says why not. */
class CheckpointFuzzTest {
  private static final int MUTANTS = 600;
  private static final int MANY_MUTANTS = 40_000;
  private static final int SAFETENSORS_DATA = 4 * 12 + 6 + 4;
  private static final String[] TOKENS = {
    "0", "-1", "9223372036854775807", "18446744073709551616", "1e9", "[", "{", "\"", ",", "null", "[[[[", "\\u0000",
    "\\ud800", "F4", "BF16", "__metadata__", "(", ")", "True", "'", ">f8", "<c8", "|O", "L", "  ", "\n"
  };

  @TempDir Path folder;

  private byte[] safetensors() throws IOException {
    Path path = folder.resolve("seed.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      writer.add(TensorView.copyOf("model.weight", new long[] {3, 4}, new float[12]));
      writer.begin("bits", DType.U8);
      writer.write(new byte[] {1, 2, 3, 4, 5, 6}, 0, 6);
      writer.end(2, 3);
      writer.add(TensorView.copyOf("empty", new long[] {0, 7}));
      writer.add(TensorView.copyOf("scalar", new long[0], 1));
      writer.commit(Map.of("format", "pt", "note", "\u00e9\ud83d\ude00"));
    }
    return Files.readAllBytes(path);
  }

  private static byte[] npy(String descr, String fortran, byte[] data) {
    String header = "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': (3, 2), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    byte[] text = ("\u0093NUMPY\u0001\u0000\u0076\u0000" + padded).getBytes(StandardCharsets.ISO_8859_1);
    byte[] file = Arrays.copyOf(text, text.length + data.length);
    System.arraycopy(data, 0, file, text.length, data.length);
    return file;
  }

  private static byte[] onnx() {
    TensorProto.Builder typed = TensorProto.newBuilder().setName("typed").setDataType(7).addDims(2);
    typed.addInt64Data(300).addInt64Data(-1);
    TensorProto.Builder raw = TensorProto.newBuilder().setName("raw").setDataType(1).addDims(1).addDims(2);
    raw.setRawData(ByteString.copyFrom(new byte[8]));
    TensorProto.Builder half = TensorProto.newBuilder().setName("half").setDataType(10).addDims(1).addInt32Data(0x3C00);
    GraphProto.Builder inner = GraphProto.newBuilder().addInitializer(half);
    NodeProto.Builder constant =
        NodeProto.newBuilder().setOpType("Constant").addOutput("c").addAttribute(
            AttributeProto.newBuilder().setName("value").setT(
                TensorProto.newBuilder().setDataType(1).addFloatData(1)));
    NodeProto.Builder loop =
        NodeProto.newBuilder().setOpType("Loop").addOutput("l").addAttribute(
            AttributeProto.newBuilder().setName("body").setG(inner));
    GraphProto.Builder graph =
        GraphProto.newBuilder().addNode(constant).addNode(loop).addInitializer(typed).addInitializer(raw);
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setGraph(graph)
        .addMetadataProps(StringStringEntryProto.newBuilder().setKey("k").setValue("v"))
        .build()
        .toByteArray();
  }

  /** A tensor of every type, keys of every kind. */
  private static byte[] gguf() {
    GgufBytes file = new GgufBytes().text("general.name", "x").u32("general.alignment", 32).u16("a", 1).entry("b", 7, (byte) 1)
        .entry("c", 9, new byte[] {8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 'x'})
        .entry("d", 9, new byte[] {2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0});
    int[] ids = {2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 20, 23, 39, 40, 41, 42, 34, 35};
    int next = 0;
    for (DType type : DType.values()) {
      if (type.kind() == DType.Kind.BLOCK) {
        file.tensor(type.name(), ids[next++], new byte[type.blockBytes()], type.blockValues());
      }
    }
    return file.tensor("f", 0, new byte[24], 3, 2).build();
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] bytes = seed;
    for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      int few = Math.min(bytes.length - at, random.nextInt(60));
      byte[] token = TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.ISO_8859_1);
      bytes = switch (random.nextInt(8)) {
        case 0 -> replaced(bytes, at, 1, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
        case 1 -> replaced(bytes, at, 1, (byte) random.nextInt(256));
        case 2 -> replaced(bytes, at, 1, (byte) ('0' + random.nextInt(10)));
        case 3 -> Arrays.copyOf(bytes, at);
        case 4 -> replaced(bytes, at, few / 8);
        case 5 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + few));
        case 6 -> replaced(bytes, at, 0, token);
        default -> replaced(bytes, at, Math.min(bytes.length - at, token.length), token);
      };
    }
    return bytes.clone();
  }

  private static byte[] replaced(byte[] bytes, int at, int count, byte... by) {
    byte[] result = new byte[bytes.length - count + by.length];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(by, 0, result, at, by.length);
    System.arraycopy(bytes, at + count, result, at + by.length, bytes.length - at - count);
    return result;
  }

  /** The length of the header made right again, so that more mutants get past it. */
  private static byte[] withHeaderLength(byte[] mutant, int dataBytes) {
    long length = mutant.length - 8 - dataBytes;
    for (int i = 0; i < 8 && length >= 0; i++) {
      mutant[i] = (byte) (length >> 8 * i);
    }
    return mutant;
  }

  private static void readAll(Checkpoint checkpoint) {
    double[] values = new double[16];
    for (TensorView tensor : checkpoint.tensors()) {
      assertThat(checkpoint.byName(tensor.name())).contains(tensor);
      assertThat(tensor.data().byteSize()).isEqualTo(tensor.dtype().byteSize(tensor.count()));
      for (long first = 0; tensor.dtype().isReadable() && first < tensor.count(); first += values.length) {
        tensor.read(first, values, 0, (int) Math.min(values.length, tensor.count() - first));
      }
    }
  }

  private void fuzz(String name, byte[] seed, int dataBytes, int mutants) throws IOException {
    Path path = Files.write(folder.resolve(name), seed);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.tensors()).isNotEmpty();
      readAll(checkpoint);
    }
    int refused = 0;
    for (int i = 0; i < mutants; i++) {
      byte[] mutant = mutate(seed, new Random(i * 0x9E3779B97F4A7C15L));
      if (dataBytes > 0 && i % 2 == 0 && mutant.length >= 8) {
        mutant = withHeaderLength(mutant, dataBytes);
      }
      Files.write(path, mutant);
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        readAll(checkpoint);
      } catch (ModelFormatException e) {
        refused++;
        assertThat(e.getMessage().lines().count()).as("message of mutant %d: %s", i, e.getMessage()).isEqualTo(1);
      } catch (RuntimeException e) {
        fail("mutant %d of %s: %s", i, name, e);
      }
    }
    // Were all of them refused, or none, the mutations would miss the point.
    assertThat(refused).isBetween(mutants / 4, mutants - mutants / 100);
  }

  @Test
  void damagedSafetensors() throws IOException {
    fuzz("a.safetensors", safetensors(), SAFETENSORS_DATA, MUTANTS);
  }

  @Test
  void damagedNpy() throws IOException {
    fuzz("a.npy", npy("<f4", "False", new byte[24]), 0, MUTANTS);
    fuzz("b.npy", npy(">i2", "True", new byte[12]), 0, MUTANTS);
  }

  @Test
  void damagedOnnx() throws IOException {
    fuzz("a.onnx", onnx(), 0, MUTANTS);
  }

  @Test
  void damagedGguf() throws IOException {
    fuzz("a.gguf", gguf(), 0, MUTANTS);
  }

  @Test
  @Tag("long")
  void manyDamagedFiles() throws IOException {
    fuzz("a.safetensors", safetensors(), SAFETENSORS_DATA, MANY_MUTANTS);
    fuzz("b.npy", npy(">i2", "True", new byte[12]), 0, MANY_MUTANTS);
    fuzz("a.onnx", onnx(), 0, MANY_MUTANTS);
    fuzz("a.gguf", gguf(), 0, MANY_MUTANTS);
  }
}
