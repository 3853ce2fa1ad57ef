package llm265.view.browser;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;
import llm265.parallel.Workers;
import llm265.view.StreamView;
import llm265.view.page.HtmlPage;

/** A golden vector as a page, and what decoder and trace say of it. */
final class StreamPage {
  private static final Path PAGES = Path.of("target/pages");
  private static final Map<String, StreamPage> MADE = new ConcurrentHashMap<>();

  private final String name;
  private final MemorySegment stream;
  private final Path file;
  private final StreamView view;
  private final Map<Integer, Picture> pictures = new TreeMap<>();

  private StreamPage(String name) throws IOException {
    this.name = name;
    stream = MemorySegment.ofArray(Files.readAllBytes(Path.of("golden-vectors", name)));
    view = StreamView.open(name, stream);
    file = write(name, view);
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, decoded -> pictures.put(decoded.index(), decoded.picture()));
  }

  /** Writes a page with everything, of a name that no other page of the tests has. */
  static Path write(String name, StreamView view) throws IOException {
    Files.createDirectories(PAGES);
    Path file = PAGES.resolve(name + ".html");
    try (OutputStream out = Files.newOutputStream(file)) {
      HtmlPage.write(view, new HtmlPage.Settings(16 << 20, 0, Integer.MAX_VALUE, HtmlPage.Detail.ALL), Workers.CALLER, out);
    }
    return file;
  }

  /** The page of a golden vector, made when it is first asked for. */
  static StreamPage of(String vector) throws IOException {
    StreamPage page = MADE.get(vector);
    if (page == null) {
      page = new StreamPage(vector);
      MADE.put(vector, page);
    }
    return page;
  }

  String name() {
    return name;
  }

  Path file() {
    return file;
  }

  StreamView view() {
    return view;
  }

  /** Pictures by their number in decoding order. */
  Map<Integer, Picture> pictures() {
    return pictures;
  }

  /** A sample of a picture, by its place in the coded picture. */
  static int sample(Picture picture, int plane, int x, int y) {
    return picture.samples(plane)[picture.first(plane) + y * picture.stride(plane) + x] & 0xffff;
  }

  /** The syntax elements of a macroblock, all of the stream's headers left out. */
  List<SyntaxElement> elements(int picture, int mbAddr) {
    List<SyntaxElement> elements = new ArrayList<>();
    StreamTrace.trace(stream, DecoderLimits.DEFAULT, picture, mbAddr, elements::add);
    return elements;
  }

  /** Bits of the macroblocks of a picture by syntax element, or of all pictures if its number is negative. */
  Map<String, Long> bitsByElement(int picture) {
    Map<String, Long> bits = new TreeMap<>();
    StreamTrace.trace(stream, DecoderLimits.DEFAULT, new SyntaxListener() {
      private boolean within;

      @Override
      public void nalUnit(NalUnit unit) {
        within = false;
      }

      @Override
      public void sliceData(TracedSlice slice) {
        within = picture < 0 || slice.picture() == picture;
      }

      @Override
      public void element(SyntaxElement element) {
        if (within && !element.name().startsWith("rbsp_") && !element.name().equals("cabac_zero_word")) {
          bits.merge(element.name().replaceFirst("\\[.*", ""), element.bits(), Long::sum);
        }
      }
    });
    return bits;
  }
}
