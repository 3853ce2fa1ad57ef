package llm265.image;

import java.io.IOException;
import java.util.Set;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;
import llm265.h264.decode.DecodedPicture;

/**
 * The pixels of a picture in the form of image files: black is 0 and white the greatest sample, whatever the range of the
 * stream.
 */
final class StillImage {
  private final Picture picture;
  private final VideoSignal signal;
  private final ColourConversion conversion;

  /** @throws IOException if the stream's matrix_coefficients cannot give R'G'B' */
  StillImage(DecodedPicture decoded) throws IOException {
    picture = decoded.picture();
    signal = decoded.sps().signal();
    conversion = ColourConversion.of(picture.format(), signal);
  }

  int width() {
    return picture.format().width(0);
  }

  int height() {
    return picture.format().height(0);
  }

  /** Number of bits of the deepest plane. */
  int bitDepth() {
    PictureFormat format = picture.format();
    return format.planes() == 1 ? format.bitDepthLuma() : Math.max(format.bitDepthLuma(), format.bitDepthChroma());
  }

  /** Whether the picture has no colour. */
  boolean isGray() {
    return conversion.matrix() != ColourMatrix.GBR && Planes.hasFlatChroma(picture);
  }

  boolean isGbr() {
    return conversion.matrix() == ColourMatrix.GBR;
  }

  /** A row of pixels: one sample each for gray, otherwise red, green and blue. */
  void row(int y, boolean gray, int most, int[] pixels) {
    if (gray) {
      conversion.toGray(picture, y, most, pixels);
    } else if (picture.format().planes() == 1) {
      conversion.toGray(picture, y, most, pixels);
      for (int x = width() - 1; x >= 0; x--) {
        int value = pixels[x];
        pixels[3 * x] = value;
        pixels[3 * x + 1] = value;
        pixels[3 * x + 2] = value;
      }
    } else {
      conversion.toRgb(picture, y, most, pixels);
    }
  }

  /** The guesses made about colours. */
  Set<String> notes() {
    PictureFormat format = picture.format();
    boolean is444 = format.chroma() == ChromaFormat.YUV444;
    if (format.planes() == 1 || !ColourMatrix.isGuess(signal.matrixCoefficients(), is444)) {
      return Set.of();
    }
    return Set.of("matrix_coefficients " + signal.matrixCoefficients() + " says nothing of " + format.chroma()
        + " pictures; their colours are made by BT.601");
  }
}
