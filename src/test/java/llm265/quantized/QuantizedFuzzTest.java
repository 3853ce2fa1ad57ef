package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged folder with a weight of every format: its weights can be read, or ModelFormatException says why not. */
class QuantizedFuzzTest {
  private static final int MUTANTS = 300;
  private static final int MANY_MUTANTS = 100_000;
  private static final String CONFIG = """
      {"quantization_config": {"quant_method": "compressed-tensors", "format": "mixed-precision", "config_groups": {
        "group_0": {"weights": {"num_bits": 4, "group_size": 32, "block_structure": [4, 32]}},
        "group_1": {"weights": {"num_bits": 3, "group_size": 32}}}}}
      """;

  @TempDir Path folder;

  private static QuantizedFixture all() {
    QuantizedFixture fixture = new QuantizedFixture(9);
    fixture.packed("a", 4, true, 6, 64, 32, true, false);
    fixture.packed("b", 3, false, 6, 64, 32, true, true);
    fixture.bytes("c", 5, 12);
    fixture.blocks("d.weight", "_scale_inv", 1, 10, 64, 4, 32);
    fixture.blocks("e.experts", "_scale", 3, 4, 32, 4, 32);
    fixture.nvFloats("f", false, 3, 32);
    fixture.nvFloats("g", true, 3, 32);
    fixture.mxFloats4("h", 3, 32);
    fixture.mxFloats8("i", 3, 32);
    fixture.experts("j.up", 2, 4, 32);
    fixture.gptq("k", 3, false, 32, 32, 16, true);
    fixture.gptq("l", 4, false, 8, 32, 16, false);
    fixture.awq("m", 16, 32, 16);
    fixture.fourBits("n", "nf4", false, DType.U8, 5, 21, 32);
    fixture.fourBits("o", "fp4", true, DType.BF16, 7, 32, 16);
    fixture.plain("p.weight", 4, 4);
    return fixture;
  }

  /** Reads everything; the number of weights. */
  private static int readAll(QuantizedCheckpoint checkpoint) {
    for (ModelFormatException fault : checkpoint.faults()) {
      assertThat(fault.getMessage().lines()).hasSize(1);
    }
    for (QuantizedWeight weight : checkpoint.weights()) {
      assertThat(weight.bitsPerValue()).isPositive();
      try {
        WeightRows rows = weight.open();
        for (int i = 0; i < weight.pieces(); i++) {
          weight.piece(rows, i, DType.BF16);
        }
      } catch (ModelFormatException e) {
        assertThat(e.getMessage().lines()).hasSize(1);
      }
    }
    assertThat(checkpoint.outputs()).isNotEmpty();
    return checkpoint.weights().size();
  }

  private static DType otherType(DType type, Random random) {
    List<DType> same = DType.SAFETENSORS.stream().filter(other -> other.bits() == type.bits()).toList();
    return same.get(random.nextInt(same.size()));
  }

  /** A tensor of another shape or type, or with other bytes. */
  private static TensorView mutate(TensorView tensor, Random random) {
    long[] shape = tensor.shape();
    byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
    switch (random.nextInt(5)) {
      case 0 -> {
        return QuantizedFixture.tensor(tensor.name(), otherType(tensor.dtype(), random), bytes, shape);
      }
      case 1 -> {
        for (int i = 0; i < 1 + bytes.length / 8; i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return QuantizedFixture.tensor(tensor.name(), tensor.dtype(), bytes, shape);
      }
      case 2 -> {
        return QuantizedFixture.tensor(tensor.name(), tensor.dtype(), bytes, tensor.count());
      }
      case 3 -> {
        long[] turned = shape.length == 2 ? new long[] {shape[1], shape[0]} : new long[] {1, tensor.count()};
        return QuantizedFixture.tensor(tensor.name(), tensor.dtype(), bytes, turned);
      }
      default -> {
        long[] changed = shape.length == 0 ? new long[1] : shape.clone();
        changed[random.nextInt(changed.length)] = random.nextInt(70);
        int size = (int) tensor.dtype().byteSize(count(changed));
        return QuantizedFixture.tensor(tensor.name(), tensor.dtype(), new byte[size], changed);
      }
    }
  }

  private static long count(long... shape) {
    long count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    return count;
  }

  private static QuantizationConfig config(Random random) {
    char[] text = CONFIG.toCharArray();
    if (random.nextInt(3) == 0) {
      text[random.nextInt(text.length)] = "0123456789-[]{},:\"x".charAt(random.nextInt(19));
    }
    try {
      return QuantizationConfig.parse(Path.of("config.json"), new String(text));
    } catch (ModelFormatException e) {
      assertThat(e.getMessage().lines()).hasSize(1);
      return QuantizationConfig.NONE;
    }
  }

  private static void fuzz(int mutants) {
    int read = 0;
    QuantizedCheckpoint whole = all().read(QuantizationConfig.parse(Path.of("config.json"), CONFIG));
    whole.requireReadable();
    assertThat(readAll(whole)).isEqualTo(15);
    for (int i = 0; i < mutants; i++) {
      Random random = new Random(i * 0x9E3779B97F4A7C15L);
      List<TensorView> tensors = new ArrayList<>(all().tensors);
      for (int k = random.nextInt(3); k >= 0; k--) {
        int at = random.nextInt(tensors.size());
        if (random.nextInt(6) == 0) {
          tensors.remove(at);
        } else {
          tensors.set(at, mutate(tensors.get(at), random));
        }
      }
      try {
        read += readAll(QuantizedCheckpoint.of(TensorSource.of(QuantizedFixture.PATH, tensors), config(random)));
      } catch (RuntimeException e) {
        fail("mutant %d: %s", i, e);
      }
    }
    // A mutant has one to three damaged tensors of 15 weights.
    assertThat(read).isBetween(mutants * 5, mutants * 15 - mutants / 2);
  }

  @Test
  void damagedTensors() {
    fuzz(MUTANTS);
  }

  @Test
  @Tag("long")
  void manyDamagedTensors() {
    fuzz(MANY_MUTANTS);
  }

  @Test
  void damagedFiles() throws IOException {
    Path path = folder.resolve("model.safetensors");
    all().write(path);
    byte[] seed = Files.readAllBytes(path);
    int header = new String(seed, StandardCharsets.ISO_8859_1).lastIndexOf('}');
    int opened = 0;
    for (int i = 0; i < 60; i++) {
      Random random = new Random(i);
      byte[] mutant = seed.clone();
      for (int k = random.nextInt(2); k >= 0; k--) {
        int at = 8 + random.nextInt(header);
        mutant[at] = (byte) (Character.isDigit(mutant[at]) ? '0' + random.nextInt(10) : mutant[at] ^ random.nextInt(3));
      }
      Files.write(path, mutant);
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        readAll(QuantizedCheckpoint.of(TensorSource.of(checkpoint), config(random)));
        opened++;
      } catch (ModelFormatException e) {
        assertThat(e.getMessage().lines()).hasSize(1);
      }
    }
    assertThat(opened).isGreaterThan(5);
  }
}
