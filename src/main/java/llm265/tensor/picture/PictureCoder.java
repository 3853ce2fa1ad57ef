package llm265.tensor.picture;

import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** Codes the pictures of tiles: the H.264 encoder, or a stand-in for it. Used by one thread at a time. */
public interface PictureCoder {
  /** Sequence and picture parameter set NAL units in Annex B form; the same from all coders of a factory and format. */
  byte[] parameterSets();

  /**
   * Format of the pictures that {@link #code} takes. Their samples have {@link SampleDepth#fractionBits} more bits than coded
   * ones.
   */
  PictureFormat sourceFormat();

  /**
   * Codes a picture.
   *
   * @param source picture of {@link #sourceFormat()}
   * @param qp QPY of the picture, from that of the depth's finest step to 51
   * @param mbQps QPY by macroblock address, or null for {@code qp} everywhere
   * @param pictureIndex number of the picture in the stream
   */
  Coded code(Picture source, int qp, byte[] mbQps, int pictureIndex);

  /**
   * A coded picture.
   *
   * @param slices slice NAL units in Annex B form
   * @param reconstruction what every decoder makes of them
   */
  record Coded(byte[] slices, Picture reconstruction) {}

  /** Makes coders. */
  @FunctionalInterface
  interface Factory {
    PictureCoder create(PictureFormat format);

    /** Whether coders look for structure between neighbours, so that samples of a tensor must keep their neighbours. */
    default boolean usesNeighbours() {
      return true;
    }

    /** Chroma format of the pictures that the coders take: 4:2:0 with flat chroma, or monochrome. */
    default ChromaFormat chroma() {
      return ChromaFormat.YUV420;
    }

    /** Number of bits of the coded pictures' samples, 8 to 14. */
    default int bitDepth() {
      return 8;
    }
  }
}
