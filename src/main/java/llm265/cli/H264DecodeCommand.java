package llm265.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.Notes;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;
import llm265.image.PictureFiles;
import llm265.image.PictureSink;
import llm265.oracle.LeftOutPictures;
import llm265.oracle.StreamNotes;
import llm265.parallel.Workers;
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
      "OUT.yuv (and any suffix that no other format has): planar samples, cropped, in output order, as ffmpeg -f rawvideo "
          + "writes them; luma alone for "
          + "4:0:0.",
      "OUT.y4m: the same with a header, which has the stream's range, frame rate (25 where it has none) and sample aspect ratio.",
      "OUT.png (one picture), OUT.ppm, OUT.pgm (gray): images whose black is 0 and white the greatest sample, made by the "
          + "stream's range and matrix_coefficients (BT.601 where it names none). Of more than 8 bits, .png has 16, .ppm and "
          + ".pgm those of the stream."
    },
    mixinStandardHelpOptions = true)
final class H264DecodeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IN.264",
      description = "Stream in Annex B form, or an .mp4 or .mov file with one; - for standard input")
  private Path input;

  @Option(names = {"-o", "--output"}, paramLabel = "OUT", required = true, description = "File to write; - for standard output")
  private Path output;

  @Option(
      names = "--intra-only",
      description = "Decode the pictures that have only I slices, and leave the others out; without it they are an error")
  private boolean intraOnly;

  @Option(
      names = "--keep-going",
      description = "Decode what is whole of a damaged stream, and list the rest on standard error; exit status 1 if there is "
          + "any")
  private boolean keepGoing;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  private final LeftOutPictures leftOut = new LeftOutPictures();
  private final StreamNotes notes = new StreamNotes();

  /** Writes pictures, and counts everything else. */
  private final class Receiver implements PictureReceiver {
    private final PictureSink sink;
    private int pictures;
    private int faults;

    Receiver(PictureSink sink) {
      this.sink = sink;
    }

    @Override
    public void picture(DecodedPicture decoded) {
      write(sink, decoded);
      pictures++;
    }

    @Override
    public boolean keepsPictures() {
      return false;
    }

    @Override
    public void leftOut(LeftOutPicture picture) {
      leftOut.add(picture);
    }

    @Override
    public void damaged(int index, StreamException fault) {
      faults++;
      spec.commandLine().getErr().println(
          "llm265: " + input + ": " + (index < 0 ? "" : "picture " + index + ": ") + fault.getMessage());
    }

    @Override
    public void noted(StreamException fault) {
      notes.add(fault);
    }
  }

  @Override
  public Integer call() throws IOException {
    Arguments.requireDifferent(spec, input, output);
    OutputKind.PICTURES.requireName(spec, output);
    Receiver receiver;
    try (Arena arena = Arena.ofShared();
        ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        OutputFile file = OutputFile.create(output)) {
      MemorySegment stream = InputFile.mapPictures(input, arena);
      OutputStream out = new BufferedOutputStream(file.stream(), 1 << 16);
      receiver = new Receiver(PictureFiles.create(output.getFileName().toString(), out));
      try {
        H264IntraDecoder.decodeAll(
            stream, DecoderLimits.DEFAULT, new DecodingMode(intraOnly, keepGoing), new Workers(executor, threads.count()),
            receiver);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (StreamException e) {
        throw new IOException(input + ": " + e.getMessage(), e);
      }
      requirePictures(receiver);
      out.flush();
      file.commit();
    }
    notes.line(input).ifPresent(note -> Notes.print(spec, note));
    receiver.sink.notes().forEach(note -> Notes.print(spec, input + ": " + note));
    if (leftOut.count() > 0) {
      spec.commandLine().getErr().println("llm265: note: " + input + ": " + leftOut);
    }
    if (receiver.faults > 0) {
      throw new CheckFailedException(input + ": is damaged; of its pictures " + receiver.pictures + " are whole, and written");
    }
    return 0;
  }

  private void requirePictures(Receiver receiver) throws IOException {
    if (receiver.pictures > 0) {
      return;
    }
    if (receiver.faults > 0) {
      throw new CheckFailedException(input + ": is damaged, and no picture of it is whole");
    }
    throw new IOException(input + ": there is no picture in it" + (leftOut.count() > 0 ? " that has only I slices" : "")
        + notes.asReason());
  }

  private static void write(PictureSink sink, DecodedPicture decoded) {
    try {
      sink.write(decoded);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
