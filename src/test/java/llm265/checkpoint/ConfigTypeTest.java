package llm265.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import llm265.dtype.DType;
import org.junit.jupiter.api.Test;

class ConfigTypeTest {
  @Test
  void typesOfTheModelAndItsPartsChangeAndNothingElse() {
    String text = """
        {"a": 1.50,   "torch_dtype": "bfloat16", "é": "dtype",
         "layers": [{"dtype": "float32"}],
         "text_config": {"dtype":"float32", "rope_scaling": {"dtype": "float32"}},
         "quantization_config": {"torch_dtype": "float32", "bnb_4bit_compute_dtype": "float16"}}
        """;
    assertThat(ConfigType.with(text, DType.F16)).isEqualTo("""
        {"a": 1.50,   "torch_dtype": "float16", "é": "dtype",
         "layers": [{"dtype": "float32"}],
         "text_config": {"dtype":"float16", "rope_scaling": {"dtype": "float32"}},
         "quantization_config": {"torch_dtype": "float32", "bnb_4bit_compute_dtype": "float16"}}
        """);
  }

  @Test
  void otherTypesAndOtherTextsStay() {
    for (String text : new String[] {
        "{\"torch_dtype\": null}", "{\"torch_dtype\": \"auto\"}", "not json", "", "[]", "{\"torch_dtype\": \"float32\""}) {
      assertThat(ConfigType.with(text, DType.BF16)).isEqualTo(text);
    }
  }
}
