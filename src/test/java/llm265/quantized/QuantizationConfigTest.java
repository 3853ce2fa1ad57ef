package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizationConfigTest {
  @TempDir Path folder;

  private QuantizationConfig read(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json.replace('\'', '"'));
    return QuantizationConfig.read(folder);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      config.json             | {'quantization_config': {'quant_method': 'FP8', 'weight_block_size': [64, 32]}} | fp8
      config.json             | {'compression_config': {'config_groups': {}}}                        | compressed-tensors
      config.json             | {'text_config': {'quantization_config': {'quant_method': 'awq'}}}    | awq
      quantize_config.json    | {'bits': 4, 'group_size': 64, 'desc_act': true}                      | gptq
      quant_config.json       | {'w_bit': 4, 'q_group_size': 64, 'version': 'GEMM'}                  | awq
      quantization_config.json| {'quant_method': 'bitsandbytes', 'load_in_4bit': true}               | bitsandbytes
      hf_quant_config.json    | {'producer': {'name': 'modelopt'}, 'quantization': {'quant_algo': 'NVFP4'}} | modelopt
      """)
  void foldersSayItInSeveralFiles(String file, String json, String method) throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"llama\"}");
    QuantizationConfig config = read(file, json);
    assertThat(config.method()).contains(method);
    assertThat(config.unread()).isEmpty();
  }

  @Test
  void whatTensorsLeaveOpenIsKept() throws IOException {
    QuantizationConfig config = read("config.json", """
        {'quantization_config': {'quant_method': 'compressed-tensors', 'format': 'mixed-precision', 'config_groups': {
          'group_0': {'format': 'pack-quantized', 'weights': {'num_bits': 4, 'group_size': 64}},
          'group_1': {'format': 'float-quantized', 'weights': {'num_bits': 8, 'group_size': null, 'block_structure': [64, 32]}},
          'group_2': {'weights': null}}}, 'x': NaN}
        """);
    assertThat(config.bits()).containsExactly(4, 8);
    assertThat(config.groupSize()).isEqualTo(64);
    assertThat(config.blockRows()).isEqualTo(64);
    assertThat(config.blockColumns()).isEqualTo(32);
    assertThat(config.demandsScales()).isTrue();
  }

  @Test
  void foldersMaySayNothing() throws IOException {
    assertThat(QuantizationConfig.read(folder)).isSameAs(QuantizationConfig.NONE);
    assertThat(read("config.json", "{'quantization_config': null}").method()).isEmpty();
  }

  @Test
  void brokenFilesAreNamed() {
    assertThatThrownBy(() -> read("config.json", "{'a'")).isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(folder.resolve("config.json") + ": not valid JSON").hasNoSuppressedExceptions();
    assertThatThrownBy(() -> read("config.json", "[1]")).isInstanceOf(ModelFormatException.class)
        .hasMessageEndingWith("not a JSON object");
    assertThatThrownBy(() -> read("config.json", "")).isInstanceOf(ModelFormatException.class)
        .hasMessageEndingWith("not a JSON object");
  }
}
