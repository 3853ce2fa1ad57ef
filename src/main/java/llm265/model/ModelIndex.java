package llm265.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;

/**
 * What a compressed model file says about its tensors, as JSON text in its metadata; SPEC.md, "Compressed model file".
 *
 * @param coded type and shape of each tensor that is a stream, by name
 * @param checksums CRC-32C of the data of each tensor that is kept, by name
 * @param base name of the model that tensors are told from, in the folder; null for none
 */
record ModelIndex(Map<String, Original> coded, Map<String, Integer> checksums, String base) {
  /** Key of the metadata entry. */
  static final String KEY = "llm265";

  static final int FORMAT_VERSION = 2;

  /** The version of files that have nothing that later ones brought. */
  static final int FIRST_VERSION = 1;

  private static final int MAX_RANK = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** A tensor as it was before it became a stream. */
  record Original(DType dtype, long[] shape) {}

  String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("version", base == null ? FIRST_VERSION : FORMAT_VERSION);
      if (base != null) {
        json.writeStringField("base", base);
      }
      json.writeObjectFieldStart("coded");
      for (Map.Entry<String, Original> entry : coded.entrySet()) {
        json.writeArrayFieldStart(entry.getKey());
        json.writeString(entry.getValue().dtype().name());
        for (long dimension : entry.getValue().shape()) {
          json.writeNumber(dimension);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
      json.writeObjectFieldStart("raw");
      for (Map.Entry<String, Integer> entry : checksums.entrySet()) {
        json.writeStringField(entry.getKey(), HexFormat.of().toHexDigits(entry.getValue()));
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return text.toString();
  }

  /**
   * Parses the text; unknown members are skipped.
   *
   * @param path the file, for messages
   * @throws ModelFormatException if it is damaged or of a later version
   */
  static ModelIndex parse(Path path, String text) {
    return new Parsing(path).parse(text);
  }

  private static final class Parsing {
    private final Path path;
    private final Map<String, Original> coded = new LinkedHashMap<>();
    private final Map<String, Integer> checksums = new LinkedHashMap<>();
    private int version = -1;
    private String base;

    Parsing(Path path) {
      this.path = path;
    }

    ModelIndex parse(String text) {
      try (JsonParser json = JSON.createParser(text)) {
        require(json.nextToken() == JsonToken.START_OBJECT, "is not an object");
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String member = json.currentName();
          json.nextToken();
          switch (member) {
            case "version" -> readVersion(json);
            case "coded" -> readCoded(json);
            case "raw" -> readChecksums(json);
            case "base" -> readBase(json);
            default -> json.skipChildren();
          }
        }
        require(json.nextToken() == null, "is followed by other text");
      } catch (JsonProcessingException e) {
        throw new ModelFormatException(path, "the llm265 index is not valid JSON", e);
      } catch (IOException e) {
        throw new IllegalStateException("reading from memory failed", e);
      }
      require(version >= 0, "has no version");
      return new ModelIndex(coded, checksums, base);
    }

    private void readVersion(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "has a version that is not a number");
      version = json.getIntValue();
      if (version < FIRST_VERSION || version > FORMAT_VERSION) {
        throw new ModelFormatException(
            path, "compressed in version " + version + " of the format; this program knows " + FORMAT_VERSION);
      }
    }

    private void readBase(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.VALUE_STRING, "has a base that is not a name");
      base = json.getText();
    }

    private void readCoded(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.START_OBJECT, "has no object \"coded\"");
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        require(json.nextToken() == JsonToken.START_ARRAY && json.nextToken() == JsonToken.VALUE_STRING,
            "does not give the type of a tensor");
        DType dtype = dtype(json.getText());
        long[] shape = new long[MAX_RANK];
        int rank = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
          require(rank < MAX_RANK && json.currentToken() == JsonToken.VALUE_NUMBER_INT, "has a shape that is not one");
          shape[rank++] = json.getLongValue();
        }
        coded.put(name, new Original(dtype, Arrays.copyOf(shape, rank)));
      }
    }

    private DType dtype(String name) {
      try {
        return DType.of(name);
      } catch (IllegalArgumentException e) {
        throw new ModelFormatException(path, "the llm265 index names a type that is not known", e);
      }
    }

    private void readChecksums(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.START_OBJECT, "has no object \"raw\"");
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        require(json.nextToken() == JsonToken.VALUE_STRING, "has a checksum that is not text");
        try {
          checksums.put(name, HexFormat.fromHexDigits(json.getText()));
        } catch (IllegalArgumentException e) {
          throw new ModelFormatException(path, "the llm265 index has a checksum that is not a number", e);
        }
      }
    }

    private void require(boolean condition, String problem) {
      if (!condition) {
        throw new ModelFormatException(path, "the llm265 index " + problem);
      }
    }
  }
}
