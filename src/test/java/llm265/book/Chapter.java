package llm265.book;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A chapter of docs/book as a test reads it.
 *
 * <ul>
 *   <li>{@code **7.3** question} under "Exercises" asks, and {@code **7.3** answer: `text`} under "Answers" answers.
 *   <li>A block fenced as {@code ```worked 7.name} holds what is worked by hand.
 *   <li>A block fenced as {@code ```trace} holds a command and lines of its output, where {@code ...} stands for lines left out.
 * </ul>
 *
 * @param number of the chapter, as ids begin
 */
record Chapter(Path file, int number, String text) {
  static final Path BOOK = Path.of("docs/book");

  private static final Pattern NAME = Pattern.compile("(\\d\\d)-[a-z-]+\\.md");
  private static final Pattern QUESTION = Pattern.compile("^\\*\\*(\\d+\\.\\d+)\\*\\* (?!answer: )", Pattern.MULTILINE);
  private static final Pattern ANSWER = Pattern.compile("^\\*\\*(\\d+\\.\\d+)\\*\\* answer: `([^`]*)`", Pattern.MULTILINE);
  private static final Pattern WORKED =
      Pattern.compile("^```worked (\\d+\\.[a-z0-9-]+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern TRACE = Pattern.compile("^```trace\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** All chapters in order. */
  static List<Chapter> all() {
    List<Chapter> chapters = new ArrayList<>();
    try (Stream<Path> files = Files.list(BOOK)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          chapters.add(new Chapter(file, Integer.parseInt(name.group(1)), Files.readString(file)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return chapters;
  }

  List<String> questions() {
    return QUESTION.matcher(text).results().map(question -> question.group(1)).toList();
  }

  /** Text of each answer by its id. */
  Map<String, String> answers() {
    return byId(ANSWER);
  }

  /** Lines of each worked example by its id. */
  Map<String, String> worked() {
    return byId(WORKED);
  }

  private Map<String, String> byId(Pattern pattern) {
    Map<String, String> found = new LinkedHashMap<>();
    for (MatchResult result : pattern.matcher(text).results().toList()) {
      if (found.put(result.group(1), result.group(2).stripTrailing()) != null) {
        throw new AssertionError(result.group(1) + " stands twice in " + file);
      }
    }
    return found;
  }

  /** Command and lines of each trace. */
  List<List<String>> traces() {
    return TRACE.matcher(text).results().map(trace -> trace.group(1).lines().toList()).toList();
  }

  /** The text without fenced blocks and indented formulas. */
  String prose() {
    return text.replaceAll("(?ms)^```.*?^```$", "").replaceAll("(?m)^ {4}.*$", "").replace("`", "");
  }

  /** The chapter with another answer, or another worked example. */
  String with(String id, String content) {
    String quoted = Pattern.quote(id);
    String answer = "(?m)^(\\*\\*" + quoted + "\\*\\* answer: `)[^`]*(`)";
    String block = "(?ms)^(```worked " + quoted + "\n).*?(^```$)";
    return text.replaceFirst(answer, "$1" + Matcher.quoteReplacement(content) + "$2")
        .replaceFirst(block, "$1" + Matcher.quoteReplacement(content + "\n") + "$2");
  }
}
