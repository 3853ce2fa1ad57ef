package llm265.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.h264.DecoderLimits;
import llm265.parallel.Workers;
import llm265.tensor.decode.TensorStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TensorResourcesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path TENSORS = Path.of("golden-vectors", "tensors");

  private static MemorySegment read(String name) throws IOException {
    return MemorySegment.ofArray(Files.readAllBytes(TENSORS.resolve(name)));
  }

  private static float[] decode(MemorySegment stream) {
    TensorStream tensor = TensorStream.open(stream, DecoderLimits.DEFAULT);
    int count = (int) tensor.header().framing().values();
    MemorySegment data = MemorySegment.ofArray(new byte[(int) tensor.header().dtype().byteSize(count)]);
    tensor.decode(0, data, Workers.CALLER);
    float[] values = new float[count];
    ValueCodec.read(tensor.header().dtype(), data, 0, values, 0, count);
    return values;
  }

  private static float[] shown(StreamView view, JsonNode tensor, String name) throws IOException {
    int rows = tensor.get("view").get(0).intValue();
    int columns = tensor.get("view").get(1).intValue();
    ByteBuffer all = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int band = 0; band < tensor.get("bands").intValue(); band++) {
      all.put(view.get("tensor/" + name + "/" + band));
    }
    assertThat(all.hasRemaining()).isFalse();
    float[] values = new float[rows * columns];
    all.flip().asFloatBuffer().get(values);
    return values;
  }

  @TestFactory
  Stream<DynamicTest> valuesOutliersAndPlacesAreTheDecoders() throws IOException {
    try (Stream<Path> files = Files.list(TENSORS)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".264") || name.endsWith(".trinity"))
          .sorted().toList().stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
    }
  }

  private static void check(String file) throws IOException {
    MemorySegment stream = read(file);
    StreamView view = StreamView.open(file, stream);
    JsonNode index = MAPPER.readTree(view.get("index.json"));
    JsonNode tensor = index.get("tensor");
    assertThat(index.get("kind").textValue()).isEqualTo("tensor");
    assertThat(index.get("faults")).isEmpty();
    float[] expected = decode(stream);
    float[] values = shown(view, tensor, "values");
    for (int i = 0; i < values.length; i++) {
      float wanted = i < expected.length ? expected[i] : Float.NaN;
      if (Float.floatToIntBits(values[i]) != Float.floatToIntBits(wanted)) {
        throw new AssertionError("value " + i + " is " + values[i] + ", not " + wanted);
      }
    }
    boolean rotated = tensor.get("places").textValue().equals("transformed");
    for (JsonNode entry : tensor.get("tiles")) {
      if (entry.get("picture").intValue() >= 0) {
        JsonNode tile = MAPPER.readTree(view.get("tensor/tile/" + entry.get("picture")));
        for (JsonNode outlier : tile.get("outliers")) {
          if (!rotated && outlier.get(1).isNumber()) {
            assertThat(values[outlier.get(0).intValue()]).isEqualTo((float) outlier.get(1).doubleValue());
          }
        }
        checkPlaces(view, tensor, entry, tile, values);
      }
    }
  }

  /** The value at the place of a sample is what the sample stands for. */
  private static void checkPlaces(StreamView view, JsonNode tensor, JsonNode entry, JsonNode tile, float[] values)
      throws IOException {
    int picture = entry.get("picture").intValue();
    boolean plain = tensor.get("places").textValue().equals("samples") && !tensor.get("method").textValue().contains("channels")
        && !tensor.get("method").textValue().contains("raw") && tile.get("signPatterns").isNull();
    if (!plain || tile.get("outliers").size() > 0) {
      return;
    }
    JsonNode format = MAPPER.readTree(view.get("index.json")).get("pictures").get(picture);
    int depth = format.get("depth").get(0).intValue();
    int width = format.get("width").intValue();
    byte[] planes = view.get("picture/" + picture + "/planes");
    byte[] map = view.get("picture/" + picture + "/map");
    int columns = tensor.get("view").get(1).intValue();
    boolean transposed = tensor.get("transposed").booleanValue();
    float[] scales = view.get("tensor/scales/0") == null ? null : shown(view, tensor, "scales");
    int checked = 0;
    for (int i = 0; i < width * format.get("height").intValue(); i++) {
      int row = entry.get("rows").get(0).intValue() + (transposed ? i % width : i / width);
      int column = entry.get("columns").get(0).intValue() + (transposed ? i / width : i % width);
      int inOrder = row < entry.get("rows").get(1).intValue() && column < entry.get("columns").get(1).intValue()
          && row * columns + column < tensor.get("values").intValue() ? row * columns + column : -1;
      int at = map == null ? inOrder : ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).getInt(4 * i);
      if (at < 0) {
        continue;
      }
      int sample = depth > 8 ? (planes[2 * i] & 0xFF) + ((planes[2 * i + 1] & 0xFF) << 8) : planes[i] & 0xFF;
      double factor = factor(tile, entry, transposed, at / columns, at % columns);
      if (scales != null && scales[at] != (float) factor && Math.abs(scales[at] - factor) > 1e-6 * factor) {
        throw new AssertionError("scale " + scales[at] + ", not " + factor);
      }
      double wanted = tile.get("offset").doubleValue()
          + tile.get("step").doubleValue() * (sample - (1 << (depth - 1))) * factor;
      // A bfloat16 has 8 bits of mantissa
      assertThat(Math.abs(values[at] - wanted)).as("sample %d", i).isLessThanOrEqualTo(0.005 * Math.abs(wanted) + 1e-7);
      checked++;
    }
    assertThat(checked).isEqualTo(entry.get("values").intValue());
  }

  private static double factor(JsonNode tile, JsonNode entry, boolean transposed, int row, int column) {
    int y = (transposed ? column - entry.get("columns").get(0).intValue() : row - entry.get("rows").get(0).intValue());
    int x = (transposed ? row - entry.get("rows").get(0).intValue() : column - entry.get("columns").get(0).intValue());
    return (tile.get("rowScales").isNull() ? 1 : tile.get("rowScales").get(y).doubleValue())
        * (tile.get("columnScales").isNull() ? 1 : tile.get("columnScales").get(x).doubleValue());
  }

  @Test
  void errorsAreMeasuredAgainstTheOriginal() throws IOException {
    MemorySegment stream = read("carried.264");
    float[] values = decode(stream);
    values[5] += 2;
    TensorView original = TensorView.copyOf("t", TensorStream.open(stream, DecoderLimits.DEFAULT).header().shape(), values);
    StreamView view = StreamView.ofTensor("file", "t", stream, original);
    JsonNode error = MAPPER.readTree(view.get("tensor/error"));
    assertThat(error.get("max").doubleValue()).isEqualTo(2);
    assertThat(error.get("differing").intValue()).isEqualTo(1);
    assertThat(shown(view, MAPPER.readTree(view.get("index.json")).get("tensor"), "original")[5]).isEqualTo(values[5]);
  }

  @Test
  void anOriginalOfAnotherSizeIsRefused() throws IOException {
    MemorySegment stream = read("carried.264");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StreamView.ofTensor("file", "t", stream, TensorView.copyOf("t", new long[] {2}, 1, 2)))
        .withMessageContaining("original");
  }
}
