package llm265.image;

import java.io.IOException;
import llm265.h264.VideoSignal;

/**
 * Table E-5, matrix_coefficients: how luma and the two colour differences follow from R'G'B'. Here R', G', B' and luma are in
 * 0..1, differences in -0.5..0.5.
 */
public enum ColourMatrix {
  /** Rec. ITU-R BT.601, and JFIF. */
  BT601(5, 0.299, 0.114),
  /** Rec. ITU-R BT.709. */
  BT709(1, 0.2126, 0.0722),
  /** United States FCC Title 47. */
  FCC(4, 0.30, 0.11),
  /** SMPTE 240M. */
  SMPTE240M(7, 0.212, 0.087),
  /** Rec. ITU-R BT.2020, non-constant luminance. */
  BT2020(9, 0.2627, 0.0593),
  /** YCgCo: Cb is Cg, Cr is Co. */
  YCGCO(8, 0, 0),
  /** The planes are G', B' and R' themselves; only in 4:4:4. */
  GBR(0, 0, 0);

  private final int matrixCoefficients;
  private final double kr;
  private final double kb;

  ColourMatrix(int matrixCoefficients, double kr, double kb) {
    this.matrixCoefficients = matrixCoefficients;
    this.kr = kr;
    this.kb = kb;
  }

  /** matrix_coefficients; of the two values for BT.601, the one that goes with sRGB (sYCC). */
  public int matrixCoefficients() {
    return matrixCoefficients;
  }

  /**
   * The matrix that a stream names; BT.601 if it names none.
   *
   * @param matrixCoefficients 0..255; reserved values name none, and neither does 0 outside of 4:4:4, where it is not allowed
   * @param is444 whether the chroma format is 4:4:4
   * @throws IOException if it is no matrix of constants, such as constant luminance
   */
  static ColourMatrix of(int matrixCoefficients, boolean is444) throws IOException {
    return switch (matrixCoefficients) {
      case 0 -> is444 ? GBR : BT601;
      case 1 -> BT709;
      case 4 -> FCC;
      case 7 -> SMPTE240M;
      case 8 -> YCGCO;
      case 9 -> BT2020;
      case 10, 11, 12, 13, 14 -> throw new IOException(
          "R'G'B' is not made of matrix_coefficients " + matrixCoefficients + "; write .y4m or .yuv");
      default -> BT601;
    };
  }

  /** Whether BT.601 stands for something else that a stream names. */
  static boolean isGuess(int matrixCoefficients, boolean is444) {
    return matrixCoefficients == 0 && !is444 || matrixCoefficients == 3 || matrixCoefficients > 14;
  }

  /** The same colours in a signal that names them. */
  VideoSignal in(VideoSignal signal) {
    return signal.withColours(signal.colourPrimaries(), signal.transferCharacteristics(), matrixCoefficients);
  }

  double luma(double r, double g, double b) {
    return switch (this) {
      case GBR -> g;
      case YCGCO -> 0.5 * g + 0.25 * (r + b);
      // Gray has its own value, without rounding
      default -> g + kr * (r - g) + kb * (b - g);
    };
  }

  double cb(double r, double g, double b) {
    return switch (this) {
      case GBR -> b;
      case YCGCO -> 0.5 * g - 0.25 * (r + b);
      default -> (b - luma(r, g, b)) / (2 * (1 - kb));
    };
  }

  double cr(double r, double g, double b) {
    return switch (this) {
      case GBR -> r;
      case YCGCO -> 0.5 * (r - b);
      default -> (r - luma(r, g, b)) / (2 * (1 - kr));
    };
  }

  double red(double y, double cb, double cr) {
    return switch (this) {
      case GBR -> cr;
      case YCGCO -> y - cb + cr;
      default -> y + 2 * (1 - kr) * cr;
    };
  }

  double green(double y, double cb, double cr) {
    return switch (this) {
      case GBR -> y;
      case YCGCO -> y + cb;
      default -> y - (2 * kb * (1 - kb) * cb + 2 * kr * (1 - kr) * cr) / (1 - kr - kb);
    };
  }

  double blue(double y, double cb, double cr) {
    return switch (this) {
      case GBR -> cb;
      case YCGCO -> y - cb - cr;
      default -> y + 2 * (1 - kb) * cb;
    };
  }
}
