package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Figures of a stream on the page against sums over the trace. */
@ExtendWith(BrowserExtension.class)
class StatisticsPageTest {
  private static final String ENGINE = "arithmetic code: start and end";

  private final Browser browser;

  StatisticsPageTest(Browser browser) {
    this.browser = browser;
  }

  private Map<String, Long> barsShown(String card) {
    List<?> rows = (List<?>) browser.run("return [...document.querySelectorAll(`section[aria-label='${arguments[0]}'] tr`)]"
        + ".map(row => [row.dataset.row, row.querySelector('[data-value]').dataset.value])", card);
    Map<String, Long> shown = new LinkedHashMap<>();
    for (Object row : rows) {
      List<?> cells = (List<?>) row;
      shown.put((String) cells.get(0), Long.valueOf((String) cells.get(1)));
    }
    return shown;
  }

  @Test
  void bitsByElementAreTheTraces() throws IOException {
    for (String vector : List.of("syn-every-mb-type.264", "syn-no-8x8-transform.264")) {
      StreamPage page = StreamPage.of(vector);
      browser.open(page.file(), "view=statistics", Screen.DESKTOP);
      compare(page.bitsByElement(-1));
      browser.choose("select[aria-label='Figures of']", "picture");
      compare(page.bitsByElement(0));
    }
  }

  private void compare(Map<String, Long> traced) {
    Map<String, Long> shown = new TreeMap<>(barsShown("Bits by syntax element"));
    shown.remove(ENGINE);
    traced.values().removeIf(bits -> bits == 0);
    assertThat(shown).isEqualTo(traced);
  }

  @Test
  void everyMacroblockIsCounted() throws IOException {
    StreamPage page = StreamPage.of("syn-every-mb-type.264");
    browser.open(page.file(), "view=statistics", Screen.PHONE);
    long macroblocks = page.pictures().values().stream()
        .mapToLong(picture -> picture.format().width(0) / 16L * (picture.format().height(0) / 16)).sum();
    Map<String, Long> types = barsShown("Macroblock types");
    assertThat(types.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(macroblocks);
    assertThat(types).allSatisfy((name, count) -> assertThat(count).isPositive());
    assertThat(browser.texts(".chart canvas")).hasSize(3);
  }

  @Test
  void unitsOfTheStreamLeadToTheirPictures() throws IOException {
    StreamPage page = StreamPage.of("syn-every-mb-type.264");
    browser.open(page.file(), "view=stream", Screen.DESKTOP);
    List<String> names = browser.texts("button.unit span:nth-child(3)");
    assertThat(names).anyMatch(name -> name.startsWith("seq_parameter_set_rbsp"))
        .anyMatch(name -> name.startsWith("slice_layer"));
    browser.click("button.unit:not([disabled])");
    assertThat(browser.text(".panel h2")).isEqualTo("Picture 0");
  }
}
