package llm265.book;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.reference.decoder.ReadableDecoder;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/book tells no wrong number: streams, traces, worked examples and answers are made anew.
 *
 * <p>{@code mvn test -Dtest=BookTest -Dllm265.book.update=true} writes streams, worked examples and answers as they are computed.
 */
class BookTest {
  private static final boolean UPDATE = Boolean.getBoolean("llm265.book.update");
  private static final String COMMAND = "./llm265 ";
  private static final String LEFT_OUT = "...";
  private static final Pattern PATH = Pattern.compile("`(src/(?:main|test)/[^` ]+)`");
  private static final Pattern ROWS = Pattern.compile("<!-- rows of (\\S+) -->");

  private final Figures figures = Figures.ofAllChapters();

  static List<Chapter> chapters() {
    return Chapter.all();
  }

  private static Stream<Map.Entry<String, byte[]>> streams() {
    return BookStreams.all().entrySet().stream();
  }

  @ParameterizedTest
  @MethodSource("streams")
  void streamsAreMadeHere(Map.Entry<String, byte[]> stream) throws IOException {
    Path file = Chapter.BOOK.resolve("streams").resolve(stream.getKey());
    if (UPDATE) {
      Files.write(file, stream.getValue());
    }
    assertThat(file).hasBinaryContent(stream.getValue());
  }

  @ParameterizedTest
  @MethodSource("streams")
  void bothDecodersMakeTheSame(Map.Entry<String, byte[]> stream) {
    Picture picture = H264IntraDecoder.decodeAll(stream.getValue()).getFirst();
    byte[] samples = new byte[picture.croppedBytes()];
    picture.writeCropped(samples, 0);
    assertThat(ReadableDecoder.decode(stream.getValue()).getFirst().bytes()).isEqualTo(samples);
  }

  @TestFactory
  Stream<DynamicTest> everyFigureIsComputed() {
    return chapters().stream().flatMap(chapter -> Stream.of(chapter.answers(), chapter.worked())
        .flatMap(texts -> texts.entrySet().stream())
        .map(text -> DynamicTest.dynamicTest(text.getKey(), () -> check(chapter.file(), text.getKey(), text.getValue()))));
  }

  private void check(Path file, String id, String text) throws Exception {
    Callable<String> figure = figures.byId().get(id);
    assertThat(figure).as("a computation of %s", id).isNotNull();
    String computed = figure.call();
    if (UPDATE && !computed.equals(text)) {
      Chapter now = chapters().stream().filter(chapter -> chapter.file().equals(file)).findFirst().orElseThrow();
      Files.writeString(file, now.with(id, computed));
    } else {
      assertThat(text).isEqualTo(computed);
    }
  }

  @Test
  void everyComputationIsOfAFigure() {
    Set<String> there = new TreeSet<>();
    chapters().forEach(chapter -> {
      there.addAll(chapter.answers().keySet());
      there.addAll(chapter.worked().keySet());
    });
    assertThat(there).containsExactlyInAnyOrderElementsOf(figures.byId().keySet());
  }

  @ParameterizedTest
  @MethodSource("chapters")
  void everyExerciseHasAnAnswer(Chapter chapter) {
    assertThat(chapter.questions()).hasSizeBetween(3, 6).containsExactlyElementsOf(chapter.answers().keySet());
    for (int i = 0; i < chapter.questions().size(); i++) {
      assertThat(chapter.questions().get(i)).isEqualTo(chapter.number() + "." + (i + 1));
    }
  }

  @Test
  void chaptersAreNumberedAndListed() throws IOException {
    List<Chapter> chapters = chapters();
    String contents = Files.readString(Chapter.BOOK.resolve("README.md"));
    for (int i = 0; i < chapters.size(); i++) {
      assertThat(chapters.get(i).number()).isEqualTo(i + 1);
      assertThat(contents).contains("](" + chapters.get(i).file().getFileName() + ")");
    }
  }

  @ParameterizedTest
  @MethodSource("chapters")
  void tracesAreThoseOfTheProgram(Chapter chapter) {
    for (List<String> trace : chapter.traces()) {
      assertThat(trace.getFirst()).as("the command in %s", chapter.file()).startsWith(COMMAND);
      String[] command = trace.getFirst().substring(COMMAND.length()).split(" +");
      assertExcerpt(trace.subList(1, trace.size()), Texts.printed((Object[]) command), trace.getFirst());
    }
  }

  /** Runs of lines between those left out must be runs of the output, one after another. */
  private static void assertExcerpt(List<String> excerpt, List<String> output, String command) {
    List<String> rest = output;
    List<String> run = new ArrayList<>();
    List<String> lines = new ArrayList<>(excerpt);
    lines.add(LEFT_OUT);
    boolean anywhere = false;
    for (String line : lines) {
      if (!line.strip().equals(LEFT_OUT)) {
        run.add(line);
        continue;
      }
      int at = anywhere ? Collections.indexOfSubList(rest, run) : rest.subList(0, run.size()).equals(run) ? 0 : -1;
      assertThat(at).as("%s prints %s", command, run).isNotNegative();
      rest = rest.subList(at + run.size(), rest.size());
      run.clear();
      anywhere = true;
    }
  }

  @ParameterizedTest
  @MethodSource("chapters")
  void filesThatAreNamedAreThere(Chapter chapter) {
    PATH.matcher(chapter.text()).results().map(path -> Path.of(path.group(1)))
        .forEach(path -> assertThat(path).as("in %s", chapter.file()).exists());
  }

  /** Rows of tables behind {@code <!-- rows of FILE -->} are rows of that file, from the second line of the table's head on. */
  @ParameterizedTest
  @MethodSource("chapters")
  void figuresOfOtherPagesAreTheirs(Chapter chapter) throws IOException {
    List<String> source = null;
    for (String line : chapter.text().lines().toList()) {
      Matcher rows = ROWS.matcher(line);
      if (rows.matches()) {
        source = Files.readAllLines(Path.of(rows.group(1)));
      } else if (source != null && line.startsWith("| ") && !line.startsWith("| |")) {
        assertThat(source).as("in %s", chapter.file()).contains(line);
      } else if (line.startsWith("#")) {
        source = null;
      }
    }
  }

  @Test
  void sumsInTheTextAreRight() {
    int checked = 0;
    List<String> wrong = new ArrayList<>();
    for (Chapter chapter : chapters()) {
      for (List<String> sides : Sums.equations(chapter.prose())) {
        for (int i = 1; i < sides.size(); i++) {
          checked++;
          if (!Sums.areEqual(sides.get(i - 1), sides.get(i))) {
            wrong.add(String.join(" = ", sides) + " in " + chapter.file());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(60);
  }

  @Test
  void aWrongSumIsFound() {
    assertThat(Sums.equations("so it is (129 + 2 * 126 + 136 + 2) >> 2 = 519 >> 2 = 130, not more."))
        .containsExactly(List.of("(129 + 2 * 126 + 136 + 2) >> 2", "519 >> 2", "130"));
    assertThat(Sums.areEqual("519 >> 2", "130")).isFalse();
    assertThat(Sums.areEqual("170 / 64", "2.66")).isTrue();
  }

  @Test
  void anExcerptOfOtherLinesIsFound() {
    List<String> output = Arrays.asList("a", "b", "c", "d");
    assertExcerpt(List.of("a", "b", "...", "d"), output, "");
    assertThatThrownBy(() -> assertExcerpt(List.of("a", "c"), output, ""))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> assertExcerpt(List.of("...", "c", "...", "b"), output, ""))
        .isInstanceOf(AssertionError.class);
  }
}
