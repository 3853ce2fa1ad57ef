package llm265.view.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * The page without its resources: index.html with style, libraries and scripts put in, so that it loads nothing from anywhere.
 * libraries.txt and styles.txt name scripts and styles of libraries by their place on the class path, scripts.txt the page's own
 * scripts, a name a line.
 *
 * @param before the text up to the resources
 * @param after the text behind them
 */
record PageTemplate(String before, String after) {
  private static final String FOLDER = "llm265/view/";
  private static final String RESOURCES = "<!--RESOURCES-->";
  private static final String STYLE = "/*STYLE*/";
  private static final String LIBRARIES = "/*LIBRARIES*/";
  private static final String SCRIPTS = "/*SCRIPTS*/";

  /**
   * Reads the page's files from the class path.
   *
   * @throws IOException if one is missing
   */
  static PageTemplate load() throws IOException {
    String page = read(FOLDER + "index.html")
        .replace(STYLE, styles(lines("styles.txt")) + read(FOLDER + "style.css"))
        .replace(LIBRARIES, scripts(lines("libraries.txt")))
        .replace(SCRIPTS, scripts(lines("scripts.txt").stream().map(name -> FOLDER + name).toList()));
    int at = page.indexOf(RESOURCES);
    if (at < 0) {
      throw new IOException("the page has no place for resources");
    }
    return new PageTemplate(page.substring(0, at), page.substring(at + RESOURCES.length()));
  }

  private static List<String> lines(String file) throws IOException {
    return read(FOLDER + file).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static String styles(List<String> names) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(read(name)).append('\n');
    }
    return text.toString();
  }

  /** Scripts one after another, in a form that ends no script element. */
  private static String scripts(List<String> names) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : names) {
      text.append(read(name).replace("</script", "<\\/script").replace("<!--", "<\\!--")).append(";\n");
    }
    return text.toString();
  }

  private static String read(String name) throws IOException {
    try (InputStream in = PageTemplate.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new NoSuchFileException(name, null, "a part of the page is missing in this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
