package llm265.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import llm265.checkpoint.Checkpoint;
import llm265.dtype.BlockEncoder;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufWriterTest {
  private static final int F32 = 0;

  @TempDir Path folder;

  private static byte[] floats(int count, long seed) {
    Random random = new Random(seed);
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) random.nextGaussian());
    }
    return bytes.array();
  }

  /** Two matrices, one of them with rows of 24 values, a norm and a table of integers. */
  private static GgufBytes model() {
    return new GgufBytes().text("general.architecture", "llama").u32("general.file_type", 0).u32("x.y", 9)
        .tensor("blk.0.attn_q.weight", F32, floats(64 * 500, 1), 64, 500)
        .tensor("blk.0.ffn_up.weight", F32, floats(24 * 3, 2), 24, 3)
        .tensor("output_norm.weight", F32, floats(64, 3), 64).tensor("ids", 26, new byte[64 * 2 * 4], 64, 2);
  }

  private Path write(Path source, DType wanted) throws IOException {
    Path target = folder.resolve("target.gguf");
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      GgufHeader header = GgufHeader.parse(source, checkpoint.header().orElseThrow());
      try (GgufWriter writer = GgufWriter.create(
          target, header, tensor -> wanted == null ? tensor.dtype() : WrittenType.of(tensor, wanted))) {
        for (TensorView tensor : checkpoint.tensors().reversed()) {
          writer.write(tensor);
        }
        writer.commit();
      }
    }
    return target;
  }

  @Test
  void theSameTypesMakeTheSameFile() throws IOException {
    try (InputStream resource = GgufWriterTest.class.getResourceAsStream("/llm265/gguf/all-types.gguf")) {
      byte[] ofGgml = resource.readAllBytes();
      Path source = Files.write(folder.resolve("a.gguf"), ofGgml);
      assertThat(write(source, null)).hasBinaryContent(ofGgml);
    }
    byte[] others = new GgufBytes().version(2).alignment(256).u16("general.file_type", 7)
        .tensor("last", 24, new byte[] {1, 2, 3}, 3).build();
    assertThat(write(Files.write(folder.resolve("b.gguf"), others), null)).hasBinaryContent(others);
  }

  @ParameterizedTest
  @CsvSource({"F32, F32, F32, 0", "F16, F16, F16, 1", "BF16, BF16, BF16, 32", "Q8_0, Q8_0, F16, 7", "Q4_0, Q4_0, F16, 2"})
  void valuesAreConverted(DType wanted, DType matrix, DType narrow, int fileType) throws IOException {
    Path source = Files.write(folder.resolve("a.gguf"), model().build());
    try (Checkpoint original = Checkpoint.open(source); Checkpoint written = Checkpoint.open(write(source, wanted))) {
      assertThat(written.tensors()).extracting(TensorView::dtype).containsExactly(matrix, narrow, DType.F32, DType.I32);
      assertThat(written.metadata()).contains(
          entry("general.architecture", "llama"), entry("general.file_type", "" + fileType), entry("x.y", "9"));
      assertThat(written.metadata().containsKey("general.quantization_version")).isEqualTo(matrix.kind() == DType.Kind.BLOCK);
      assertThat(written.byName("output_norm.weight").orElseThrow().data().mismatch(
          original.byName("output_norm.weight").orElseThrow().data())).isEqualTo(-1);
      TensorView tensor = original.byName("blk.0.attn_q.weight").orElseThrow();
      float[] values = new float[64 * 500];
      tensor.read(0, values, 0, values.length);
      byte[] expected = new byte[(int) matrix.byteSize(values.length)];
      if (BlockEncoder.writes(matrix)) {
        BlockEncoder.write(matrix, values, 0, values.length, expected, 0);
      } else {
        ValueCodec.write(matrix, MemorySegment.ofArray(expected), 0, values, 0, values.length);
      }
      assertThat(written.byName(tensor.name()).orElseThrow().data().mismatch(MemorySegment.ofArray(expected))).isEqualTo(-1);
    }
  }

  @Test
  void aSplitFileBecomesOneWithoutKeysOfParts() throws IOException {
    for (int part = 0; part < 2; part++) {
      GgufBytes bytes = new GgufBytes().u32("a", 1).u16("split.no", part).u16("split.count", 2).u32("split.tensors.count", 2);
      Files.write(folder.resolve("m-0000" + (part + 1) + "-of-00002.gguf"),
          bytes.tensor("t" + part, 24, new byte[] {(byte) part}, 1).build());
    }
    assertThat(write(folder.resolve("m-00001-of-00002.gguf"), null)).hasBinaryContent(
        new GgufBytes().u32("a", 1).tensor("t0", 24, new byte[] {0}, 1).tensor("t1", 24, new byte[] {1}, 1).build());
  }

  @Test
  void bytesMayComeInPieces() throws IOException {
    byte[] bytes = new GgufBytes().tensor("a", 24, new byte[] {1, 2, 3, 4, 5}, 5).tensor("b", 24, new byte[] {6}, 1).build();
    GgufHeader header = GgufHeader.parse(folder, MemorySegment.ofArray(bytes));
    Path target = folder.resolve("target.gguf");
    try (GgufWriter writer = GgufWriter.create(target, header, GgufTensor::dtype)) {
      writer.begin("b");
      writer.write(new byte[] {5, 6, 7}, 1, 1);
      writer.end();
      writer.begin("a");
      writer.write(MemorySegment.ofArray(new byte[] {1, 2, 3}));
      writer.write(MemorySegment.ofArray(new byte[] {4, 5}));
      writer.end();
      assertThat(target).doesNotExist();
      writer.commit();
    }
    assertThat(target).hasBinaryContent(bytes);
  }

  @Test
  void mistakesAreRefusedAndLeaveNoFile() throws IOException {
    byte[] bytes = new GgufBytes().tensor("a", 24, new byte[] {1, 2, 3}, 3).tensor("b", F32, new byte[4], 1).build();
    GgufHeader header = GgufHeader.parse(folder, MemorySegment.ofArray(bytes));
    Path target = folder.resolve("target.gguf");
    assertThatThrownBy(() -> GgufWriter.create(target, header, tensor -> DType.Q8_0))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("rows of 3 values cannot be of type Q8_0");
    assertThatThrownBy(() -> GgufWriter.create(target, header, tensor -> DType.F8_E4M3))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cannot be of type F8_E4M3 in a GGUF file");
    try (GgufWriter writer = GgufWriter.create(target, header, GgufTensor::dtype)) {
      assertThatThrownBy(() -> writer.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.begin("c")).isInstanceOf(IllegalArgumentException.class);
      writer.begin("a");
      assertThatThrownBy(() -> writer.begin("b")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.write(new byte[4], 0, 4)).isInstanceOf(IllegalArgumentException.class)
          .hasMessage("tensor \"a\" has 3 bytes, not more");
      writer.write(new byte[3], 0, 2);
      assertThatThrownBy(writer::end).isInstanceOf(IllegalStateException.class).hasMessageContaining("2 of 3 bytes");
      writer.write(new byte[1], 0, 1);
      assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class).hasMessageContaining("\"a\" has not ended");
      writer.end();
      assertThatThrownBy(() -> writer.begin("a")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class).hasMessageContaining("\"b\" is not written");
      assertThatThrownBy(() -> writer.write(TensorView.view("b", new long[] {2}, 1, 2)))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("has 1 values, not 2");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void typesFollowTheRulesOfLlamaCpp() {
    record Case(String name, DType type, List<Long> shape, DType q8, DType f16) {}

    List<Case> cases = List.of(
        new Case("blk.0.attn_k.weight", DType.BF16, List.of(8L, 64L), DType.Q8_0, DType.F16),
        new Case("blk.0.attn_k.weight", DType.Q4_K, List.of(8L, 256L), DType.Q8_0, DType.F16),
        new Case("blk.0.ffn_up_exps.weight", DType.F16, List.of(2L, 8L, 64L), DType.Q8_0, DType.F16),
        new Case("blk.0.attn_k.bias", DType.F16, List.of(64L), DType.F32, DType.F32),
        new Case("blk.0.attn_norm.weight", DType.BF16, List.of(2L, 64L), DType.F32, DType.F32),
        new Case("blk.0.ffn_gate_inp.weight", DType.F32, List.of(8L, 64L), DType.F32, DType.F32),
        new Case("blk.0.ffn_gate_inp.weight", DType.F16, List.of(8L, 64L), DType.F16, DType.F16),
        new Case("position_embd.weight", DType.BF16, List.of(8L, 64L), DType.BF16, DType.BF16),
        new Case("position_embd.weight", DType.Q5_0, List.of(8L, 64L), DType.Q8_0, DType.F16),
        new Case("table", DType.I32, List.of(8L, 64L), DType.I32, DType.I32),
        new Case("blk.0.attn_v.weight", DType.F32, List.of(8L, 48L), DType.F16, DType.F16));
    for (Case each : cases) {
      GgufTensor tensor =
          new GgufTensor(each.name, each.type, each.shape.stream().mapToLong(Long::longValue).toArray(), 0);
      assertThat(WrittenType.of(tensor, DType.Q8_0)).as(each.toString()).isEqualTo(each.q8);
      assertThat(WrittenType.of(tensor, DType.F16)).as(each.toString()).isEqualTo(each.f16);
      assertThat(WrittenType.of(tensor, DType.F32)).isEqualTo(each.type == DType.I32 ? DType.I32 : DType.F32);
    }
  }
}
