package llm265.image;

import java.io.EOFException;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import llm265.h264.VideoSignal;

/**
 * What the chunks before the samples of a PNG file say about its colours. An unreadable chunk is ignored, and no image is
 * refused for it.
 *
 * @param primaries colour_primaries
 * @param transfer transfer_characteristics
 * @param hasTransparentNarrowGray whether it is gray of fewer than 8 bits with a tRNS chunk, for which Java's reader finds no
 *     pixel
 */
record PngColours(int primaries, int transfer, boolean hasTransparentNarrowGray) {
  /** colour_primaries of BT.709 and sRGB. */
  private static final int BT709 = 1;

  /** transfer_characteristics of sRGB. */
  private static final int SRGB = 13;

  /** gAMA of sRGB in 100000ths. */
  private static final int SRGB_GAMMA = 45_455;

  /** cHRM of sRGB in 100000ths: x and y of white, red, green and blue. */
  private static final int[] SRGB_CHROMATICITIES = {31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000};

  private static final int SIGNATURE_BYTES = 8;

  /** Where IHDR has its bit depth, followed by the colour type, 0 for gray. */
  private static final int BIT_DEPTH_OFFSET = 24;

  private static final int CHECKSUM_BYTES = 4;
  private static final int IDAT = 0x4944_4154;
  private static final int CICP = 0x6349_4350;
  private static final int ICCP = 0x6943_4350;
  private static final int SRGB_CHUNK = 0x7352_4742;
  private static final int GAMA = 0x6741_4D41;
  private static final int CHRM = 0x6348_524D;
  private static final int TRNS = 0x7452_4E53;

  /** Reads the chunks of a file, and resets the stream to its beginning. */
  static PngColours of(ImageInputStream in) throws IOException {
    // Without any chunk, colours are sRGB, as viewers assume
    int primaries = BT709;
    int transfer = SRGB;
    int rank = 0;
    boolean isNarrowGray = false;
    boolean hasTransparency = false;
    try {
      in.seek(BIT_DEPTH_OFFSET);
      isNarrowGray = in.readUnsignedByte() < 8 && in.readUnsignedByte() == 0;
      in.seek(SIGNATURE_BYTES);
      while (true) {
        long length = in.readUnsignedInt();
        int type = in.readInt();
        if (type == IDAT) {
          break;
        }
        long end = in.getStreamPosition() + length + CHECKSUM_BYTES;
        hasTransparency |= type == TRNS;
        // Of several chunks, the one with the highest rank counts; gAMA and cHRM go together
        if (rank(type) > rank) {
          rank = rank(type);
          boolean isSrgb = type == SRGB_CHUNK;
          primaries = isSrgb ? BT709 : VideoSignal.UNSPECIFIED;
          transfer = isSrgb ? SRGB : VideoSignal.UNSPECIFIED;
          if (type == CICP && length == 4) {
            primaries = in.readUnsignedByte();
            transfer = in.readUnsignedByte();
          }
        } else if (rank == 0 && type == GAMA && length == 4) {
          transfer = Math.abs(in.readInt() - SRGB_GAMMA) <= 10 ? SRGB : VideoSignal.UNSPECIFIED;
        } else if (rank == 0 && type == CHRM && length == 4L * SRGB_CHROMATICITIES.length) {
          for (int expected : SRGB_CHROMATICITIES) {
            primaries = in.readInt() == expected ? primaries : VideoSignal.UNSPECIFIED;
          }
        }
        in.seek(end);
      }
    } catch (EOFException e) {
      // The reader of the image reports it.
    }
    in.seek(0);
    return new PngColours(primaries, transfer, isNarrowGray && hasTransparency);
  }

  /** Rank of a chunk that describes all of the colours; 0 for others. */
  private static int rank(int type) {
    return type == CICP ? 3 : type == ICCP ? 2 : type == SRGB_CHUNK ? 1 : 0;
  }

  VideoSignal signal() {
    return VideoSignal.UNKNOWN.withColours(primaries, transfer, VideoSignal.UNSPECIFIED);
  }
}
