package llm265.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigJsonTest {
  private static final Path PATH = Path.of("config.json");
  private static final String JSON = """
      {
        "architectures": [
          "LlamaForCausalLM"
        ],
        "empty": [],
        "inner": {
          "compression_config": [
            1
          ],
          "torch_dtype": "float32"
        },
        "nothing": {},
        "quantization_config": {
          "bits": 4
        },
        "rms_norm_eps": 1e-05,
        "big": 12345678901234567890123,
        "limit": Infinity,
        "name": "caf\\u00E9",
        "torch_dtype": "float16",
        "use_cache": true,
        "none": null
      }
      """;

  @Test
  void onlyQuantizationAndTypeChange() {
    assertThat(ConfigJson.edit(PATH, JSON, DType.BF16, null)).isEqualTo(JSON
        .replace("    \"compression_config\": [\n      1\n    ],\n", "")
        .replace("  \"quantization_config\": {\n    \"bits\": 4\n  },\n", "")
        .replace("\"float32\"", "\"bfloat16\"").replace("\"float16\"", "\"bfloat16\""));
  }

  @Test
  void typesStayIfNoneIsGiven() {
    String plain = "{\n  \"dtype\": \"float16\"\n}";
    assertThat(ConfigJson.edit(PATH, plain, null, null)).isEqualTo(plain);
    assertThat(ConfigJson.edit(PATH, plain, DType.F32, null)).isEqualTo("{\n  \"dtype\": \"float32\"\n}");
  }

  @Test
  void typeAndQuantizationAreAdded() {
    ObjectNode quantization = JsonNodeFactory.instance.objectNode().put("quant_method", "x");
    quantization.putArray("ignore").add("lm_head");
    assertThat(ConfigJson.edit(PATH, "{\"a\":[1.50,{}],\"quantization_config\":{}}", DType.F16, quantization)).isEqualTo("""
        {
          "a": [
            1.50,
            {}
          ],
          "torch_dtype": "float16",
          "quantization_config": {
            "quant_method": "x",
            "ignore": [
              "lm_head"
            ]
          }
        }""");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"a\": }", "{} {}", "{\"a\": 1", "{\"a\": [}"})
  void brokenTextsAreNamed(String json) {
    assertThatThrownBy(() -> ConfigJson.edit(PATH, json, DType.BF16, null)).isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("config.json: not ").message().hasLineCount(1);
  }
}
