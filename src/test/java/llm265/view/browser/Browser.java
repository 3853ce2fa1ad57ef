package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a window that shows one page at a time; commands return when the page has come to rest. */
final class Browser implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target/screenshots");

  /** Selenium warns of each Chromium that is newer than itself. Kept here, as loggers are held weakly. */
  private static final Logger LOGGER = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;
  private URI opened;
  private Screen openedOn;

  private Browser(Path chromium, Path chromedriver) {
    LOGGER.setLevel(Level.SEVERE);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage");
    LoggingPreferences logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logging);
    ChromeDriverService service =
        new ChromeDriverService.Builder().usingDriverExecutable(chromedriver.toFile()).usingAnyFreePort().build();
    driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(20));
  }

  /** Starts it, where this machine has Chromium and its driver. */
  static Optional<Browser> start() {
    Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
    Optional<Path> chromedriver = onPath("chromedriver");
    return chromium.isEmpty() || chromedriver.isEmpty()
        ? Optional.empty()
        : Optional.of(new Browser(chromium.get(), chromedriver.get()));
  }

  private static Optional<Path> onPath(String... names) {
    List<String> folders = Arrays.asList(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
    return Stream.of(names).flatMap(name -> folders.stream().map(folder -> Path.of(folder, name))).filter(Files::isExecutable)
        .findFirst();
  }

  /** Shows a page from its file. One that is open already is not read again: its address alone says what it shows. */
  void open(Path page, String hash, Screen screen) {
    if (page.toUri().equals(opened) && screen.equals(openedOn)) {
      run("document.activeElement.blur(); location.hash = arguments[0]; readHash(); redraw()", hash);
    } else {
      open(page.toUri(), hash, screen);
    }
  }

  void open(URI page, String hash, Screen screen) {
    opened = page;
    openedOn = screen;
    driver.get("about:blank");
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of(
        "width", screen.width(), "height", screen.height(), "deviceScaleFactor", screen.phone() ? 2 : 1,
        "mobile", screen.phone()));
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features",
        List.of(Map.of("name", "prefers-color-scheme", "value", screen.dark() ? "dark" : "light"))));
    driver.get(page + "#" + hash);
    rest();
  }

  /** Goes to another state of the page that is open. */
  void go(String hash) {
    run("location.hash = arguments[0]", hash);
  }

  /** The facts that are shown, by their names. */
  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    Object shown = driver.executeScript(
        "return [...document.querySelectorAll('[data-fact]')].map(each => [each.dataset.fact, each.innerText])");
    for (Object fact : (List<?>) shown) {
      facts.put((String) ((List<?>) fact).get(0), (String) ((List<?>) fact).get(1));
    }
    return facts;
  }

  /** Waits until nothing is read and nothing waits to be drawn. */
  private void rest() {
    driver.executeAsyncScript("""
        const done = arguments[0];
        let quiet = 0;
        const look = () => {
          const ready = document.body.dataset.ready === 'true' && making === 0 && !drawing;
          quiet = ready ? quiet + 1 : 0;
          quiet > 1 ? done() : requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """);
  }

  /** Runs a script in the page, and gives what it returns. */
  Object run(String script, Object... arguments) {
    Object result = driver.executeScript(script, arguments);
    rest();
    return result;
  }

  /** What the first such element shows. */
  String text(String selector) {
    return element(selector).getText();
  }

  List<String> texts(String selector) {
    // One call for all: a call for each cell of a long table would take seconds.
    Object texts =
        driver.executeScript("return [...document.querySelectorAll(arguments[0])].map(each => each.innerText)", selector);
    return ((List<?>) texts).stream().map(String.class::cast).toList();
  }

  boolean has(String selector) {
    return !driver.findElements(By.cssSelector(selector)).isEmpty();
  }

  WebElement element(String selector) {
    List<WebElement> found = driver.findElements(By.cssSelector(selector));
    assertThat(found).as(selector).isNotEmpty();
    return found.getFirst();
  }

  void click(String selector) {
    element(selector).click();
    rest();
  }

  /** Presses keys, one after the other, wherever the focus is. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
    rest();
  }

  /** Chooses an option of a list by its value. */
  void choose(String selector, String value) {
    run("const list = document.querySelector(arguments[0]); list.value = arguments[1]; list.dispatchEvent(new Event('change'))",
        selector, value);
  }

  /** Moves the mouse over an element, to a place that counts from its upper left corner in CSS pixels. */
  void hover(String selector, double x, double y) {
    WebElement element = element(selector);
    int left = (int) Math.round(x - element.getSize().width / 2.0);
    int top = (int) Math.round(y - element.getSize().height / 2.0);
    new Actions(driver).moveToElement(element, left, top).perform();
    rest();
  }

  void clickAt(String selector, double x, double y) {
    hover(selector, x, y);
    new Actions(driver).click().perform();
    rest();
  }

  /** What the page wrote to the console as errors since the last call. */
  List<String> errors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue()).map(LogEntry::getMessage).toList();
  }

  /** Keeps what is seen in target/screenshots, if -Dscreenshots=true asks for it. */
  void shoot(String name) {
    if (!Boolean.getBoolean("screenshots")) {
      return;
    }
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
