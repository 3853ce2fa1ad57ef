package llm265.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/**
 * A gray or R'G'B' image as in its file.
 *
 * @param width width in pixels
 * @param height height in pixels
 * @param channels 1 (gray) or 3 (red, green, blue)
 * @param most the sample that stands for white, 1..65535; no sample is greater
 * @param samples {@code height x width x channels} samples
 */
record Raster(int width, int height, int channels, int most, char[] samples) {
  private static final int LEAST_BITS = 8;
  private static final int MOST_BITS = 14;

  /** Refuses sizes that no level holds, before anything is allocated for them. */
  static void requireSize(String name, long width, long height) throws IOException {
    if (width * height > 256L * PictureFormat.MAX_SIZE_IN_MBS) {
      throw new IOException(name + ": image of " + width + "x" + height + " samples is beyond any level");
    }
  }

  private int bits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(most);
  }

  /**
   * Bits per sample of the picture: as requested, otherwise those of the file; for 15 and 16 bits, the 8 that every decoder
   * takes.
   */
  private int bitDepth(SourceOptions options) {
    if (options.bitDepth() != 0) {
      return options.bitDepth();
    }
    return bits() > MOST_BITS ? LEAST_BITS : Math.max(bits(), LEAST_BITS);
  }

  private static boolean fullRange(SourceOptions options) {
    return options.fullRange() == null || options.fullRange();
  }

  private static ColourMatrix matrix(SourceOptions options) {
    return options.matrix() == null ? ColourMatrix.BT601 : options.matrix();
  }

  /**
   * Converts the image to a picture: luma at each pixel, chroma from the mean of each 2x2 square, both rounded once.
   *
   * @throws IOException if nothing may be lost, but the picture has fewer bits than the file and nobody requested that
   */
  Picture picture(SourceOptions options) throws IOException {
    if (options.lossless() && options.bitDepth() == 0 && bits() > MOST_BITS) {
      throw new IOException("samples of " + bits() + " bits cannot be kept: choose --depth 8 to 14, to which they are rounded");
    }
    int depth = bitDepth(options);
    ChromaFormat chroma = options.monochrome() ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420;
    Picture picture = new Picture(PictureSource.even(width, height, chroma).withBitDepth(depth));
    ColourConversion conversion = new ColourConversion(matrix(options), fullRange(options), depth, depth);
    Planes.fill(picture, 0, (x, y) -> conversion.luma(pixel(x, y, 0), pixel(x, y, 1), pixel(x, y, 2)), width, height);
    if (channels == 1) {
      Planes.fillFlatChroma(picture);
    } else if (!options.monochrome()) {
      int chromaWidth = picture.format().width(1);
      int chromaHeight = picture.format().height(1);
      Planes.fill(
          picture, 1, (x, y) -> conversion.cb(square(x, y, 0), square(x, y, 1), square(x, y, 2)), chromaWidth, chromaHeight);
      Planes.fill(
          picture, 2, (x, y) -> conversion.cr(square(x, y, 0), square(x, y, 1), square(x, y, 2)), chromaWidth, chromaHeight);
    }
    return picture;
  }

  /** A sample in 0..1. */
  private double pixel(int x, int y, int channel) {
    return samples[channels * (y * width + x) + (channels == 1 ? 0 : channel)] / (double) most;
  }

  /** The mean of the 2x2 samples that a chroma sample stands for, in 0..1. */
  private double square(int x, int y, int channel) {
    int right = Math.min(2 * x + 1, width - 1);
    int below = Math.min(2 * y + 1, height - 1);
    double above = pixel(2 * x, 2 * y, channel) + pixel(right, 2 * y, channel);
    return (above + pixel(2 * x, below, channel) + pixel(right, below, channel)) / 4;
  }

  /**
   * What the samples of the picture mean.
   *
   * @param file what the file says about primaries and transfer
   */
  VideoSignal signal(SourceOptions options, VideoSignal file) {
    VideoSignal signal = file.withFullRange(fullRange(options));
    if (channels == 1) {
      return options.matrix() == null ? signal : options.matrix().in(signal);
    }
    // The mean of 2x2 samples lies at their centre
    return matrix(options).in(signal).withChromaSampleLocType(options.monochrome() ? null : (Integer) 1);
  }

  /** What the picture lacks of the image, except what was left out on request. */
  List<String> notes(SourceOptions options) {
    List<String> notes = new ArrayList<>();
    if (options.bitDepth() == 0 && bits() > MOST_BITS) {
      notes.add("samples of " + bits() + " bits become samples of 8; --depth 9 to 14 keeps more");
    }
    if (options.lossless() && channels == 3 && !options.monochrome() && !isGray()) {
      notes.add("its colours are converted to 4:2:0, and that is coded without loss");
    }
    return notes;
  }

  private boolean isGray() {
    for (int i = 0; i < samples.length; i += 3) {
      if (samples[i] != samples[i + 1] || samples[i] != samples[i + 2]) {
        return false;
      }
    }
    return true;
  }
}
