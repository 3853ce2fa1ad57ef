package llm265.oracle.suite;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.OutputFrames;
import llm265.image.PictureDump;
import llm265.image.RawDump;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.FfmpegInput;
import llm265.oracle.Nv12Dump;
import llm265.oracle.NvdecDecoder;
import llm265.program.WatchedProgram;
import llm265.program.WatchedProgram.End;
import llm265.program.WatchedProgram.Ended;

/** The ffmpeg program, or NVDEC through it, as a decoder to test. A stream whose pixel format changes takes several runs. */
public final class FfmpegProgram implements TestedProgram {
  /** What manifests of generated streams say of those that FFmpeg decodes in a way of its own, or not. */
  private static final Pattern DEPARTURE = Pattern.compile("(?:^| )ffmpeg_departs=(\\S+)");

  private final FfmpegDecoder decoder;

  /** @param decoder the program itself, or {@link llm265.oracle.NvdecDecoder#decoder} */
  public FfmpegProgram(FfmpegDecoder decoder) {
    this.decoder = decoder;
  }

  @Override
  public String name() {
    return decoder.name();
  }

  @Override
  public Optional<String> refusal(MemorySegment stream) {
    return decoder.isNvdec() ? NvdecDecoder.refusal(stream) : Optional.empty();
  }

  @Override
  public String departure(SuiteStream stream) {
    Matcher departure = DEPARTURE.matcher(stream.about());
    return !decoder.isNvdec() && departure.find() ? "FFmpeg departs from the standard (" + departure.group(1) + ")" : "";
  }

  @Override
  public Ended decode(WatchedProgram watch, Path file, MemorySegment bytes, Path folder, Path output) throws IOException {
    List<FfmpegInput> parts = FfmpegInput.partsOf(bytes);
    Path input = folder.resolve("part.264");
    Path samples = folder.resolve("part.yuv");
    Ended ended = null;
    try (OutputStream all = new BufferedOutputStream(Files.newOutputStream(output))) {
      for (FfmpegInput part : parts) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(input))) {
          part.writeTo(out);
        }
        Files.deleteIfExists(samples);
        Ended next = watch.run(decoder.command().of(part, true, input.toString(), samples.toString()), folder, null);
        ended = ended == null || next.status() != 0 ? next : ended;
        if (next.end() != End.EXITED) {
          return next;
        }
        if (Files.exists(samples)) {
          copy(samples, bytes, all);
        }
      }
    }
    return ended;
  }

  private void copy(Path samples, MemorySegment stream, OutputStream out) throws IOException {
    if (!decoder.isNvdec()) {
      Files.copy(samples, out);
      return;
    }
    try (PictureDump dump = new Nv12Dump(new RawDump(Files.newInputStream(samples), -1))) {
      for (OutputFrames.Frame frame : OutputFrames.of(stream, DecoderLimits.DEFAULT)) {
        out.write(dump.next(frame.format()));
      }
      // What follows the stream's frames must be found, whatever it is.
      out.write(new byte[(int) Math.min(dump.left(), 1 << 20)]);
    } catch (StreamException e) {
      Files.copy(samples, out);
    }
  }
}
