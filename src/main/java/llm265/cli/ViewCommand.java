package llm265.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import llm265.checkpoint.OutputFile;
import llm265.cli.output.Notes;
import llm265.view.Resources;
import llm265.view.StreamView;
import llm265.view.page.HtmlPage;
import llm265.view.page.PageServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code llm265 view}. */
@Command(
    name = "view",
    description = {
      "Shows a stream on a page for a browser: pictures, macroblocks, syntax elements, bins, and every step of decoding with its "
          + "numbers (docs/view.md).",
      "-o writes one HTML file that needs nothing else; what does not fit is left out and told. --serve shows everything, on a "
          + "page of this machine."
    },
    mixinStandardHelpOptions = true)
final class ViewCommand implements Callable<Integer> {
  private static final int MIB = 20;

  @Parameters(
      paramLabel = "IN", description = "A stream: .264, or in an .mp4 or .mov file; of a tensor too")
  private Path input;

  @Option(names = {"-o", "--output"}, paramLabel = "OUT.html", description = "HTML file to write")
  private Path output;

  @Option(names = "--serve", description = "Serve the page to this machine until the command is interrupted")
  private boolean serve;

  @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "With --serve: the port (default: any)")
  private int port;

  @Option(
      names = "--pictures", paramLabel = "A-B", converter = PictureRange.Converter.class,
      description = "Pictures in the file, counted from 0 in decoding order (default: from the first on, as many as fit)")
  private PictureRange pictures = new PictureRange(0, Integer.MAX_VALUE);

  @Option(
      names = "--detail", paramLabel = "all|none|auto", defaultValue = "auto",
      description = "Details of macroblocks in the file: all (the first as far as they fit), none, or auto, which leaves room "
          + "for more pictures (default: ${DEFAULT-VALUE})")
  private HtmlPage.Detail detail;

  @Option(
      names = "--max-size", paramLabel = "MIB", defaultValue = "16", description = "Size of the file (default: ${DEFAULT-VALUE})")
  private int maxSize;

  @Spec private CommandSpec spec;

  /** A range of pictures, both ends included. */
  record PictureRange(int first, int last) {
    /** Reads {@code A-B} or {@code A}. */
    static final class Converter implements ITypeConverter<PictureRange> {
      @Override
      public PictureRange convert(String text) {
        String[] ends = text.split("-", 2);
        try {
          PictureRange range = new PictureRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
          if (range.first >= 0 && range.last >= range.first) {
            return range;
          }
        } catch (NumberFormatException e) {
          // Said below.
        }
        throw new TypeConversionException("'" + text + "' is not a range of pictures such as 0-9");
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    if (output == null && !serve) {
      throw new ParameterException(spec.commandLine(), "give a file with -o, or --serve");
    }
    if (output != null) {
      OutputKind.PAGE.requireName(spec, output);
      Arguments.requireDifferent(spec, input, output);
    }
    if (maxSize < 1) {
      throw new ParameterException(spec.commandLine(), "--max-size must be 1 or more");
    }
    try (Arena arena = Arena.ofShared()) {
      Resources resources = StreamView.open(nameOf(input), InputFile.mapPictures(input, arena));
      if (output != null) {
        write(resources);
      }
      if (serve) {
        serve(resources);
      }
    }
    return 0;
  }

  private static String nameOf(Path file) {
    return file.getFileName() == null ? file.toString() : file.getFileName().toString();
  }

  private void write(Resources resources) throws IOException {
    List<String> notes;
    try (OutputFile file = OutputFile.create(output); OutputStream out = new BufferedOutputStream(file.stream(), 1 << 16)) {
      HtmlPage.Settings settings =
          new HtmlPage.Settings((long) maxSize << MIB, pictures.first(), pictures.last(), detail);
      notes = HtmlPage.write(resources, settings, out);
      out.flush();
      file.commit();
    }
    notes.forEach(note -> Notes.print(spec, note));
  }

  private void serve(Resources resources) throws IOException {
    try (PageServer server = PageServer.start(resources, port)) {
      spec.commandLine().getOut().println(server.address());
      spec.commandLine().getOut().flush();
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
