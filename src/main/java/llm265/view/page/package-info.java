/**
 * The page that shows {@link llm265.view.Resources}: one HTML file that needs nothing else, or the same page with a server on
 * this machine.
 *
 * <p>Reading order: {@code PageTemplate} puts the page together, {@link HtmlPage} writes resources into it, {@link PageServer}
 * serves it.
 */
package llm265.view.page;
