package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** README, SPEC.md, TESTING.md and docs are true of files, sections and classes: nothing that they point to has moved away. */
class DocumentsTest {
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path TEST = Path.of("src/test/java");
  private static final Path CLUSTER_TEST = Path.of("src/spark/test");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern SECTION = Pattern.compile("SPEC\\.md,[\\s*]*\\\\?\"([A-Z][^\"\\\\]+)\\\\?\"");
  private static final int MAX_LINE = 130;

  static Stream<Path> documents() throws IOException {
    List<Path> all = new ArrayList<>(List.of(
        Path.of("README.md"), Path.of("SPEC.md"), Path.of("TESTING.md"), Path.of("golden-vectors/README.md")));
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(all::add);
    }
    return all.stream();
  }

  private static List<String> headings(Path document) throws IOException {
    return Files.readAllLines(document).stream().filter(line -> line.startsWith("#")).map(line -> line.replaceAll("^#+ ", ""))
        .toList();
  }

  /** The anchor that a heading has on a page. */
  private static String anchor(String heading) {
    return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  @ParameterizedTest
  @MethodSource("documents")
  void linksLeadSomewhere(Path document) throws IOException {
    for (MatchResult link : LINK.matcher(Files.readString(document)).results().toList()) {
      Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
      assertThat(target).as("%s in %s", link.group(), document).exists();
      if (link.group(2) != null) {
        assertThat(headings(target)).as("%s in %s", link.group(), document)
            .anyMatch(heading -> anchor(heading).equals(link.group(2)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void proseKeepsToTheLine(Path document) throws IOException {
    assertThat(Files.readAllLines(document)).noneMatch(line ->
        line.length() > MAX_LINE && !line.startsWith("|") && !line.startsWith("    "));
  }

  @Test
  void codeNamesSectionsThatAreThere() throws IOException {
    List<String> headings = headings(Path.of("SPEC.md"));
    Set<String> named = new TreeSet<>();
    for (Path root : List.of(MAIN, TEST)) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          SECTION.matcher(Files.readString(file)).results()
              .map(match -> match.group(1).replaceAll("[\\s*]+", " ")).forEach(named::add);
        }
      }
    }
    assertThat(named).hasSizeGreaterThan(10).isSubsetOf(headings);
  }

  @Test
  void everyPackageHasARowWithItsClasses() throws IOException {
    Set<String> rows = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("docs/architecture.md"))) {
      if (!line.startsWith("| `llm265")) {
        continue;
      }
      String[] cells = line.split("\\|");
      String name = cells[1].strip().replace("`", "");
      rows.add(name);
      CODE.matcher(cells[cells.length - 1]).results().map(match -> match.group(1)).forEach(type ->
          assertThat(MAIN.resolve(name.replace('.', '/')).resolve(type + ".java"))
              .as(line).exists());
    }
    assertThat(rows).containsExactlyElementsOf(
        ArchitectureTest.packages().stream().map(name -> name.isEmpty() ? "llm265" : "llm265." + name).sorted().toList());
  }

  @Test
  void directionsAreThoseThatAreHeld() throws IOException {
    String page = Files.readString(Path.of("docs/architecture.md"));
    String section = page.substring(page.indexOf("## Directions"), page.indexOf("## Kernels"));
    List<Set<String>> levels = section.lines().filter(line -> line.startsWith("    "))
        .map(line -> Arrays.stream(line.strip().split(" +")).map(name -> name.equals("llm265") ? "" : name)
            .collect(Collectors.toSet()))
        .toList();
    assertThat(levels).isEqualTo(ArchitectureTest.LEVELS);
  }

  @Test
  void clausesAreInClassesThatAreThere() throws IOException {
    int found = 0;
    for (String line : Files.readAllLines(Path.of("docs/h264.md"))) {
      String[] cells = line.split("\\|");
      if (!line.startsWith("| ") || cells.length != 4 || !cells[3].contains("`")) {
        continue;
      }
      for (MatchResult code : CODE.matcher(cells[3]).results().toList()) {
        String name = code.group(1).replace(".*", "").replace('.', '/');
        if (name.matches("([a-z0-9]+/)?[A-Z]\\w+|[a-z0-9]+")) {
          found++;
          assertThat(matching(MAIN.resolve("llm265/h264"), "**/" + name + "{,.java}")).as(line).isNotEmpty();
        }
      }
    }
    assertThat(found).isGreaterThan(50);
  }

  @Test
  void namedTestsAreThere() throws IOException {
    Pattern test = Pattern.compile("(?:[a-z0-9]+\\.)*[A-Z*]\\w*Test");
    for (MatchResult code : CODE.matcher(Files.readString(Path.of("TESTING.md"))).results().toList()) {
      if (test.matcher(code.group(1)).matches()) {
        String file = "**/" + code.group(1).replace('.', '/') + ".java";
        boolean isThere = !matching(TEST, file).isEmpty() || !matching(CLUSTER_TEST, file).isEmpty();
        assertThat(isThere).as(code.group()).isTrue();
      }
    }
  }

  private static List<Path> matching(Path root, String glob) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(matcher::matches).toList();
    }
  }
}
