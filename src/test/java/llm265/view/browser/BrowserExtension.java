package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One browser for all tests of the page. They are skipped where there is none, and fail where a page wrote an error to the
 * console.
 */
final class BrowserExtension implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(BrowserExtension.class);

  /** The browser, closed at the end of all tests. */
  private record Running(Optional<Browser> browser) implements AutoCloseable {
    @Override
    public void close() {
      browser.ifPresent(Browser::close);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    assumeTrue(running(context).browser.isPresent(),
        "there is no chromium with chromedriver on the PATH: apt-get install chromium chromium-driver");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(running(context).browser.orElseThrow().errors()).as("errors in the console").isEmpty();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Browser.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).browser.orElseThrow();
  }

  private static Running running(ExtensionContext context) {
    return context.getRoot().getStore(NAMESPACE)
        .getOrComputeIfAbsent(Running.class, type -> new Running(Browser.start()), Running.class);
  }
}
