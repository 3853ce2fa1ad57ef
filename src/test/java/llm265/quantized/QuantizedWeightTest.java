package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of every format, against a writer that knows nothing of the reader. */
class QuantizedWeightTest {
  private static final String CT = "{'quant_method': 'compressed-tensors', 'config_groups': {'': {'weights': {'num_bits': %d}}}}";
  private static final String PLAIN_CT = "{'quant_method': 'compressed-tensors'}";

  @TempDir Path folder;

  private static Arguments of(String config, String scheme, Consumer<QuantizedFixture> writer) {
    return Arguments.of(config, scheme, writer);
  }

  static Stream<Arguments> formats() {
    String blocks = "{'quant_method': 'fp8', 'weight_block_size': [4, 32]}";
    return Stream.of(
        of(CT.formatted(4), "4-bit integers, groups of 32", f -> f.packed("m", 4, true, 6, 64, 32, false, false)),
        of(CT.formatted(8), "8-bit integers, a scale a row, zeros", f -> f.packed("m", 8, true, 6, 64, 64, true, false)),
        of(CT.formatted(3), "3-bit integers, groups of 32, zeros", f -> f.packed("m", 3, true, 6, 64, 32, true, false)),
        of(CT.formatted(3), "3-bit integers, groups of 32, zeros", f -> f.packed("m", 3, false, 6, 64, 32, true, false)),
        of(CT.formatted(2), "2-bit integers, groups of 16, act order", f -> f.packed("m", 2, true, 5, 48, 16, false, true)),
        of(CT.formatted(5), "5-bit integers, groups of 16, zeros, act order", f -> f.packed("m", 5, true, 5, 48, 16, true, true)),
        of(CT.formatted(6), "6-bit integers, groups of 16", f -> f.packed("m", 6, false, 5, 48, 16, false, false)),
        of(CT.formatted(7), "7-bit integers, groups of 16, zeros", f -> f.packed("m", 7, true, 40, 48, 16, true, false)),
        of(PLAIN_CT, "4-bit integers, groups of 32", f -> f.packed("m", 4, true, 6, 64, 32, false, false)),
        of(PLAIN_CT, "8-bit integers, a scale a row, zeros", f -> f.bytes("m", 5, 12)),
        of(PLAIN_CT, "F8_E4M3, one scale", f -> f.blocks("m.weight", "_scale", 1, 5, 12, 5, 12)),
        of(PLAIN_CT, "F8_E4M3, a scale a row", f -> f.blocks("m.weight", "_scale", 1, 5, 12, 1, 12)),
        of(PLAIN_CT, "F8_E4M3, groups of 4", f -> f.blocks("m.weight", "_scale", 1, 5, 12, 1, 4)),
        of(PLAIN_CT, "F8_E4M3, groups of 32 with a power of 2", f -> f.mxFloats8("m", 3, 64)),
        of(blocks, "F8_E4M3, blocks of 4 x 32", f -> f.blocks("m.weight", "_scale_inv", 1, 10, 72, 4, 32)),
        of(blocks, "F8_E4M3, blocks of 4 x 32", f -> f.blocks("m.experts.up_proj", "_scale_inv", 3, 10, 72, 4, 32)),
        of("{}", "F8_E4M3, blocks of 128 x 128", f -> f.blocks("m.weight", "_scale_inv", 1, 200, 300, 128, 128)),
        of(PLAIN_CT, "NVFP4, groups of 16", f -> f.nvFloats("m", false, 3, 64)),
        of("{'quant_method': 'modelopt'}", "NVFP4, groups of 16", f -> f.nvFloats("m", true, 3, 64)),
        of(PLAIN_CT, "MXFP4, groups of 32", f -> f.mxFloats4("m", 3, 64)),
        of("{'quant_method': 'mxfp4'}", "MXFP4, groups of 32, experts transposed", f -> f.experts("m.down_proj", 3, 6, 64)),
        of("{'quant_method': 'gptq'}", "4-bit integers, groups of 16, zeros", f -> f.gptq("m", 4, false, 40, 48, 16, false)),
        of("{'quant_method': 'gptq', 'checkpoint_format': 'gptq_v2'}", "4-bit integers, groups of 16, zeros",
            f -> f.gptq("m", 4, true, 40, 48, 16, false)),
        of("{'quant_method': 'gptq'}", "3-bit integers, 4 listed groups, zeros", f -> f.gptq("m", 3, false, 64, 64, 16, true)),
        of("{'quant_method': 'gptq'}", "2-bit integers, a scale a row, zeros", f -> f.gptq("m", 2, false, 48, 64, 64, false)),
        of("{'quant_method': 'gptq'}", "8-bit integers, groups of 32, zeros", f -> f.gptq("m", 8, false, 36, 64, 32, false)),
        of("{'quant_method': 'awq'}", "4-bit integers, groups of 16, zeros", f -> f.awq("m", 40, 48, 16)),
        of("{'quant_method': 'bitsandbytes'}", "NF4, blocks of 32", f -> f.fourBits("m", "nf4", false, DType.U8, 5, 21, 32)),
        of("{'quant_method': 'bitsandbytes'}", "FP4, blocks of 16, nested scales",
            f -> f.fourBits("m", "fp4", true, DType.U8, 7, 32, 16)),
        of("{'quant_method': 'bitsandbytes'}", "NF4, blocks of 16, nested scales",
            f -> f.fourBits("m", "nf4", true, DType.BF16, 7, 32, 16)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void valuesAreThoseThatWereWritten(String config, String scheme, Consumer<QuantizedFixture> writer) {
    QuantizedFixture fixture = new QuantizedFixture(scheme.hashCode());
    writer.accept(fixture);
    QuantizedCheckpoint checkpoint = config.equals("{}") ? fixture.read(QuantizationConfig.NONE) : fixture.read(config);
    checkpoint.requireReadable();
    assertThat(checkpoint.weights()).hasSize(1);
    QuantizedWeight weight = checkpoint.weights().getFirst();
    float[] expected = fixture.expected.get(weight.name());
    assertThat(weight.scheme()).isEqualTo(scheme);
    assertThat(weight.rows() * weight.columns()).isEqualTo(expected.length);
    WeightRows rows = weight.open();
    float[] values = new float[expected.length];
    rows.read(0, (int) weight.rows(), values, 0);
    assertThat(values).isEqualTo(expected);
    float[] one = new float[weight.columns() + 3];
    for (int row = (int) weight.rows() - 1; row >= 0; row -= 2) {
      rows.read(row, 1, one, 3);
      for (int i = 0; i < weight.columns(); i++) {
        assertThat(one[3 + i]).isEqualTo(expected[row * weight.columns() + i]);
      }
    }
    assertThatThrownBy(() -> rows.read(weight.rows(), 1, one, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> rows.read(0, 1, one, 4)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void bitsOfAllPartsCount() {
    QuantizedFixture fixture = new QuantizedFixture(2);
    fixture.gptq("m", 4, false, 64, 128, 64, true);
    QuantizedWeight weight = fixture.read("{'quant_method': 'gptq'}").weights().getFirst();
    // Codes, two groups of zeros and of scales, a list of 128 words.
    assertThat(weight.bitsPerValue()).isEqualTo(4 + 4 / 64.0 + 16 / 64.0 + 32 / 64.0);
    assertThat(weight.parts()).extracting(TensorSource.Entry::name)
        .containsExactlyInAnyOrder("m.qweight", "m.qzeros", "m.scales", "m.g_idx");
    assertThat(weight).hasToString("m.weight: 4-bit integers, 2 listed groups, zeros, 4.813 bits per value");
  }

  /** 2^33 values, of which only the last row is not -8: the file has holes. */
  @Test
  void weightsMayHaveMoreValuesThanAnArray() throws IOException {
    long rows = 1 << 20;
    int words = 1024;
    Path path = folder.resolve("codes");
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (FileChannel file = FileChannel.open(path, options);
        Arena arena = Arena.ofConfined()) {
      MemorySegment data = file.map(FileChannel.MapMode.READ_WRITE, 0, 4 * rows * words, arena);
      data.asSlice(4 * (rows - 1) * words).fill((byte) 0x9A);
      QuantizedFixture fixture = new QuantizedFixture(1);
      fixture.tensors.add(new TensorView("m.weight_packed", DType.I32, new long[] {rows, words}, data));
      fixture.tensors.add(QuantizedFixture.floats("m.weight_scale", new float[] {0.5f}, 1));
      fixture.tensors.add(QuantizedFixture.ints("m.weight_shape", new int[] {(int) rows, 8 * words}, 2));
      QuantizedWeight weight = fixture.read(PLAIN_CT).weights().getFirst();
      assertThat(weight.pieces()).isEqualTo(1 << 13);
      MemorySegment last = weight.piece(weight.open(), weight.pieces() - 1, DType.F32);
      float[] values = new float[4];
      MemorySegment.copy(last, LittleEndian.FLOAT, last.byteSize() - 4 * 8 * words - 8, values, 0, 4);
      assertThat(values).containsExactly(-4, -4, 1, 0.5f);
    }
  }

  @Test
  void piecesAreTheWholeTensorRounded() {
    QuantizedFixture fixture = new QuantizedFixture(1);
    fixture.awq("m", 160, 16384, 128);
    QuantizedWeight weight = fixture.read("{'quant_method': 'awq'}").weights().getFirst();
    float[] expected = fixture.expected.get("m.weight");
    assertThat(weight.pieces()).isEqualTo(3);
    WeightRows rows = weight.open();
    byte[] rounded = new byte[2 * expected.length];
    ValueCodec.write(DType.BF16, MemorySegment.ofArray(rounded), 0, expected, 0, expected.length);
    long at = 0;
    for (int i = 0; i < weight.pieces(); i++) {
      MemorySegment piece = weight.piece(rows, i, DType.BF16);
      assertThat(piece.mismatch(MemorySegment.ofArray(rounded).asSlice(at, piece.byteSize()))).isEqualTo(-1);
      at += piece.byteSize();
    }
    assertThat(at).isEqualTo(rounded.length);
  }
}
