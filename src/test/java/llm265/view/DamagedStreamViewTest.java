package llm265.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Damaged streams are shown as far as they decode. */
class DamagedStreamViewTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path VECTORS = Path.of("golden-vectors");

  /** All faults that a page tells; every resource must be there or be null. */
  private static List<String> faults(byte[] bytes) throws IOException {
    StreamView view = StreamView.open("name", MemorySegment.ofArray(bytes));
    List<String> faults = new ArrayList<>();
    MAPPER.readTree(view.get("index.json")).get("faults").forEach(fault -> faults.add(fault.textValue()));
    for (int id : view.pictures()) {
      MAPPER.readTree(view.get("picture/" + id + "/statistics")).get("faults").forEach(fault -> faults.add(fault.textValue()));
      for (String name : view.ofPicture(id)) {
        view.get(name);
      }
      for (String name : view.details(id)) {
        MAPPER.readTree(view.get(name));
      }
    }
    return faults;
  }

  @TestFactory
  Stream<DynamicTest> everyFaultIsTold() throws IOException {
    return Files.readAllLines(VECTORS.resolve("MANIFEST.tsv")).stream().map(line -> line.split("\t"))
        .filter(row -> row[1].equals("malformed"))
        .peek(row -> row[5] = row[5].replaceFirst("^\\w+: ", ""))
        .map(row -> DynamicTest.dynamicTest(row[0], () ->
            assertThat(faults(Files.readAllBytes(VECTORS.resolve(row[0])))).as(row[5]).anyMatch(told -> told.equals(row[5]))));
  }

  @Test
  void changedBytesAreShownOrTold() throws IOException {
    byte[] sound = Files.readAllBytes(VECTORS.resolve("enc-slices.264"));
    Random random = new Random(1);
    for (int i = 0; i < 15; i++) {
      byte[] bytes = sound.clone();
      for (int k = 0; k < 3; k++) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      faults(bytes);
    }
  }

  @Test
  void macroblocksBeforeAndBehindADamagedSliceAreShown() throws IOException {
    byte[] sound = Files.readAllBytes(VECTORS.resolve("enc-slices.264"));
    StreamView whole = StreamView.open("name", MemorySegment.ofArray(sound));
    JsonNode picture = MAPPER.readTree(whole.get("index.json")).get("pictures").get(0);
    int nal = picture.get("slices").get(1).get("nal").intValue();
    JsonNode unit = MAPPER.readTree(whole.get("index.json")).get("nalUnits").get(nal);
    byte[] cut = sound.clone();
    int from = unit.get("byte").intValue() + unit.get("bytes").intValue() / 2;
    // No emulation, no start code, and levels that end nowhere
    Arrays.fill(cut, from, unit.get("byte").intValue() + unit.get("bytes").intValue() - 1, (byte) 0xFF);
    StreamView damaged = StreamView.open("name", MemorySegment.ofArray(cut));
    JsonNode statistics = MAPPER.readTree(damaged.get("picture/0/statistics"));
    int size = picture.get("mbWidth").intValue() * picture.get("mbHeight").intValue();
    assertThat(statistics.get("faults")).isNotEmpty();
    assertThat(statistics.get("macroblocks").intValue()).isBetween(size / 2, size - 1);
    JsonNode last = MAPPER.readTree(damaged.get("picture/0/detail/" + (damaged.details(0).size() - 1)));
    JsonNode lastOfWhole = MAPPER.readTree(whole.get("picture/0/detail/" + (whole.details(0).size() - 1)));
    assertThat(last.get(last.size() - 1).get("blocks")).isEqualTo(lastOfWhole.get(last.size() - 1).get("blocks"));
  }
}
