package llm265.view.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import llm265.h264.Picture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All streams that golden vectors have, opened as pages: what the page has in hand is the decoder's. */
@Tag("long")
@ExtendWith(BrowserExtension.class)
class GoldenVectorsPageTest {
  private static final String ENGINE = "arithmetic code: start and end";

  /** FNV-1a over 32-bit numbers, here and on the page. */
  private static final String HASH = """
      const hash = numbers => numbers.reduce((hash, each) => Math.imul(hash ^ each, 16777619), -2128831035);
      """;

  private final Browser browser;

  GoldenVectorsPageTest(Browser browser) {
    this.browser = browser;
  }

  static Stream<String> vectors() throws IOException {
    return Files.readAllLines(Path.of("golden-vectors/MANIFEST.tsv")).stream().map(line -> line.split("\t"))
        .filter(row -> row[1].equals("good")).map(row -> row[0]);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void samplesFiguresAndBitsAreTheDecoders(String vector) throws IOException {
    StreamPage page = StreamPage.of(vector);
    browser.open(page.file(), "overlay=qp,modes,edges", Screen.DESKTOP);
    for (Map.Entry<Integer, Picture> entry : page.pictures().entrySet()) {
      int id = entry.getKey();
      browser.run("selectPicture(placeOf('a', arguments[0]))", id);
      assertThat(browser.run(HASH + "return planesOf('a', state.p, 1, 1).map(plane => hash(plane.samples))"))
          .as("samples of picture %d", id).isEqualTo(samples(entry.getValue()));
      assertThat(browser.run(HASH + "const m = macroblocksOf('a', state.p); return [hash(m.qp), hash(m.modes)]"))
          .as("QP and modes of picture %d", id).isEqualTo(qpAndModes(page.view().get("picture/" + id + "/macroblocks")));
    }
    browser.go("view=statistics");
    Map<String, Long> shown = new TreeMap<>();
    Object rows = browser.run("return [...document.querySelectorAll(`section[aria-label='Bits by syntax element'] tr`)]"
        + ".map(row => [row.dataset.row, row.querySelector('[data-value]').dataset.value])");
    ((List<?>) rows).forEach(row -> shown.put((String) ((List<?>) row).get(0), Long.valueOf((String) ((List<?>) row).get(1))));
    shown.remove(ENGINE);
    Map<String, Long> traced = page.bitsByElement(-1);
    traced.values().removeIf(bits -> bits == 0);
    assertThat(shown).isEqualTo(traced);
  }

  private static List<Long> samples(Picture picture) {
    return Stream.iterate(0, plane -> plane < picture.format().planes(), plane -> plane + 1).map(plane -> {
      int hash = -2128831035;
      for (int y = 0; y < picture.format().codedHeight(plane); y++) {
        for (int x = 0; x < picture.format().codedWidth(plane); x++) {
          hash = (hash ^ picture.samples(plane)[y * picture.stride(plane) + x] & 0xFFFF) * 16777619;
        }
      }
      return (long) hash;
    }).toList();
  }

  /** From the last arrays of the resource: QPY, intra_chroma_pred_mode, mb_qp_delta, NAL unit, 16 modes a macroblock. */
  private static List<Long> qpAndModes(byte[] table) {
    ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    int n = 1;
    while (size(n) < table.length) {
      n++;
    }
    assertThat(size(n)).isEqualTo(table.length);
    int modes = table.length - 16 * n;
    int qp = modes - filled(2 * n) - 3 * filled(n);
    int[] hashes = {-2128831035, -2128831035};
    for (int i = 0; i < n; i++) {
      hashes[0] = (hashes[0] ^ bytes.get(qp + i)) * 16777619;
    }
    for (int i = 0; i < 16 * n; i++) {
      hashes[1] = (hashes[1] ^ bytes.get(modes + i) & 0xFF) * 16777619;
    }
    return List.of((long) hashes[0], (long) hashes[1]);
  }

  private static int filled(int bytes) {
    return (bytes + 3) & ~3;
  }

  private static int size(int n) {
    return 16 * n + 3 * filled(2 * n) + 7 * filled(n) + 16 * n;
  }
}
