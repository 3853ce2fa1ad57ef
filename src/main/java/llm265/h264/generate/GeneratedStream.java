package llm265.h264.generate;

import java.util.List;
import llm265.h264.coverage.Coverage;

/**
 * A stream and what a decoder must make of it.
 *
 * @param name name of its file without suffix
 * @param bytes in Annex B form
 * @param pictures those that a decoder delivers, before the fault if there is one
 * @param pixelFormat the name by which FFmpeg calls the format of its samples, or would
 * @param md5 MD5 of all output pictures; empty for a malformed stream
 * @param coverage the tools that it covers; null for a malformed stream
 * @param departures where FFmpeg's decoder departs from the standard on it, in words; empty where it does not
 * @param fault the fault of a malformed stream, or null
 */
public record GeneratedStream(
    String name, byte[] bytes, List<OutputPicture> pictures, String pixelFormat, String md5, Coverage coverage,
    List<String> departures, StreamFault fault) {

  /** An output picture, cropped, and the MD5 of its samples. */
  public record OutputPicture(int width, int height, String md5) {}
}
