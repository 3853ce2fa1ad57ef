package llm265.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.syntax.VuiParameters;
import llm265.image.PictureSink;
import llm265.model.OutputFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 h264 decode}. */
@Command(
    name = "decode",
    description = {
      "Decodes an H.264 intra stream.",
      "OUT.yuv (and any other suffix): planar samples, cropped, in output order, as ffmpeg -f rawvideo writes them; luma alone for "
          + "4:0:0. OUT.y4m, OUT.png (one picture), OUT.pgm (luma) are files of those kinds."
    },
    mixinStandardHelpOptions = true)
final class H264DecodeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IN.264", description = "Stream in Annex B form; - for standard input")
  private Path input;

  @Option(names = {"-o", "--output"}, paramLabel = "OUT", required = true, description = "File to write; - for standard output")
  private Path output;

  @Option(
      names = "--intra-only",
      description = "Decode the pictures that have I slices alone, and leave the others out; without it they are an error")
  private boolean intraOnly;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  private final LeftOutPictures leftOut = new LeftOutPictures();

  @Override
  public Integer call() throws IOException {
    Arguments.requireDifferent(spec, input, output);
    try (Arena arena = Arena.ofShared();
        OutputFile file = OutputFile.create(output)) {
      MemorySegment stream = InputFile.map(input, arena);
      OutputStream out = new BufferedOutputStream(file.stream(), 1 << 16);
      PictureSink sink = PictureSink.of(output.getFileName().toString(), out);
      int[] pictures = new int[1];
      try {
        H264IntraDecoder.decodeAll(stream, DecoderLimits.DEFAULT, new DecodingMode(intraOnly), threads.count(), new PictureReceiver() {
          @Override
          public void picture(DecodedPicture decoded) {
            write(sink, decoded);
            pictures[0]++;
          }

          @Override
          public void leftOut(LeftOutPicture picture) {
            leftOut.add(picture);
          }
        });
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (StreamException e) {
        throw new IOException(input + ": " + e.getMessage(), e);
      }
      if (pictures[0] == 0) {
        throw new IOException(input + ": there is no picture in it" + (leftOut.count() > 0 ? " that has I slices alone" : ""));
      }
      out.flush();
      file.commit();
    }
    if (leftOut.count() > 0) {
      spec.commandLine().getErr().println("llm265: note: " + input + ": " + leftOut);
    }
    return 0;
  }

  private static void write(PictureSink sink, DecodedPicture decoded) {
    VuiParameters vui = decoded.sps().vui();
    try {
      sink.write(decoded.picture(), vui != null && vui.videoFullRangeFlag());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
