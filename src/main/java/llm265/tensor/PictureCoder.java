package llm265.tensor;

import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;

/** What codes pictures for {@link TensorCoding}: the H.264 encoder, or a stand-in for it. Used by one thread at a time. */
public interface PictureCoder {
  /** Sequence and picture parameter set NAL units in Annex B form; the same from all coders of a factory and format. */
  byte[] parameterSets();

  /**
   * Codes a picture.
   *
   * @param qp QPY, 0 to 51
   * @param pictureIndex number of the picture in the stream
   */
  Coded code(Picture source, int qp, int pictureIndex);

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

    /** Chroma format of the pictures that the coders take: 4:2:0 with flat chroma, or monochrome. */
    default ChromaFormat chroma() {
      return ChromaFormat.YUV420;
    }
  }
}
