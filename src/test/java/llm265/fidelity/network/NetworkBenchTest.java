package llm265.fidelity.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.lm.token.Tokenizer;
import llm265.model.ModelCompressor;
import llm265.network.Network;
import llm265.network.NetworkFile;
import llm265.reference.lm.TinyModels;
import llm265.reference.lm.TinyTokenizer;
import llm265.reference.network.TinyNetworks;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkBenchTest {
  @TempDir private Path folder;

  private static NetworkBench bench(String... methods) {
    return new NetworkBench(List.of(methods), new double[] {4, 3}, Runnable::run, 1);
  }

  @Test
  void rowsComeByMethodAndRate() throws IOException {
    TinyTokenizer.write(folder, TinyModels.VOCABULARY);
    NetworkBench bench = bench("trinity-fast", "rtn{b}g64", "nf4");
    List<NetworkBench.Row> rows = new ArrayList<>();
    try (NetworkFile file = NetworkFile.open(TinyNetworks.write(folder.resolve("m.onnx"), TinyNetworks.encoder()));
        Network original = file.load(1)) {
      bench.measure(
          file, new EncoderFidelity(original, Tokenizer.open(folder), "w7 w9. w30 w31. w5.", 0, 9), step -> { }, rows::add);
      Path compressed = folder.resolve("m.llm265");
      ModelCompressor.atBits(3).withCodec(Codec.TRINITY).withEffort(Effort.FAST).compress(file.checkpoint(), compressed);
      assertThat(rows.get(1).bits()).isEqualTo(8.0 * Files.size(compressed) / file.values());
    }
    assertThat(rows).hasSize(bench.rows()).extracting(NetworkBench.Row::method)
        .containsExactly("original", "trinity-fast", "trinity-fast", "rtn3g64", "rtn4g64", "nf4");
    assertThat(rows.getFirst().bits()).isEqualTo(32);
    // All three matrices count: 3 bits, and 16 for a scale and 3 for a zero of each 64 values, in whole bytes.
    assertThat(rows.get(3).bits()).isCloseTo(3 + (16 + 3) / 64.0, within(1e-3));
    for (int i = 1; i < rows.size(); i++) {
      assertThat(rows.get(i).figures()[0]).as(rows.get(i).method()).isBetween(1e-5, 0.2);
    }
    assertThat(rows.get(4).figures()[0]).isLessThan(rows.get(3).figures()[0]);
  }

  @Test
  void calibratedMethodsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> bench("gptq"))
        .withMessage("gptq3g128 is calibrated, which networks in ONNX files cannot be");
    assertThatIllegalArgumentException().isThrownBy(() -> bench("ours-calibrated"))
        .withMessage("ours-calibrated is calibrated, which networks in ONNX files cannot be");
  }
}
