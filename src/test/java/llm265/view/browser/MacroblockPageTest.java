package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import llm265.h264.trace.SyntaxElement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A macroblock on the page: every figure is the trace's or the decoder's. */
@ExtendWith(BrowserExtension.class)
class MacroblockPageTest {
  private final Browser browser;

  MacroblockPageTest(Browser browser) {
    this.browser = browser;
  }

  private StreamPage open(String vector, int picture, int mb, String panel) throws IOException {
    StreamPage page = StreamPage.of(vector);
    browser.open(page.file(), "p=%d&mb=%d&panel=%s".formatted(picture, mb, panel), Screen.DESKTOP);
    return page;
  }

  @ParameterizedTest
  @CsvSource({"syn-every-mb-type.264, 0, 0", "syn-every-mb-type.264, 1, 9", "syn-no-8x8-transform.264, 0, 3"})
  void syntaxIsThatOfTheTrace(String vector, int picture, int mb) throws IOException {
    List<SyntaxElement> elements = open(vector, picture, mb, "syntax").elements(picture, mb);
    List<String> rows = elements.stream().map(element -> String.join("|", String.valueOf(element.bitPosition()), element.name(),
        element.isCoeffToken() ? element.trailingOnes() + "/" + element.totalCoeff() : String.valueOf(element.value()),
        element.code(), element.clause())).toList();
    Object shown = browser.run("return [...document.querySelectorAll('tr[data-element]')].map(row => "
        + "[...row.cells].map(cell => cell.innerText.trim()).join('|'))");
    assertThat(shown).isEqualTo(rows);
    assertThat(rows).hasSizeGreaterThan(3);
  }

  @Test
  void binsAreThoseOfTheTraceOneByOne() throws IOException {
    StreamPage page = open("syn-every-mb-type.264", 0, 0, "bins");
    List<SyntaxElement.Bin> bins = page.elements(0, 0).stream().flatMap(element -> element.bins().stream()).toList();
    assertThat(bins).hasSizeGreaterThan(20);
    for (int i = 0; i < 12; i++) {
      SyntaxElement.Bin bin = bins.get(i);
      assertThat(browser.text(".now b")).isEqualTo("Bin " + (i + 1) + " of " + bins.size());
      Map<String, String> facts = browser.facts();
      assertThat(facts).containsEntry("bin", String.valueOf(bin.binVal()))
          .containsEntry("codIRange", String.valueOf(bin.codIRange()))
          .containsEntry("codIOffset", String.valueOf(bin.codIOffset()));
      if (bin.hasContext()) {
        assertThat(facts).containsEntry("ctxIdx", String.valueOf(bin.ctxIdx()))
            .containsEntry("pStateIdx", String.valueOf(bin.pStateIdx())).containsEntry("valMPS", String.valueOf(bin.valMps()));
      }
      browser.press(".");
    }
  }

  /** The interval that the page draws for a bin and how far it is doubled must be where the next bin begins. */
  @Test
  void eachIntervalIsWhatTheNextBinBeginsWith() throws IOException {
    StreamPage page = open("syn-every-mb-type.264", 0, 0, "bins");
    List<SyntaxElement.Bin> bins = page.elements(0, 0).stream().flatMap(element -> element.bins().stream()).toList();
    Object drawn = browser.run("""
        const table = streams.a.index.rangeTabLps;
        return binsOf(detailOf('a', 0, 0)).map(each => binStep(table, each.bin)).map(step =>
          step.kind === 'bypass' ? [step.width, 1] : [step.width << step.taken, step.taken])""");
    List<List<Long>> expected = new ArrayList<>();
    for (int i = 0; i + 1 < bins.size(); i++) {
      expected.add(List.of((long) bins.get(i + 1).codIRange(), bins.get(i + 1).bitPosition() - bins.get(i).bitPosition()));
    }
    assertThat(((List<?>) drawn).subList(0, expected.size())).isEqualTo(expected);
  }

