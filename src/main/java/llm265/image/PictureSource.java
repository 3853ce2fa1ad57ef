package llm265.image;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.VideoSignal;

/** Pictures of one format, one after another, out of an image or video file. */
public interface PictureSource extends Closeable {
  /** The format of all pictures. 4:2:0 pictures of odd size are one column or row larger than in the file, see {@link #even}. */
  PictureFormat format();

  /** Width of the pictures in the file. */
  int width();

  /** Height of the pictures in the file. */
  int height();

  /** How the samples of the pictures are meant. */
  VideoSignal signal();

  /**
   * What of the file is not in the pictures and their {@link #signal}, though nobody asked for it to be left out; a clause each.
   */
  List<String> notes();

  /** The next picture, or null after the last. */
  Picture next() throws IOException;

  /**
   * The format that a picture of a size is coded in. Cropping of 4:2:0 goes in steps of two samples (Table 6-1), so an odd width
   * or height is rounded up, the last column or row being repeated.
   */
  static PictureFormat even(int width, int height, ChromaFormat chroma) {
    int step = chroma == ChromaFormat.MONOCHROME ? 1 : 2;
    return PictureFormat.of8Bit((width + step - 1) / step * step, (height + step - 1) / step * step, chroma);
  }
}
