package llm265.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.OutputFile;
import llm265.cli.output.Notes;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.h264.decode.DecodingMode;
import llm265.image.PictureDump;
import llm265.model.CompressedModel;
import llm265.parallel.Workers;
import llm265.tensor.decode.TensorStream;
import llm265.view.Resources;
import llm265.view.SecondInput;
import llm265.view.StreamView;
import llm265.view.page.HtmlPage;
import llm265.view.page.PageServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
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

  private static final int MOST_NAMES = 8;

  @Parameters(
      index = "0", paramLabel = "IN",
      description = "A stream: .264, or in an .mp4 or .mov file; or a compressed .safetensors file, of which one tensor is shown")
  private Path input;

  @Parameters(
      index = "1", arity = "0..1", paramLabel = "IN2",
      description = "Another stream, or another decoder's pictures of IN (.yuv, .y4m), to see side by side")
  private Path other;

  @Option(
      names = "--tensor", paramLabel = "NAME",
      description = "Of a compressed file: the tensor to show (default: the largest that is on pictures)")
  private String tensor;

  @Option(
      names = "--original", paramLabel = "FILE",
      description = "The tensor before it was compressed (.safetensors, .onnx, .npy), to see errors")
  private Path original;

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

  @Mixin private ThreadsOption threads;

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
      if (Arguments.isStream(input)) {
        showStream(arena);
      } else {
        showModel();
      }
    }
    return 0;
  }

  private void showStream(Arena arena) throws IOException {
    MemorySegment stream = InputFile.mapStream(input, arena);
    if (tensor != null) {
      throw new IllegalArgumentException("--tensor is for compressed files, and " + input + " is a stream");
    }
    if (other != null) {
      show(StreamView.beside(nameOf(input), stream, new Second(nameOf(other), InputFile.map(other, arena))));
    } else if (original == null) {
      show(StreamView.open(nameOf(input), stream));
    } else {
      try (Checkpoint checkpoint = Checkpoint.open(original)) {
        show(StreamView.ofTensor(nameOf(input), nameOf(input), stream, originalOf(checkpoint, "")));
      }
    }
  }

  /** The other input as the page knows it. */
  private record Second(String file, MemorySegment bytes) implements SecondInput {
    @Override
    public PictureDump open() throws IOException {
      return DumpFile.open(bytes, DecodingMode.INTRA_ONLY, file);
    }

    @Override
    public Resources resources() {
      return InputFile.isStream(bytes) ? StreamView.open(file, bytes) : null;
    }
  }

  private void showModel() throws IOException {
    if (other != null) {
      throw new IllegalArgumentException("two inputs must be streams; extract writes that of a tensor");
    }
    try (CompressedModel model = CompressedModel.open(input)) {
      CompressedModel.Tensor chosen = choose(model);
      if (original == null) {
        show(StreamView.ofTensor(nameOf(input), chosen.name(), chosen.data(), null));
      } else {
        try (Checkpoint checkpoint = Checkpoint.open(original)) {
          show(StreamView.ofTensor(nameOf(input), chosen.name(), chosen.data(), originalOf(checkpoint, chosen.name())));
        }
      }
    }
  }

  private CompressedModel.Tensor choose(CompressedModel model) {
    List<CompressedModel.Tensor> streams = model.tensors().stream().filter(CompressedModel.Tensor::isStream)
        .sorted(Comparator.comparing(ViewCommand::isWithoutPictures).thenComparingLong(each -> -Shape.count(each.shape())))
        .toList();
    if (streams.isEmpty()) {
      throw new IllegalArgumentException(input + ": all tensors are kept as they were, there is no stream");
    }
    return tensor == null ? streams.getFirst()
        : streams.stream().filter(each -> each.name().equals(tensor)).findFirst().orElseThrow(() -> {
          String names = streams.stream().limit(MOST_NAMES).map(CompressedModel.Tensor::name).collect(Collectors.joining(", "));
          return new IllegalArgumentException(input + ": no stream is of a tensor named " + tensor + "; there are " + names
              + (streams.size() > MOST_NAMES ? " and " + (streams.size() - MOST_NAMES) + " more; see inspect" : ""));
        });
  }

  private static boolean isWithoutPictures(CompressedModel.Tensor each) {
    return TensorStream.isWithoutPictures(each.data());
  }

  private TensorView originalOf(Checkpoint checkpoint, String name) {
    List<TensorView> tensors = checkpoint.tensors();
    return checkpoint.byName(name).or(() -> tensors.size() == 1 ? Optional.of(tensors.getFirst()) : Optional.empty())
        .orElseThrow(() -> new IllegalArgumentException(
            original + ": " + (name.isEmpty() ? "has more than one tensor" : "there is no tensor named " + name)));
  }

  private void show(Resources resources) throws IOException {
    if (output != null) {
      write(resources);
    }
    if (serve) {
      serve(resources);
    }
  }

  private static String nameOf(Path file) {
    return file.getFileName() == null ? file.toString() : file.getFileName().toString();
  }

  private void write(Resources resources) throws IOException {
    List<String> notes;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        OutputFile file = OutputFile.create(output);
        OutputStream out = new BufferedOutputStream(file.stream(), 1 << 16)) {
      HtmlPage.Settings settings =
          new HtmlPage.Settings((long) maxSize << MIB, pictures.first(), pictures.last(), detail);
      notes = HtmlPage.write(resources, settings, new Workers(executor, threads.count()), out);
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
