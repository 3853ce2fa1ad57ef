package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

/** Pictures on the page: their samples are the decoder's, and mouse, keys and links lead to them. */
@ExtendWith(BrowserExtension.class)
class PicturesPageTest {
  private static final String CANVAS = "canvas.sight";
  private static final int ZOOM = 8;

  private final Browser browser;
  private StreamPage page;

  PicturesPageTest(Browser browser) {
    this.browser = browser;
  }

  @BeforeEach
  void makePage() throws IOException {
    page = StreamPage.of("syn-every-mb-type.264");
  }

  /** Shows a sample in the middle of the canvas, eight pixels wide. */
  private static String at(int picture, String component, int x, int y) {
    return "p=%d&component=%s&overlay=&zoom=%d&x=%s&y=%s".formatted(picture, component, ZOOM, x + 0.5, y + 0.5);
  }

  /** Red, green and blue in the middle of the canvas. */
  private List<?> middle() {
    return (List<?>) browser.run("""
        const shown = document.querySelector('canvas.sight');
        const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
        copy.drawImage(shown, -Math.floor(shown.width / 2), -Math.floor(shown.height / 2));
        return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3)""");
  }

  @Test
  void componentsAreDrawnAsTheDecoderHasThem() {
    Picture picture = page.pictures().get(1);
    browser.open(page.file(), "", Screen.DESKTOP);
    int[][] places = {{0, 0}, {17, 3}, {64, 50}, {111, 95}};
    for (int[] place : places) {
      for (int plane = 0; plane < 3; plane++) {
        int scale = plane == 0 ? 1 : 2;
        browser.go(at(1, List.of("y", "cb", "cr").get(plane), place[0], place[1]));
        long sample = StreamPage.sample(picture, plane, place[0] / scale, place[1] / scale);
        assertThat(middle()).as("plane %d at %d, %d", plane, place[0], place[1]).isEqualTo(List.of(sample, sample, sample));
      }
    }
  }

  @Test
  void samplesBeforeDeblockingAreThoseThatWereReconstructed() throws IOException {
    byte[] unfiltered = page.view().get("picture/2/unfiltered");
    int width = page.pictures().get(2).format().width(0);
    int place = 0;
    while (sampleAt(place, width) == (unfiltered[place] & 0xff)) {
      place++;
    }
    long before = unfiltered[place] & 0xff;
    long after = sampleAt(place, width);
    browser.open(page.file(), at(2, "y", place % width, place / width) + "&deblocked=0", Screen.DESKTOP);
    assertThat(middle()).isEqualTo(List.of(before, before, before));
    browser.press("d");
    assertThat(middle()).isEqualTo(List.of(after, after, after));
  }

  private int sampleAt(int place, int width) {
    return StreamPage.sample(page.pictures().get(2), 0, place % width, place / width);
  }

  @Test
  void theLineBelowTellsTheSamplesUnderTheMouse() {
    browser.open(page.file(), at(0, "colour", 50, 30), Screen.DESKTOP);
    int width = browser.element(CANVAS).getSize().width;
    int height = browser.element(CANVAS).getSize().height;
    browser.hover(CANVAS, width / 2.0 + 3 * ZOOM, height / 2.0 + 2 * ZOOM);
    Picture picture = page.pictures().get(0);
    assertThat(browser.text(".status")).contains("53, 32").contains("%d %d %d".formatted(
        StreamPage.sample(picture, 0, 53, 32), StreamPage.sample(picture, 1, 26, 16), StreamPage.sample(picture, 2, 26, 16)));
  }

  @Test
  void keysLeadThroughPicturesAndMacroblocks() {
    browser.open(page.file(), "", Screen.DESKTOP);
    assertThat(browser.texts(".thumb")).hasSize(3);
    browser.press("]");
    assertThat(browser.text(".panel h2")).isEqualTo("Picture 1");
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN);
    assertThat(browser.text(".panel h2")).isEqualTo("Macroblock " + (picture().width(0) / 16 + 1));
    assertThat(browser.element(CANVAS).getAccessibleName()).contains("Picture 1").contains("macroblock 8");
    browser.press(Keys.HOME);
    assertThat(browser.element(CANVAS).getAccessibleName()).contains("Picture 0").contains("macroblock 8");
    browser.press(Keys.ESCAPE, Keys.END);
    assertThat(browser.text(".panel h2")).isEqualTo("Picture 2");
    browser.press("?");
    assertThat(browser.text("[role=dialog]")).contains("Preact").contains("uPlot").contains("MIT licence");
    browser.press(Keys.ESCAPE);
    assertThat(browser.has("[role=dialog]")).isFalse();
  }

  private PictureFormat picture() {
    return page.pictures().get(0).format();
  }

  @Test
  void clicksChooseMacroblocks() {
    browser.open(page.file(), at(0, "colour", 40, 40), Screen.DESKTOP);
    int width = browser.element(CANVAS).getSize().width;
    int height = browser.element(CANVAS).getSize().height;
    browser.clickAt(CANVAS, width / 2.0 + 16 * ZOOM, height / 2.0);
    int chosen = 40 / 16 * (picture().width(0) / 16) + 56 / 16;
    assertThat(browser.text(".panel h2")).isEqualTo("Macroblock " + chosen);
    browser.click(".thumb[data-picture='2']");
    assertThat(browser.element(CANVAS).getAccessibleName()).contains("Picture 2");
  }

  /** What is seen is in the address: a page opened with it shows the same. */
  @Test
  void theAddressHoldsWhatIsSeen() {
    browser.open(page.file(), "", Screen.DESKTOP);
    browser.press("]", Keys.ARROW_DOWN, "7", "c", "o", "m", "+");
    String before = (String) browser.run("return hashText()");
    assertThat(before).contains("p=1", "mb=0", "panel=blocks", "component=y", "overlay=types,grid,modes", "zoom=");
    browser.open(page.file().toUri(), before.substring(1), Screen.DESKTOP);
    assertThat(browser.run("return hashText()")).isEqualTo(before);
    assertThat(browser.text(".panel [aria-selected=true]")).isEqualTo("Blocks");
  }

  /** A link made for another stream must not break the page. */
  @Test
  void linksOfOtherStreamsAreTakenAsFarAsTheyGo() {
    browser.open(page.file(), "p=900&mb=100000&view=nothing&panel=x&zoom=abc&overlay=what&theme=pink&layer=z", Screen.DESKTOP);
    assertThat(browser.text(".panel h2")).isEqualTo("Picture 2");
  }
}
