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
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.Shape;

/**
 * What a compressed model file says about its tensors, as JSON text in its metadata; SPEC.md, "Compressed model file".
 *
 * @param version of the format, 1 or 2
 * @param coded type and shape of each tensor whose entry is of bytes, by name
 * @param checksums CRC-32C of the data of each tensor that is kept, by name
 * @param source the header of the file that the model was made of; null if it is not kept
 * @param base name of the model that tensors are told from, in the folder; null for none
 */
record ModelIndex(int version, Map<String, Original> coded, Map<String, Integer> checksums, Source source, String base) {
  /** Key of the metadata entry. */
  static final String KEY = "llm265";

  /** The version of files that have nothing but streams and tensors that are kept as they were. */
  static final int FIRST_VERSION = 1;

  /** The version of files that readers of the first would not understand. */
  static final int LATEST_VERSION = 2;

  private static final int MAX_RANK = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** A tensor as it was before it became an entry of bytes. */
  record Original(DType dtype, long[] shape) {}

  /** The entry that holds the header of the file that the model was made of, and that file's format. */
  record Source(String format, String entry) {}

  String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("version", version);
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
      if (source != null) {
        json.writeObjectFieldStart("source");
        json.writeStringField("format", source.format());
        json.writeStringField("entry", source.entry());
        json.writeEndObject();
      }
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
    private Source source;
    private String base;
    private int version = -1;

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
            case "source" -> readSource(json);
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
      boolean isFirst = source == null && base == null && coded.keySet().stream().noneMatch(checksums::containsKey);
      require(isFirst || version > FIRST_VERSION, "has what its version does not");
      return new ModelIndex(version, coded, checksums, source, base);
    }

    private void readVersion(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.VALUE_NUMBER_INT, "has a version that is not a number");
      version = json.getIntValue();
      if (version < FIRST_VERSION || version > LATEST_VERSION) {
        throw new ModelFormatException(
            path, "compressed in version " + version + " of the format; this program knows " + FIRST_VERSION + " to "
                + LATEST_VERSION);
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
        coded.put(name, new Original(dtype, requireSize(dtype, Arrays.copyOf(shape, rank))));
      }
    }

    /** A shape whose values have a number of bytes. */
    private long[] requireSize(DType dtype, long[] shape) {
      try {
        dtype.byteSize(Shape.count(shape));
        return shape;
      } catch (IllegalArgumentException e) {
        throw new ModelFormatException(path, "the llm265 index has a shape that is not one", e);
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

    private void readSource(JsonParser json) throws IOException {
      require(json.currentToken() == JsonToken.START_OBJECT, "has no object \"source\"");
      Map<String, String> members = new LinkedHashMap<>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String member = json.currentName();
        require(json.nextToken() == JsonToken.VALUE_STRING, "does not describe its source");
        members.put(member, json.getText());
      }
      require(members.keySet().containsAll(List.of("format", "entry")), "does not describe its source");
      source = new Source(members.get("format"), members.get("entry"));
    }

    private void require(boolean condition, String problem) {
      if (!condition) {
        throw new ModelFormatException(path, "the llm265 index " + problem);
      }
    }
  }
}
