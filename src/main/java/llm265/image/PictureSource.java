package llm265.image;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/** Pictures of one format, one after another, from an image or video file. */
public interface PictureSource extends Closeable {
  /** The format of all pictures. 4:2:0 pictures of odd size get one more column or row than in the file; see {@link #even}. */
  PictureFormat format();

  /** Width of the pictures in the file. */
  int width();

  /** Height of the pictures in the file. */
  int height();

  /** What the samples of the pictures mean. */
  VideoSignal signal();

  /** What the pictures and their {@link #signal} lack of the file, unless it was left out on request; one clause each. */
  List<String> notes();

  /** The next picture, or null after the last. */
  Picture next() throws IOException;

  /**
   * The format in which a picture of a given size is coded. Cropping of 4:2:0 goes in steps of two samples (Table 6-1). So an
   * odd width or height is rounded up, and the last column or row is repeated.
   */
  static PictureFormat even(int width, int height, ChromaFormat chroma) {
    int step = chroma == ChromaFormat.MONOCHROME ? 1 : 2;
    return PictureFormat.of8Bit((width + step - 1) / step * step, (height + step - 1) / step * step, chroma);
  }
}