  /** Prediction and residual add up to the sums, and the sums are the samples before deblocking. */
  @ParameterizedTest
  @CsvSource({"0, 9", "2, 30"})
  void stepsOfBlocksLeadToTheSamples(int picture, int mb) throws IOException {
    StreamPage page = open("syn-every-mb-type.264", picture, mb, "blocks");
    byte[] samples = page.view().get("picture/" + picture + "/planes");
    byte[] before = page.view().get("picture/" + picture + "/unfiltered");
    int width = page.pictures().get(picture).format().width(0);
    JsonNode detail = new ObjectMapper().readTree(page.view().get("picture/" + picture + "/detail/0")).get(mb);
    int index = 0;
    for (JsonNode block : detail.get("blocks")) {
      if (block.get("plane").intValue() == 0) {
        browser.click("[data-block='" + index + "']");
        List<Integer> predicted = matrix("Prediction");
        List<Integer> residual = matrix("Residual");
        List<Integer> sums = matrix("Sum");
        int size = block.get("width").intValue();
        for (int i = 0; i < sums.size(); i++) {
          int x = mb % (width / 16) * 16 + block.get("x").intValue() + i % size;
          int y = mb / (width / 16) * 16 + block.get("y").intValue() + i / size;
          assertThat(sums.get(i)).isEqualTo(Math.clamp(predicted.get(i) + residual.get(i), 0, 255))
              .isEqualTo((before == null ? samples : before)[y * width + x] & 0xff);
        }
      }
      index++;
    }
    assertThat(index).isPositive();
  }

  @Tag("long")
  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "1, 20"})
  void stepsOfMoreBlocksLeadToTheSamples(int picture, int mb) throws IOException {
    stepsOfBlocksLeadToTheSamples(picture, mb);
  }

  private List<Integer> matrix(String step) {
    return browser.texts("li[data-step^='" + step + "'] td").stream().map(Integer::valueOf).toList();
  }

  @Test
  void typeAndQpAreThoseOfTheTrace() throws IOException {
    StreamPage page = StreamPage.of("syn-qp-delta.264");
    browser.open(page.file(), "", Screen.DESKTOP);
    int qp = 0;
    for (int mb = 0; mb < 6; mb++) {
      browser.go("p=0&mb=" + mb);
      Map<String, String> facts = browser.facts();
      List<SyntaxElement> elements = page.elements(0, mb);
      long delta = value(elements, "mb_qp_delta");
      assertThat(facts.get("mb_type")).startsWith(value(elements, "mb_type") + " ");
      assertThat(facts.get("QP")).endsWith("mb_qp_delta " + delta);
      int shown = Integer.parseInt(facts.get("QP").split(" ")[0]);
      if (mb > 0) {
        assertThat(shown).isEqualTo((int) Math.floorMod(qp + delta, 52));
      }
      qp = shown;
      long bits = elements.getLast().bitPosition() + elements.getLast().bits() - elements.getFirst().bitPosition();
      assertThat(facts.get("bits").split(" ")[0].replace(",", "")).isEqualTo(String.valueOf(bits));
    }
  }

  private static long value(List<SyntaxElement> elements, String name) {
    return elements.stream().filter(element -> element.name().equals(name)).mapToLong(SyntaxElement::value).findFirst().orElse(0);
  }

  @Test
  void neighboursAreShownAndLeadThere() throws IOException {
    open("syn-every-mb-type.264", 0, 0, "bins");
    browser.run("set({ mb: 8, panel: 'summary' })");
    assertThat(browser.texts(".neighbours button").stream().map(text -> text.split("\\s+")[0] + text.split("\\s+")[1]).toList())
        .isEqualTo(Arrays.asList("D0", "B1", "C2", "A7"));
    browser.click(".neighbours button");
    assertThat(browser.text(".panel h2")).isEqualTo("Macroblock 0");
    assertThat(browser.texts(".neighbours .absent")).hasSize(4);
  }
}
