package llm265.oracle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command lines with which {@code ffmpeg} decodes streams to raw samples, with nothing that would convert them.
 *
 * @param program the program
 * @param passthrough the option that stops it from repeating and dropping frames
 * @param engine what decodes
 */
public record FfmpegCommand(Path program, String passthrough, Engine engine) {
  /** What decodes within FFmpeg. The engines of NVIDIA's GPUs write NV12: luma, and Cb and Cr alternating. */
  public enum Engine {
    /** FFmpeg's own decoder. */
    SOFTWARE(List.of(), List.of()),
    /** NVDEC through its own parser. It has no other way of decoding. */
    CUVID(List.of("-c:v", "h264_cuvid"), List.of("-pix_fmt", "nv12")),
    /**
     * NVDEC below FFmpeg's parser. Where it cannot be had FFmpeg would decode by itself without a word; frames that must come
     * from the GPU make that an error.
     */
    HWACCEL(List.of("-hwaccel", "cuda", "-hwaccel_output_format", "cuda"), List.of("-vf", "hwdownload,format=nv12"));

    private final List<String> before;
    private final List<String> after;

    Engine(List<String> before, List<String> after) {
      this.before = before;
      this.after = after;
    }

    /** Whether NVDEC decodes. */
    public boolean isNvdec() {
      return this != SOFTWARE;
    }
  }

  /**
   * Decodes a part of a stream. The pixel format of software frames is only named, so that nothing converts the samples:
   * full-range 4:2:0 is yuvj420p in FFmpeg.
   *
   * @param everyFrame whether frames are needed even if they are not whole, since frames that they are predicted from are missing
   * @param input file or URL of the part
   * @param output file or URL for the samples
   */
  public List<String> of(FfmpegInput part, boolean everyFrame, String input, String output) {
    // By default FFmpeg rounds a left crop for aligned loads, and scales pictures of another size to the first size.
    List<String> command = new ArrayList<>(List.of(program.toString(), "-v", "error", "-nostdin", "-y"));
    if (everyFrame) {
      // If the stream does not say how many frames to wait for, FFmpeg would guess, and lose some before it knows.
      command.addAll(List.of("-strict", "strict"));
    }
    if (engine == Engine.SOFTWARE) {
      command.addAll(List.of("-threads", "1", "-flags", "unaligned"));
    }
    command.addAll(engine.before);
    command.addAll(List.of("-f", "h264", "-i", input, "-noautoscale"));
    command.addAll(engine.after);
    if (part.monochrome() && engine == Engine.SOFTWARE) {
      // FFmpeg turns 4:0:0 into 4:2:0, with chroma that is not in the stream.
      command.addAll(List.of("-vf", "extractplanes=y"));
    }
    command.addAll(List.of("-f", "rawvideo", passthrough, "passthrough", output));
    return command;
  }

  /**
   * Decodes a stream and drops the pictures. Those of NVDEC's own parser stay on the GPU; others are fetched from there, which
   * shows that they were made there.
   */
  public List<String> dropping(Path input) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "-v", "error", "-nostdin"));
    if (engine == Engine.CUVID) {
      command.addAll(Engine.HWACCEL.before);
    }
    command.addAll(engine.before);
    command.addAll(List.of("-f", "h264", "-i", input.toString()));
    if (engine == Engine.HWACCEL) {
      command.addAll(engine.after);
    }
    command.addAll(List.of(passthrough, "passthrough", "-f", "null", "-"));
    return command;
  }
}
