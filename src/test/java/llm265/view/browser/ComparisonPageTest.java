package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.image.PictureDump;
import llm265.oracle.StreamDump;
import llm265.view.Resources;
import llm265.view.SecondInput;
import llm265.view.StreamView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two streams on one page: the first sample that differs is the decoder's, and the page leads to it. */
@ExtendWith(BrowserExtension.class)
class ComparisonPageTest {
  private static final Path VECTORS = Path.of("golden-vectors");
  private static final String ONE = "syn-every-mb-type.264";

  private final Browser browser;

  ComparisonPageTest(Browser browser) {
    this.browser = browser;
  }

  private record Second(String file, MemorySegment bytes) implements SecondInput {
    @Override
    public PictureDump open() {
      return new StreamDump(bytes, DecodingMode.INTRA_ONLY, file);
    }

    @Override
    public Resources resources() {
      return StreamView.open(file, bytes);
    }
  }

  /** The stream with another slice QP: the last bits of a slice header are changed, and samples with them. */
  private static byte[] changed() throws IOException {
    byte[] stream = Files.readAllBytes(VECTORS.resolve(ONE));
    byte[] other = stream.clone();
    for (int at = stream.length - 200; at > 0; at--) {
      other[at] ^= 4;
      try {
        if (!H264IntraDecoder.decodeAll(other).getLast().sameSamples(H264IntraDecoder.decodeAll(stream).getLast())) {
          return other;
        }
      } catch (RuntimeException e) {
        // Broken by this: the next byte is tried.
      }
      other[at] ^= 4;
    }
    throw new AssertionError("no byte changes samples only");
  }

  @Test
  void theFirstDifferenceIsFoundAndShown() throws IOException {
    MemorySegment one = MemorySegment.ofArray(Files.readAllBytes(VECTORS.resolve(ONE)));
    byte[] two = changed();
    Second second = new Second("two.264", MemorySegment.ofArray(two));
    Path page = StreamPage.write("comparison", StreamView.beside("one.264", one, second));
    Picture ours = H264IntraDecoder.decodeAll(Files.readAllBytes(VECTORS.resolve(ONE))).getLast();
    Picture theirs = H264IntraDecoder.decodeAll(two).getLast();
    browser.open(page, "", Screen.DESKTOP);
    String told = browser.text(".difference");
    assertThat(told).contains("picture 2");
    browser.press("j");
    assertThat(browser.texts(".corner")).containsExactly("A: one.264", "B: two.264");
    browser.shoot("comparison-both-" + Screen.DESKTOP);
    String[] words = told.split("[^0-9A-Za-z]+");
    int at = List.of(words).indexOf("at");
    int plane = List.of("Y", "Cb", "Cr").indexOf(words[at - 1]);
    int x = Integer.parseInt(words[at + 1]);
    int y = Integer.parseInt(words[at + 2]);
    assertThat(words[at + 3]).isEqualTo(String.valueOf(StreamPage.sample(ours, plane, x, y)));
    assertThat(words[at + 5]).isEqualTo(String.valueOf(StreamPage.sample(theirs, plane, x, y)));
    browser.press("x");
    assertThat(browser.texts(".corner")).hasSize(1).first().asString().contains("B − A");
    browser.shoot("comparison-difference-" + Screen.DESKTOP);
    browser.open(page, "side=both&p=2", Screen.DARK_PHONE);
    browser.shoot("comparison-both-" + Screen.DARK_PHONE);
    assertThat((Long) browser.run("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(Screen.DARK_PHONE.width());
  }

  @Test
  void equalStreamsAreSaidToBeEqual() throws IOException {
    MemorySegment one = MemorySegment.ofArray(Files.readAllBytes(VECTORS.resolve(ONE)));
    Path page = StreamPage.write("equal", StreamView.beside("one.264", one, new Second("two.264", one)));
    browser.open(page, "side=difference", Screen.DESKTOP);
    assertThat(browser.text(".difference")).isEqualTo("All samples of the two streams are equal.");
    browser.press("x");
    assertThat(browser.text(".corner")).startsWith("A: one.264");
  }
}
