package llm265.oracle.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import llm265.checkpoint.file.ModelFormatException;
import llm265.oracle.StreamCorpus;
import llm265.oracle.suite.SuiteResult.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuiteTest {
  private static final Duration TIME = Duration.ofSeconds(60);

  @TempDir private Path folder;

  private SmallSuite suite;

  @BeforeEach
  void makeSuite() {
    suite = new SmallSuite(folder);
  }

  private List<SuiteResult> run() throws IOException {
    List<SuiteResult> told = new ArrayList<>();
    List<SuiteResult> results = Suite.open(folder).run(new OwnCheck(TIME), 3, told::add);
    assertThat(told).isEqualTo(results);
    return results;
  }

  private SuiteResult only() throws IOException {
    List<SuiteResult> results = run();
    assertThat(results).hasSize(1);
    return results.getFirst();
  }

  private void assertOutcome(Outcome outcome, String message) throws IOException {
    SuiteResult result = only();
    assertThat(result.message()).isEqualTo(message);
    assertThat(result.outcome()).isEqualTo(outcome);
  }

  private void collected(String kind, String decodedMd5, String intraMd5, String features) throws IOException {
    Files.writeString(folder.resolve("MANIFEST.tsv"),
        "file\tkind\tprofile\tsha256\tpictures\tdecoded_md5\tiframes_md5\tfeatures\n"
            + "a.264\t" + kind + "\tHigh\t\t4\t" + decodedMd5 + "\t" + intraMd5 + "\t" + features + "\n");
  }

  @Test
  void goldenVectorsAreAsTheirManifestSays() throws IOException {
    Suite golden = Suite.open(Path.of("golden-vectors"));
    List<SuiteResult> results = golden.run(new OwnCheck(TIME), 2, result -> { });
    assertThat(results).hasSameSizeAs(golden.streams()).allMatch(result -> result.outcome() == Outcome.PASSED);
    assertThat(results.stream().map(SuiteResult::stream)).isEqualTo(golden.streams());
    assertThat(golden.streams().stream().filter(SuiteStream::malformed).count()).isGreaterThan(20);
  }

  @Test
  void generatedStreamsAreCheckedAsAWholeAndPictureByPicture() throws IOException {
    suite.generated("");
    assertOutcome(Outcome.PASSED, "");
    String manifest = Files.readString(folder.resolve("MANIFEST.tsv"));
    Files.writeString(folder.resolve("MANIFEST.tsv"), manifest.replace(SmallSuite.hash("MD5", suite.samples), "0".repeat(32)));
    List<String> pictures = new ArrayList<>(suite.pictureList().lines().toList());
    pictures.set(2, pictures.get(2).substring(0, 8) + "0".repeat(32));
    Files.write(folder.resolve("a.md5"), pictures);
    assertOutcome(Outcome.FAILED, "picture 2 has another MD5 than they should; our decoder has 4 pictures of 4");
  }

  @Test
  void aMalformedStreamMustBeRefusedWhereItsFaultIs() throws IOException {
    byte[] stream = Files.readAllBytes(suite.stream);
    suite.file("cut.264", Arrays.copyOf(stream, stream.length - 40));
    suite.generated("cut.264\tmalformed\t\t3\t\t\t\t\tthe end is missing\na.264\tmalformed\t\t4\t\t\t\t\tnone\n"
        + "cut.264\tmalformed\t\t2\t\t\t\t\tx\n");
    List<SuiteResult> results = run();
    assertThat(results).extracting(SuiteResult::outcome)
        .containsExactly(Outcome.PASSED, Outcome.PASSED, Outcome.FAILED, Outcome.FAILED);
    assertThat(results.get(1).message()).startsWith("refused: ");
    assertThat(results.get(1).stream().about()).isEqualTo("the end is missing");
    assertThat(results.get(2).message()).isEqualTo("is malformed, and was decoded without a word");
    assertThat(results.get(3).message()).startsWith("3 pictures came before the fault, not 2: ");
  }

  @Test
  void collectedStreamsOfIPicturesHaveOneMd5() throws IOException {
    collected("intra", SmallSuite.hash("MD5", suite.samples), "", "");
    assertOutcome(Outcome.PASSED, "");
    collected("intra", "0".repeat(32), "", "");
    assertOutcome(Outcome.FAILED, "the samples have another MD5 than they should; our decoder has 4 pictures of 4");
  }

  @Test
  void ofVideosOurDecoderIsAskedForTheIPictures() throws IOException {
    byte[] video = StreamCorpus.video(false);
    Files.write(suite.stream, video);
    OwnDecoding own = OwnDecoding.of(MemorySegment.ofArray(video), "MD5");
    assertThat(own.hasOthers()).isTrue();
    assertThat(own.digest().count()).isEqualTo(3);
    collected("mixed", "", "0".repeat(32), "");
    assertThat(only().outcome()).isEqualTo(Outcome.FAILED);
    collected("mixed", "", "", "");
    assertOutcome(Outcome.LEFT_OUT, "has P or B slices, and no digest of its I pictures alone is known");
  }

  @Test
  void samplesOfADecoderThatFoundErrorsAreNoReference() throws IOException {
    byte[] stream = Files.readAllBytes(suite.stream);
    Files.write(suite.stream, Arrays.copyOf(stream, stream.length - 40));
    collected("intra", "0".repeat(32), "", "slices fferr=3");
    SuiteResult result = only();
    assertThat(result.outcome()).isEqualTo(Outcome.LEFT_OUT);
    assertThat(result.message()).startsWith("FFmpeg finds errors in it, too (fferr=3): ");
  }

  @ParameterizedTest
  @CsvSource({"a.yuv, dump", "a_dec.yuv, dump", "a.md5, list", "a_yuv.md5, digest", "a.yuv.md5, digest", "a.md5, digest"})
  void conformanceFoldersHaveTheirSamplesBesideThem(String name, String kind) throws IOException {
    String digest = "MD5 (a.yuv) = " + SmallSuite.hash("MD5", suite.samples).toUpperCase(Locale.ROOT) + "\n";
    byte[] content = kind.equals("dump") ? suite.samples
        : (kind.equals("list") ? suite.pictureList() : digest).getBytes(StandardCharsets.US_ASCII);
    suite.file(name, content);
    assertOutcome(Outcome.PASSED, "");
    assertThat(only().stream().expected().tellsAll()).isTrue();
  }

  @Test
  void aDumpTellsWhichMacroblockDiffers() throws IOException {
    suite.file("a.yuv", suite.withSample(1, 0, 17, 16, suite.samples[SmallSuite.PICTURE_BYTES + 64 * 16 + 17] ^ 1));
    SuiteResult result = only();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).startsWith("picture 1 at byte ").contains("luma sample 17,16 in macroblock 5 at 16,16");
  }

  /** Suites have the MD5 of the stream in such a file, too, and streams in folders within. */
  @Test
  void theMd5OfTheStreamItselfSaysNothingOfItsSamples() throws IOException {
    suite.file("a.md5", SmallSuite.hash("MD5", Files.readAllBytes(suite.stream)).getBytes(StandardCharsets.US_ASCII));
    assertOutcome(Outcome.PASSED, "decoded; nothing is known of its samples");
    Files.createDirectories(folder.resolve("sub"));
    Files.copy(suite.stream, folder.resolve("sub/b.JSV"));
    assertThat(run()).extracting(result -> result.stream().name()).containsExactly("a.264", "sub/b.JSV");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", "file\tsha256\n", "file\tverdict\tsha256\n", "name\tbytes\na.264\t3\n"})
  void whatIsNoManifestIsTold(String text) throws IOException {
    Files.writeString(folder.resolve("MANIFEST.tsv"), text);
    assertRefused("MANIFEST.tsv: " + (text.isEmpty() ? "" : "its first line does not name the columns"));
  }

  @ParameterizedTest
  @CsvSource({
      "'a.264\tfine\t\t4\t\t', line 2 has the verdict 'fine'",
      "'a.264\tgood\t\tmany\t\t', line 2 has 'many' pictures",
      "'../a.264\tgood\t\t4\t\t', 'line 2 names the file ../a.264, which is not in the folder'",
      "'\tgood\t\t4\t\t', line 2 names no file",
      "'a.264\tgood\t\t4\t\t\t\t', line 2 has 8 columns"})
  void damagedManifestsAreTold(String row, String problem) throws IOException {
    Files.writeString(folder.resolve("MANIFEST.tsv"), "file\tverdict\tsha256\tpictures\tdecoded_sha256\ttools\n" + row + "\n");
    assertRefused(problem);
  }

  private void assertRefused(String problem) {
    assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> Suite.open(folder)).withMessageContaining(problem);
  }

  @Test
  void damagedListsAndEmptyFoldersAreTold() throws IOException {
    suite.generated("");
    Files.writeString(folder.resolve("a.md5"), suite.pictureList().replace("\n2\t", "\n3\t"));
    assertRefused("a.md5: '3\t64".substring(0, 8));
    Files.delete(folder.resolve("MANIFEST.tsv"));
    Files.writeString(folder.resolve("a.md5"), "see the other file");
    assertRefused("has no MD5 in it");
    Files.delete(suite.stream);
    assertRefused("is a folder without MANIFEST.tsv and without streams");
  }
}
