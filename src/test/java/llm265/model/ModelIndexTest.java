package llm265.model;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelIndexTest {
  /** Found by fuzzing: negative dimensions went on to the decoders, which throw other exceptions. */
  @ParameterizedTest
  @ValueSource(strings = {"\"F16\",-4,32", "\"F32\",4294967296,4294967296", "\"F32\",4611686018427387904", "\"Q4_0\",33"})
  void shapesThatNoTensorHasAreFaults(String original) {
    String index = "{\"version\":2,\"coded\":{\"a\":[" + original + "]},\"raw\":{}}";
    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> ModelIndex.parse(Path.of("a.safetensors"), index))
        .withMessage("a.safetensors: the llm265 index has a shape that is not one");
  }
}
