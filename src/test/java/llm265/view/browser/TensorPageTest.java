package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.TensorDecoder;
import llm265.dtype.TensorView;
import llm265.view.StreamView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

/** A tensor on the page: its values are the decoder's, errors are counted from its original, and cells lead to macroblocks. */
@ExtendWith(BrowserExtension.class)
class TensorPageTest {
  private static final int ROWS = 96;
  private static final int COLUMNS = 80;

  private final Browser browser;
  private float[] decoded;
  private float[] original;
  private Path page;

  TensorPageTest(Browser browser) {
    this.browser = browser;
  }

  @BeforeEach
  void makePage() throws IOException {
    byte[] stream = Files.readAllBytes(Path.of("golden-vectors/tensors/sign-patterns.264"));
    decoded = TensorDecoder.decode(stream);
    original = decoded.clone();
    for (int i = 0; i < original.length; i++) {
      original[i] += (i % 7 - 3) / 64f;
    }
    TensorView before = TensorView.view("weights", new long[] {ROWS, COLUMNS}, original);
    page = StreamPage.write("tensor", StreamView.ofTensor("sign-patterns.264", "weights", MemorySegment.ofArray(stream), before));
  }

  private float shown(String layer) {
    return Float.parseFloat(browser.text("[data-layer='" + layer + "']").replaceFirst(".* ", ""));
  }

  @Test
  void valuesAreTheDecodersAndErrorsTheirDistanceFromTheOriginal() {
    browser.open(page, "view=tensor", Screen.DESKTOP);
    int[][] cells = {{0, 0}, {17, 33}, {95, 79}};
    for (int[] cell : cells) {
      browser.go("view=tensor&row=%d&column=%d".formatted(cell[0], cell[1]));
      int index = cell[0] * COLUMNS + cell[1];
      assertThat(shown("values")).isEqualTo(decoded[index]);
      assertThat(shown("original")).isEqualTo(original[index]);
      assertThat(shown("error")).isEqualTo(decoded[index] - original[index]);
    }
    assertThat(browser.texts("[aria-label=Layer] option")).contains("Values", "Original", "Error", "Sign patterns", "Outliers");
  }

  @Test
  void keysMoveTheCell() {
    browser.open(page, "view=tensor&row=3&column=4", Screen.DESKTOP);
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN);
    assertThat(browser.text(".status b")).isEqualTo("row 5, column 5");
    assertThat(shown("values")).isEqualTo(decoded[5 * COLUMNS + 5]);
    browser.press(Keys.ESCAPE);
    assertThat(browser.has(".profiles")).isFalse();
  }

  @Test
  void cellsLeadToMacroblocksAndBack() {
    browser.open(page, "view=tensor&row=50&column=40", Screen.DESKTOP);
    browser.click(".cells .link");
    assertThat(browser.text(".panel h2")).isEqualTo("Macroblock " + (50 / 16 * (COLUMNS / 16) + 40 / 16));
    browser.run("[...document.querySelectorAll('.panel button')].find(each => each.innerText === 'Show it').click()");
    assertThat(browser.text(".status b")).isEqualTo("row 48, column 32");
  }

  @Test
  void everyLayerIsSeenOnEveryScreen() {
    for (Screen screen : new Screen[] {Screen.DESKTOP, Screen.DARK_PHONE}) {
      browser.open(page, "view=tensor&row=50&column=40", screen);
      for (String layer : new String[] {"values", "error", "outliers", "signs"}) {
        browser.choose("select[aria-label=Layer]", layer);
        browser.shoot("tensor-" + layer + "-" + screen);
        assertThat((Long) browser.run("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(screen.width());
        assertThat(browser.text(".legend b")).isNotEmpty();
      }
    }
  }
}
