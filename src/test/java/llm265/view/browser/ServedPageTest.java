package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.image.PictureDump;
import llm265.image.RawDump;
import llm265.view.Resources;
import llm265.view.SecondInput;
import llm265.view.StreamView;
import llm265.view.page.PageServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page with a server instead of resources of its own. */
@ExtendWith(BrowserExtension.class)
class ServedPageTest {
  private static final Path VECTORS = Path.of("golden-vectors");

  private final Browser browser;

  ServedPageTest(Browser browser) {
    this.browser = browser;
  }

  @Test
  void everyPanelIsFilled() throws IOException {
    MemorySegment stream = MemorySegment.ofArray(Files.readAllBytes(VECTORS.resolve("syn-every-mb-type.264")));
    try (PageServer server = PageServer.start(StreamView.open("stream.264", stream), 0)) {
      browser.open(URI.create(server.address()), "p=1&mb=9&panel=syntax&overlay=qp,modes,edges", Screen.DESKTOP);
      assertThat(browser.text(".panel h2")).isEqualTo("Macroblock 9");
      assertThat(browser.texts("tr[data-element]")).hasSizeGreaterThan(3);
      browser.go("view=statistics");
      assertThat(browser.texts("section[aria-label='Bits by syntax element'] tr")).hasSizeGreaterThan(5);
    }
  }

  /** Another decoder's samples, one of them wrong. */
  private record Dump(byte[] samples) implements SecondInput {
    @Override
    public String file() {
      return "theirs.yuv";
    }

    @Override
    public PictureDump open() {
      return new RawDump(new ByteArrayInputStream(samples), samples.length);
    }

    @Override
    public Resources resources() {
      return null;
    }
  }

  @Tag("long")
  @Test
  void aDumpIsComparedWithTheStream() throws IOException {
    byte[] stream = Files.readAllBytes(VECTORS.resolve("enc-cropped-around.264"));
    Picture picture = H264IntraDecoder.decodeAll(stream).getFirst();
    byte[] theirs = new byte[picture.croppedBytes()];
    picture.writeCropped(theirs, 0);
    int width = picture.format().width(0);
    theirs[7 * width + 5] += 9;
    StreamView view = StreamView.beside("ours.264", MemorySegment.ofArray(stream), new Dump(theirs));
    try (PageServer server = PageServer.start(view, 0)) {
      browser.open(URI.create(server.address()), "side=both", Screen.DESKTOP);
      int x = picture.format().left(0) + 5;
      int y = picture.format().top(0) + 7;
      int ours = StreamPage.sample(picture, 0, x, y);
      assertThat(browser.text(".difference")).contains("picture 0").contains(String.valueOf(ours))
          .contains(String.valueOf(ours + 9));
      assertThat(browser.texts(".corner")).isEqualTo(List.of("A: ours.264", "B: theirs.yuv"));
      Object different = browser.run("""
          const [a, b] = ['a', 'b'].map(side => planesOf(side, 0, 1, 1));
          return a.flatMap((plane, i) => [...plane.samples.keys()].filter(at => plane.samples[at] !== b[i].samples[at]))""");
      assertThat(different).isEqualTo(List.of((long) y * picture.format().codedWidth(0) + x));
      browser.press("x");
      assertThat(browser.texts(".corner")).hasSize(1);
    }
  }
}
