package llm265.jmh;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;

/** What a tensor of independent Gaussian values looks like as frames: deviation 28 about 128. */
final class GaussianFrames {
  static final int SIZE = 1024;
  static final int FRAMES = 4;
  static final int VALUES = SIZE * SIZE * FRAMES;

  final Picture[] pictures = new Picture[FRAMES];
  final byte[][] luma = new byte[FRAMES][SIZE * SIZE];

  GaussianFrames() {
    Random random = new Random(1);
    for (int i = 0; i < FRAMES; i++) {
      pictures[i] = new Picture(PictureFormat.of8Bit(SIZE, SIZE, ChromaFormat.YUV420));
      short[] samples = pictures[i].samples(0);
      for (int j = 0; j < samples.length; j++) {
        samples[j] = (short) Math.clamp(Math.round(128 + 28 * random.nextGaussian()), 1, 255);
        luma[i][j] = (byte) samples[j];
      }
      pictures[i].fill(1, 128);
      pictures[i].fill(2, 128);
    }
  }

  /** The QP at which Intra_16x16 DC coding takes about this many bits per value. */
  static int qp(int bits) {
    return switch (bits) {
      case 1 -> 40;
      case 2 -> 34;
      case 3 -> 28;
      default -> 22;
    };
  }

  byte[] encode(H264IntraEncoder encoder, int qp) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(VALUES);
    out.writeBytes(encoder.parameterSets());
    for (int i = 0; i < FRAMES; i++) {
      out.writeBytes(encoder.encode(pictures[i], qp, i).slices());
    }
    return out.toByteArray();
  }

  static H264IntraEncoder encoder() {
    return new H264IntraEncoder(
        EncoderConfig.WHITE_TENSOR, PictureFormat.of8Bit(SIZE, SIZE, ChromaFormat.YUV420));
  }
}
