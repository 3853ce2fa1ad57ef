package llm265.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import llm265.h264.decode.DecodedPicture;

/**
 * Binary PGM and PPM images, one after another. The largest sample is the greatest of the stream's bit depth, so that
 * full-range gray keeps its samples. Samples of more than 8 bits have their most significant byte first.
 */
final class PnmWriter implements PictureSink {
  /** Which kind of image a picture becomes. */
  enum Kind {
    PGM,
    PPM,
    /** PGM for 4:0:0, PPM for everything else. */
    BY_FORMAT
  }

  private final OutputStream out;
  private final Kind kind;
  private final Set<String> notes = new LinkedHashSet<>();

  PnmWriter(OutputStream out, Kind kind) {
    this.out = out;
    this.kind = kind;
  }

  @Override
  public void write(DecodedPicture decoded) throws IOException {
    StillImage image = new StillImage(decoded);
    boolean gray = kind == Kind.PGM || kind == Kind.BY_FORMAT && decoded.picture().format().planes() == 1;
    if (gray && image.isGbr()) {
      throw new IOException("the planes are green, blue and red, of which there is no luma for a .pgm file; write .ppm");
    }
    if (!gray) {
      notes.addAll(image.notes());
    } else if (!image.isGray()) {
      notes.add("a .pgm file has no colours; .ppm and .png have");
    }
    int most = (1 << (gray ? decoded.picture().format().bitDepthLuma() : image.bitDepth())) - 1;
    out.write(((gray ? "P5\n" : "P6\n") + image.width() + " " + image.height() + "\n" + most + "\n")
        .getBytes(StandardCharsets.US_ASCII));
    int samples = image.width() * (gray ? 1 : 3);
    int sampleBytes = most > 255 ? 2 : 1;
    int[] pixels = new int[samples];
    byte[] row = new byte[samples * sampleBytes];
    for (int y = 0; y < image.height(); y++) {
      image.row(y, gray, most, pixels);
      for (int i = 0; i < samples; i++) {
        row[(i + 1) * sampleBytes - 1] = (byte) pixels[i];
        if (sampleBytes == 2) {
          row[2 * i] = (byte) (pixels[i] >> 8);
        }
      }
      out.write(row);
    }
  }

  @Override
  public List<String> notes() {
    return List.copyOf(notes);
  }
}
