package llm265.quantized;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import llm265.checkpoint.ConfigType;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;

/**
 * Edits a config.json so that it agrees with weights of another type or format. Entries keep their order and numbers their
 * digits; the text is laid out as Python's json module does with an indent of 2.
 */
public final class ConfigJson {
  private static final JsonFactory JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
      .enable(JsonWriteFeature.ESCAPE_NON_ASCII).build().getFactory();
  private static final String QUANTIZATION = "quantization_config";
  private static final Set<String> QUANTIZATIONS = Set.of(QUANTIZATION, "compression_config");
  private static final List<String> TYPES = List.of("torch_dtype", "dtype");

  private final Path path;
  private final String type;
  private final JsonNode quantization;
  private boolean hasType;

  private ConfigJson(Path path, String type, JsonNode quantization) {
    this.path = path;
    this.type = type;
    this.quantization = quantization;
  }

  /**
   * The text with the quantization taken out, wherever it is, and with the type of weights set: where an entry for it is, in
   * inner objects too, and in the outermost one in any case.
   *
   * @param path the file, named in messages
   * @param type F32, F16 or BF16; null to leave it as it is
   * @param quantization the new {@code quantization_config}, put at the end; null for none
   * @throws ModelFormatException if the text is not a JSON object
   */
  public static String edit(Path path, String json, DType type, JsonNode quantization) {
    return new ConfigJson(path, type == null ? null : ConfigType.name(type), quantization).edit(json);
  }

  private String edit(String json) {
    StringWriter edited = new StringWriter();
    try (JsonParser in = JSON.createParser(json); JsonGenerator out = JSON.createGenerator(edited)) {
      out.setPrettyPrinter(new PythonLayout());
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new ModelFormatException(path, "not a JSON object");
      }
      out.writeStartObject();
      copyObject(in, out, true);
      if (in.nextToken() != null) {
        throw new ModelFormatException(path, "not valid JSON: more after its end");
      }
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(path, "not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return edited + (json.endsWith("\n") ? "\n" : "");
  }

  /** Copies entries up to the object's end, which is copied, too. */
  private void copyObject(JsonParser in, JsonGenerator out, boolean isOutermost) throws IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      if (QUANTIZATIONS.contains(name)) {
        in.skipChildren();
        continue;
      }
      boolean isType = TYPES.contains(name) && type != null
          && (value == JsonToken.VALUE_STRING || isOutermost && value == JsonToken.VALUE_NULL);
      out.writeFieldName(name);
      if (isType) {
        out.writeString(type);
        hasType |= isOutermost;
      } else {
        copyValue(in, out, value);
      }
    }
    if (isOutermost && type != null && !hasType) {
      out.writeStringField(TYPES.getFirst(), type);
    }
    if (isOutermost && quantization != null) {
      out.writeFieldName(QUANTIZATION);
      out.writeTree(quantization);
    }
    out.writeEndObject();
  }

  private void copyValue(JsonParser in, JsonGenerator out, JsonToken value) throws IOException {
    switch (value) {
      case START_OBJECT -> {
        out.writeStartObject();
        copyObject(in, out, false);
      }
      case START_ARRAY -> {
        out.writeStartArray();
        for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
          copyValue(in, out, next);
        }
        out.writeEndArray();
      }
      // The digits as they are: 1e-05 stays that.
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeRawValue(in.getText());
      default -> out.copyCurrentEvent(in);
    }
  }
}
