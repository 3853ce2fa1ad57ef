package llm265.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import llm265.checkpoint.file.OutputFile;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.image.ColourMatrix;
import llm265.image.PictureFiles;
import llm265.image.PictureSource;
import llm265.image.SourceOptions;
import llm265.parallel.TaskQueue;
import llm265.parallel.Workers;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 h264 encode}. */
@Command(
    name = "encode",
    description = {
      "Encodes images or video frames as IDR pictures: of the High profile, which every decoder takes, or with --lossless or "
          + "more than "
          + "8 bits per sample of High 10 Intra or High 4:4:4 Intra, which NVDEC does not decode.",
      "Colours of .png and .ppm become 4:2:0 by --matrix and --range, and the stream says so; gray images get flat chroma. "
          + "The range, frame rate and sample aspect ratio of a .y4m file are written into the stream. An odd width or height is "
          + "rounded up to an even one in 4:2:0, the last column or row being repeated."
    },
    mixinStandardHelpOptions = true)
final class H264EncodeCommand implements Callable<Integer> {
  /** Rounding offset for pictures, whose residuals are peaked at zero. */
  private static final float PICTURE_ROUNDING = 1 / 3f;

  @Parameters(paramLabel = "IN", description = "A .y4m, .png, .pgm or .ppm file; - for a Y4M stream on standard input")
  private Path input;

  @Option(names = {"-o", "--output"}, paramLabel = "OUT.264", required = true,
      description = "File to write; - for standard output")
  private Path output;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Quality quality;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Bits per sample, 8 to 14, to which samples are scaled and rounded (default: those of the file; 8 for an "
          + "image of 15 or 16 bits, which --lossless refuses). More than 8 need High 10 or High 4:4:4, which NVDEC does "
          + "not decode")
  private Integer depth;

  @Option(
      names = "--range",
      paramLabel = "R",
      description = "full (black is 0) or limited (black is 16 at 8 bits): what images are converted to (default: full), or what "
          + "the samples of a .y4m file are (default: what it says; limited where it says nothing)")
  private Range range;

  @Option(
      names = "--matrix",
      paramLabel = "M",
      description = "bt601, bt709, fcc, smpte240m, bt2020 or ycgco: what colours of images are converted by (default: bt601), or "
          + "what a .y4m file was made by, which it cannot say itself (default: unspecified)")
  private ColourMatrix matrix;

  @Option(names = "--monochrome", description = "Code luma alone, as 4:0:0, which NVDEC does not decode")
  private boolean monochrome;

  @Option(
      names = "--slices",
      paramLabel = "N",
      defaultValue = "1",
      description = "Slices per picture (default: ${DEFAULT-VALUE})")
  private int slices;

  @Option(names = "--no-deblocking", description = "Switch the deblocking filter off")
  private boolean noDeblocking;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  /** video_full_range_flag. */
  enum Range {
    FULL,
    LIMITED
  }

  /** How fine. */
  static final class Quality {
    @Option(
        names = "--qp",
        paramLabel = "Q",
        description = "Quantization parameter, 0 (fine) to 51 (coarse); down to -6 for each bit per sample beyond 8")
    private Integer qp;

    @Option(
        names = "--lossless",
        description = "Lose nothing: transform bypass of High 4:4:4 Predictive, which NVDEC does not decode")
    private boolean lossless;
  }

  private final Queue<H264IntraEncoder> idle = new ConcurrentLinkedQueue<>();

  @Override
  public Integer call() throws IOException {
    if (depth != null && (depth < 8 || depth > 14)) {
      throw new ParameterException(spec.commandLine(), "--depth " + depth + " is not in 8..14");
    }
    if (slices < 1) {
      throw new ParameterException(spec.commandLine(), "--slices " + slices + " is less than 1");
    }
    if (matrix == ColourMatrix.GBR) {
      throw new ParameterException(spec.commandLine(), "--matrix gbr needs 4:4:4, which is not encoded");
    }
    Arguments.requireDifferent(spec, input, output);
    OutputKind.BYTE_STREAM.requireName(spec, output);
    try (PictureSource source = PictureFiles.open(input, sourceOptions());
        ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        TaskQueue tasks = new TaskQueue(new Workers(executor, threads.count()));
        OutputFile file = OutputFile.create(output)) {
      OutputStream out = new BufferedOutputStream(file.stream(), 1 << 16);
      EncoderConfig config = config().withSignal(source.signal());
      H264IntraEncoder first = new H264IntraEncoder(config, source.format());
      int qp = quality.lossless ? first.leastQp() : quality.qp;
      if (qp < first.leastQp() || qp > 51) {
        throw new ParameterException(spec.commandLine(), "--qp " + qp + " is not in " + first.leastQp() + "..51");
      }
      idle.add(first);
      out.write(first.parameterSets());
      tellOfRounding(source);
      for (String note : source.notes()) {
        spec.commandLine().getErr().println("llm265: note: " + input + ": " + note);
      }
      Deque<Future<byte[]>> inFlight = new ArrayDeque<>();
      int pictures = 0;
      for (Picture picture = source.next(); picture != null; picture = source.next()) {
        if (inFlight.size() > 2 * threads.count()) {
          out.write(tasks.result(inFlight.remove()));
        }
        Picture current = picture;
        int index = pictures++;
        inFlight.add(tasks.add(() -> encode(config, current, qp, index)));
      }
      while (!inFlight.isEmpty()) {
        out.write(tasks.result(inFlight.remove()));
      }
      if (pictures == 0) {
        throw new IOException(input + ": no pictures");
      }
      out.flush();
      file.commit();
    }
    return 0;
  }

  private SourceOptions sourceOptions() {
    Boolean fullRange = range == null ? null : (Boolean) (range == Range.FULL);
    return new SourceOptions(monochrome, depth == null ? 0 : depth, quality.lossless, fullRange, matrix);
  }

  private void tellOfRounding(PictureSource source) {
    PictureFormat format = source.format();
    if (format.width(0) != source.width() || format.height(0) != source.height()) {
      spec.commandLine().getErr()
          .println("llm265: note: " + source.width() + "x" + source.height() + " becomes " + format.width(0)
          + "x" + format.height(0) + ", as 4:2:0 has even sizes; --monochrome keeps odd ones");
    }
  }

  private EncoderConfig config() {
    EncoderConfig config = EncoderConfig.IMAGE.withSlicesPerPicture(slices).withRoundingOffset(PICTURE_ROUNDING);
    config = monochrome ? config.withChroma(ChromaFormat.MONOCHROME) : config;
    if (quality.lossless) {
      return config.withLossless(true);
    }
    return noDeblocking ? config.withDeblocking(EncoderConfig.Deblocking.OFF) : config;
  }

  private byte[] encode(EncoderConfig config, Picture picture, int qp, int index) {
    H264IntraEncoder encoder = idle.poll();
    if (encoder == null) {
      encoder = new H264IntraEncoder(config, picture.format());
    }
    byte[] coded = encoder.encode(picture, qp, index).slices();
    idle.add(encoder);
    return coded;
  }
}
