package llm265.checkpoint;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.PrintableText;

/**
 * The JSON header of a safetensors file, not checked against the data yet.
 *
 * @param metadata the map of strings under {@value #METADATA}, in order; may be empty
 * @param entries the tensors in the header's order; their names are unique
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries) {
  static final String METADATA = "__metadata__";

  /** Limits that no real checkpoint comes near, so that a hostile header cannot request unlimited memory. */
  static final int MAX_BYTES = 100_000_000;
  private static final int MAX_ENTRIES = 1 << 20;
  private static final int MAX_RANK = 64;
  private static final int MAX_NESTING = 16;

  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxNumberLength(100)
                  .maxStringLength(MAX_BYTES)
                  .maxNameLength(MAX_BYTES)
                  .build())
          .build();

  /**
   * One tensor: its data are the bytes {@code begin} to {@code end - 1} of the part after the header.
   *
   * @param dtypeName as written; may be an unknown type
   */
  record Entry(String name, String dtypeName, long[] shape, long begin, long end) {}

  /**
   * @throws ModelFormatException if the bytes are not UTF-8, not JSON, or not the JSON of a header
   */
  static SafetensorsHeader parse(Path path, ByteBuffer utf8) {
    return new Parsing(path).parse(utf8);
  }

  /**
   * A parser of a JSON object in UTF-8.
   *
   * @throws ModelFormatException if the bytes are not UTF-8 or do not begin with a brace
   */
  static JsonParser parser(Path path, String what, ByteBuffer utf8) throws IOException {
    // Decoded strictly as UTF-8: the JSON parser would guess UTF-16 and accept some bad sequences.
    CharBuffer text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8);
    } catch (CharacterCodingException e) {
      throw new ModelFormatException(path, what + " is not UTF-8", e);
    }
    if (text.isEmpty() || text.get(0) != '{') {
      throw new ModelFormatException(path, what + " does not begin with '{'");
    }
    return JSON.createParser(text.array(), text.arrayOffset(), text.remaining());
  }

  static ModelFormatException invalidJson(Path path, String what, JsonProcessingException e) {
    String line = e.getOriginalMessage().lines().findFirst().orElse("");
    return new ModelFormatException(
        path, what + " is not valid JSON: " + PrintableText.cut(line, 200), e);
  }

  /** The header's JSON in UTF-8, without padding: metadata first, if there are any, then the entries in order. */
  static byte[] toJson(Map<String, String> metadata, List<Entry> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes, JsonEncoding.UTF8)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (Entry entry : entries) {
        json.writeObjectFieldStart(entry.name());
        json.writeStringField("dtype", entry.dtypeName());
        json.writeFieldName("shape");
        json.writeArray(entry.shape(), 0, entry.shape().length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalArgumentException("text that cannot be written: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  private static final class Parsing {
    private final Path path;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();

    Parsing(Path path) {
      this.path = path;
    }

    SafetensorsHeader parse(ByteBuffer utf8) {
      try (JsonParser json = parser(path, "header", utf8)) {
        json.nextToken();
        readHeader(json);
        if (json.nextToken() != null) {
          throw bad("text follows the header's JSON");
        }
      } catch (JsonProcessingException e) {
        throw invalidJson(path, "header", e);
      } catch (IOException e) {
        throw new IllegalStateException("reading from memory failed", e);
      }
      return new SafetensorsHeader(Collections.unmodifiableMap(metadata), Collections.unmodifiableList(entries));
    }

    private void readHeader(JsonParser json) throws IOException {
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = text(json, "tensor name");
        json.nextToken();
        if (name.equals(METADATA)) {
          readMetadata(json);
        } else if (entries.size() == MAX_ENTRIES) {
          throw bad("more than " + MAX_ENTRIES + " tensors");
        } else {
          entries.add(readEntry(json, name));
        }
      }
    }

    private void readMetadata(JsonParser json) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw bad(METADATA + " is not an object");
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = text(json, METADATA + " key");
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          throw bad(METADATA + " value of " + ModelFormatException.quote(key) + " is not a string");
        }
        metadata.put(key, text(json, METADATA + " value"));
      }
    }

    private Entry readEntry(JsonParser json, String name) throws IOException {
      String quoted = ModelFormatException.quote(name);
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw bad("tensor " + quoted + " is not described by an object");
      }
      String dtype = null;
      long[] shape = null;
      long[] offsets = null;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        JsonToken value = json.nextToken();
        switch (key) {
          case "dtype" -> {
            if (value != JsonToken.VALUE_STRING) {
              throw bad("dtype of tensor " + quoted + " is not a string");
            }
            dtype = json.getText();
          }
          case "shape" -> shape = readSizes(json, "shape of tensor " + quoted);
          case "data_offsets" -> offsets = readSizes(json, "data_offsets of tensor " + quoted);
          default -> json.skipChildren();
        }
      }
      if (dtype == null || shape == null || offsets == null) {
        String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
        throw bad("tensor " + quoted + " has no " + missing);
      }
      if (offsets.length != 2) {
        throw bad("data_offsets of tensor " + quoted + " are not two numbers");
      }
      return new Entry(name, dtype, shape, offsets[0], offsets[1]);
    }

    private long[] readSizes(JsonParser json, String what) throws IOException {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw bad(what + ": not an array");
      }
      long[] sizes = new long[4];
      int count = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (count == MAX_RANK) {
          throw bad(what + ": more than " + MAX_RANK + " numbers");
        }
        if (count == sizes.length) {
          sizes = Arrays.copyOf(sizes, 2 * count);
        }
        sizes[count++] = readSize(json, what);
      }
      return Arrays.copyOf(sizes, count);
    }

    private long readSize(JsonParser json, String what) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw bad(what + ": holds something that is not an integer");
      }
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getText().startsWith("-")) {
        throw bad(what + ": " + ModelFormatException.quote(json.getText()) + " is out of range");
      }
      return json.getLongValue();
    }

    /** The current string. Its escapes may give half of a surrogate pair, which is not Unicode text. */
    private String text(JsonParser json, String what) throws IOException {
      String text = json.getText();
      for (int i = 0; i < text.length(); i++) {
        if (Character.isHighSurrogate(text.charAt(i))
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(text.charAt(i))) {
          throw bad(what + " " + ModelFormatException.quote(text) + " is not Unicode text");
        }
      }
      return text;
    }

    private ModelFormatException bad(String problem) {
      return new ModelFormatException(path, "bad header: " + problem);
    }
  }
}
