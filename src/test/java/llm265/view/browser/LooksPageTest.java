package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.Keys;

/** Every view on desktop and phone, in light and dark: nothing sticks out, text is read, controls have names. */
@ExtendWith(BrowserExtension.class)
class LooksPageTest {
  private static final String PAGE = "syn-every-mb-type.264";

  private final Browser browser;

  LooksPageTest(Browser browser) {
    this.browser = browser;
  }

  static Stream<Arguments> views() {
    return viewsOn(Screen.DESKTOP, Screen.DARK_PHONE);
  }

  static Stream<Arguments> otherViews() {
    return viewsOn(Screen.DARK_DESKTOP, Screen.PHONE);
  }

  private static Stream<Arguments> viewsOn(Screen... screens) {
    return Stream.of(screens).flatMap(screen -> Stream.of(
        Arguments.of(screen, "picture", "overlay=types,parts,modes,edges&mb=9"),
        Arguments.of(screen, "syntax", "overlay=qp,grid,near&mb=9&panel=syntax"),
        Arguments.of(screen, "blocks", "overlay=bits,grid&mb=9&panel=blocks"),
        Arguments.of(screen, "bins", "overlay=energy,grid&mb=4&panel=bins&bin=12&zoom=30&x=72&y=8"),
        Arguments.of(screen, "statistics", "view=statistics"),
        Arguments.of(screen, "units", "view=stream")));
  }

  @ParameterizedTest(name = "{1} {0}")
  @MethodSource("views")
  void viewsFitAndAreRead(Screen screen, String name, String hash) throws IOException {
    browser.open(StreamPage.of(PAGE).file(), hash, screen);
    browser.shoot(name + "-" + screen);
    assertThat(browser.run("return document.documentElement.dataset.theme")).isEqualTo(screen.dark() ? "dark" : "light");
    assertThat((Long) browser.run("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(screen.width());
    assertThat(faint()).as("texts with too little contrast").isEmpty();
    assertThat(nameless()).as("controls without a name").isEmpty();
  }

  @Tag("long")
  @ParameterizedTest(name = "{1} {0}")
  @MethodSource("otherViews")
  void viewsFitAndAreReadElsewhereToo(Screen screen, String name, String hash) throws IOException {
    viewsFitAndAreRead(screen, name, hash);
  }

  /** Texts whose contrast to what they stand on is below 4.5, as WCAG 2 asks for. */
  private List<?> faint() {
    return (List<?>) browser.run("""
        const numbers = text => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
        const parts = text => text.startsWith('color(srgb') ? numbers(text.slice(10)).map(v => v * 255) : numbers(text);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
          .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = element => {
          for (let at = element; at; at = at.parentElement) {
            const colour = parts(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] > 0.5) {
              return colour;
            }
          }
          return [255, 255, 255];
        };
        const faint = [];
        for (const element of document.querySelectorAll('#app *')) {
          const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '');
          if (!own || element.closest('svg, canvas') || element.matches('option') || element.getClientRects().length === 0) {
            continue;
          }
          const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
          const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (contrast < 4.5) {
            faint.push(`${element.className || element.tagName} ${element.textContent.slice(0, 20)} ${contrast.toFixed(2)}`);
          }
        }
        return [...new Set(faint)]""");
  }

  private List<?> nameless() {
    return (List<?>) browser.run("""
        return [...document.querySelectorAll('button, select, input, summary, canvas[tabindex], [role=img]')]
          .filter(each =>
            !(each.getAttribute('aria-label') || each.textContent || each.closest('label')?.textContent || '').trim())
          .map(each => each.outerHTML.slice(0, 80))""");
  }

  @ParameterizedTest
  @MethodSource("screens")
  void theSwitchChangesColours(Screen screen) throws IOException {
    browser.open(StreamPage.of(PAGE).file(), "", screen);
    Object before = browser.run("return getComputedStyle(document.body).backgroundColor");
    browser.click(".tools button");
    assertThat(browser.run("return getComputedStyle(document.body).backgroundColor")).isNotEqualTo(before);
    browser.press("l");
    assertThat(browser.run("return getComputedStyle(document.body).backgroundColor")).isEqualTo(before);
  }

  static Stream<Screen> screens() {
    return Stream.of(Screen.DESKTOP, Screen.DARK_PHONE);
  }

  /** Tab reaches controls, and what has the focus is outlined. */
  @ParameterizedTest
  @MethodSource("screens")
  void focusIsSeen(Screen screen) throws IOException {
    browser.open(StreamPage.of(PAGE).file(), "mb=3", screen);
    for (int i = 0; i < 8; i++) {
      browser.press(Keys.TAB);
      assertThat(browser.run("return getComputedStyle(document.activeElement).outlineStyle + document.activeElement.tagName"))
          .asString().doesNotStartWith("none");
    }
  }
}
