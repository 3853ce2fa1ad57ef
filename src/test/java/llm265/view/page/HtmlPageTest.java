package llm265.view.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import llm265.parallel.Workers;
import llm265.view.StreamView;
import org.junit.jupiter.api.Test;

class HtmlPageTest {
  private static final Pattern ELEMENT =
      Pattern.compile("<script type=\"application/octet-stream\" id=\"r:([^\"]+)\">([^<]*)</script>");
  private static final Pattern LOADS = Pattern.compile(
      "<link|@import|url\\(\\s*[\"']?(?!data:)|<(script|img|iframe|video|audio|source|object|embed)[^>]*\\s(src|data|href)\\s*=",
      Pattern.CASE_INSENSITIVE);

  private static StreamView view(String name) throws IOException {
    return StreamView.open(name, MemorySegment.ofArray(Files.readAllBytes(Path.of("golden-vectors", name))));
  }

  private static String write(StreamView view, HtmlPage.Settings settings) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HtmlPage.write(view, settings, Workers.CALLER, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Map<String, byte[]> elements(String html) {
    Map<String, byte[]> elements = new LinkedHashMap<>();
    ELEMENT.matcher(html).results().forEach(element -> {
      byte[] deflated = Base64.getDecoder().decode(element.group(2));
      try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(deflated), new Inflater(true))) {
        elements.put(element.group(1), in.readAllBytes());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    return elements;
  }

  @Test
  void everythingOfASmallStreamIsInTheFile() throws IOException {
    StreamView view = view("syn-slices.264");
    String html = write(view, new HtmlPage.Settings(16 << 20, 0, Integer.MAX_VALUE, HtmlPage.Detail.AUTO));
    Map<String, byte[]> elements = elements(html);
    JsonNode index = new ObjectMapper().readTree(elements.remove("index.json"));
    assertThat(index.get("detail").textValue()).isEqualTo("all");
    assertThat(index.get("notes")).isEmpty();
    assertThat(index.get("elements").size()).isPositive();
    for (int id : view.pictures()) {
      assertThat(elements).containsKeys("picture/" + id + "/planes", "picture/" + id + "/detail/0");
    }
    for (Map.Entry<String, byte[]> element : elements.entrySet()) {
      assertThat(element.getValue()).as(element.getKey()).isEqualTo(view.get(element.getKey()));
    }
  }

  @Test
  void theFileLoadsNothing() throws IOException {
    String html = write(view("syn-slices.264"), new HtmlPage.Settings(16 << 20, 0, 9, HtmlPage.Detail.NONE));
    assertThat(LOADS.matcher(ELEMENT.matcher(html).replaceAll("")).results().map(hit -> hit.group()).toList()).isEmpty();
    assertThat(html).doesNotContain("<!--RESOURCES-->").doesNotContain("/*SCRIPTS*/");
  }

  @Test
  void whatDoesNotFitIsLeftOutAndTold() throws IOException {
    StreamView view = view("enc-image.264");
    int page = write(view, new HtmlPage.Settings(1, 0, 9, HtmlPage.Detail.NONE)).length();
    int most = page + 150_000;
    String html = write(view, new HtmlPage.Settings(most, 0, Integer.MAX_VALUE, HtmlPage.Detail.AUTO));
    Map<String, byte[]> elements = elements(html);
    JsonNode index = new ObjectMapper().readTree(elements.get("index.json"));
    assertThat(html.length()).isLessThan(most + 20_000);
    assertThat(index.get("detail").textValue()).isIn("some", "none");
    assertThat(index.get("notes").toString()).contains("left out").contains("--serve");
    List<Integer> embedded = view.pictures().stream().filter(id -> elements.containsKey("picture/" + id + "/planes")).toList();
    assertThat(index.get("embedded").toString()).isEqualTo(embedded.toString().replace(" ", ""));
    assertThat(embedded).isNotEmpty();
  }
}
