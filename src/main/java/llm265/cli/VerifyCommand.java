package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import llm265.TensorDecoder;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.file.ForeignFormat;
import llm265.checkpoint.file.ModelFormatException;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.CompressionNotes;
import llm265.cli.output.Notes;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.image.PictureDump;
import llm265.model.CompressedModel;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.NvdecDecoder;
import llm265.oracle.StreamComparison;
import llm265.oracle.StreamNotes;
import llm265.oracle.suite.FfmpegProgram;
import llm265.oracle.suite.StreamCheck;
import llm265.oracle.suite.Suite;
import llm265.parallel.Workers;
import llm265.tensor.decode.TensorStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 verify}. */
@Command(
    name = "verify",
    description = {
      "Decodes everything in a compressed file and checks its checksums.",
      "Of a model's folder, its files of weights are checked.",
      "Of a folder of streams, every one is decoded, and its samples are compared with what its MANIFEST.tsv says, or a "
          + "conformance suite's files beside it.",
      "With --command another decoder is tried instead of ours. A malformed stream is survived if the program ends by itself.",
      "With --against ffmpeg the ffmpeg program decodes every stream too, and must get the same samples. Where the PATH has no "
          + "ffmpeg, Maven fetches one (up to 28 MB).",
      "With --against nvdec that is NVDEC, through an ffmpeg that reaches it. Streams that are not for NVDEC are told, and no "
          + "failures.",
      "With --against FILE the pictures of one stream are compared with a dump that another decoder has made of it (raw planar "
          + "samples as ffmpeg -f rawvideo writes them, or .y4m), or with those of another stream.",
      "Where samples differ, the first one is shown with its macroblock and the macroblock's syntax elements."
    },
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "IN",
      description = "A compressed .safetensors file; a stream: .264, or in an .mp4 or .mov file; or a folder of either")
  private Path input;

  @Option(
      names = "--against",
      paramLabel = "ffmpeg|nvdec|FILE",
      description = "Compare all samples with those of another decoder: the ffmpeg program, NVDEC, a .yuv or .y4m file, or "
          + "another stream")
  private String against;

  @Option(
      names = "--intra-only",
      description = "Check only the pictures that have only I slices, of a stream that has others too")
  private boolean intraOnly;

  @Option(
      names = "--base",
      paramLabel = "A",
      description = "Of a compressed model: the one that its tensors are told from, if it is not beside it")
  private Path base;

  @Mixin private FfmpegOption ffmpegOption;

  @Mixin private ThreadsOption threads;

  @Mixin private FolderVerification folder;

  @Spec private CommandSpec spec;

  /** Models that a model's tensors are told from, the nearest first. */
  private final List<Path> links = new ArrayList<>();

  private final StreamNotes notes = new StreamNotes();

  /** Number of streams that NVDEC is not asked to decode. */
  private final AtomicInteger notForNvdec = new AtomicInteger();

  /** Something to check; an empty string is a success. */
  private record Check(String name, Callable<String> check) {}

  @Override
  public Integer call() throws IOException {
    boolean isModel = isModelFolder();
    if (Files.isDirectory(input) && !isModel || folder.hasOptions()) {
      verifySuite();
      return 0;
    }
    boolean byFfmpeg = isProgram();
    Optional<String> foreign = isModel || Arguments.isStream(input) ? Optional.empty() : ForeignFormat.of(input);
    if (foreign.isPresent() && (intraOnly || against != null)) {
      throw new IllegalArgumentException(input + ": " + foreign.get());
    }
    if (intraOnly && !Arguments.isStream(input)) {
      throw new IllegalArgumentException("--intra-only is for streams, and " + input + " is not a stream");
    }
    if (Arguments.isStream(input)) {
      verifyStream(byFfmpeg);
    } else if (against != null && !byFfmpeg) {
      throw new IllegalArgumentException("--against " + against + " takes a stream, and " + input
          + " is not a stream; extract writes that of a tensor");
    } else {
      verifyModel(byFfmpeg);
    }
    return 0;
  }

  /** Whether the input is a folder with weights in safetensors, rather than streams. */
  private boolean isModelFolder() throws IOException {
    return Files.isDirectory(input) && (Files.exists(input.resolve(CheckpointFolder.WEIGHTS))
        || CheckpointFolder.find(input).filter(file -> file.toString().contains(".safetensors")).isPresent());
  }

  /** Whether the other decoder is a program rather than a file. */
  private boolean isProgram() {
    return against != null && (against.equalsIgnoreCase("ffmpeg") || isNvdec());
  }

  private boolean isNvdec() {
    return against != null && against.equalsIgnoreCase("nvdec");
  }

  /** What the other program is called. */
  private String program() {
    return isNvdec() ? "NVDEC" : "ffmpeg";
  }

  private FfmpegDecoder findFfmpeg() throws IOException {
    FfmpegDecoder ffmpeg = ffmpegOption.find(line -> Notes.print(spec, line));
    return isNvdec() ? NvdecDecoder.find(ffmpeg).decoder() : ffmpeg;
  }

  private void verifySuite() throws IOException {
    if (intraOnly || against != null && (folder.hasCommand() || !isProgram())) {
      throw new IllegalArgumentException(intraOnly ? "--intra-only is for single streams"
          : "--against " + against + " goes neither with folders nor with --command, --junit and --csv"
              + (isProgram() ? ": --command is another decoder itself" : ""));
    }
    Suite suite = Files.isDirectory(input) ? Suite.open(input) : Suite.of(input);
    StreamCheck check = folder.hasCommand() ? folder.ofCommand()
        : against == null ? folder.ofOurs() : folder.of(new FfmpegProgram(findFfmpeg()));
    folder.run(input, suite, check, threads.count());
  }

  private void verifyModel(boolean byFfmpeg) throws IOException {
    List<String> failures;
    int checks;
    long withoutPictures;
    boolean hasPictures;
    try (CompressedModel model = CompressedModel.open(input, base);
        ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      requireHeader(model);
      withoutPictures = model.tensors().stream().filter(VerifyCommand::isWithoutPictures).count();
      hasPictures = model.tensors().stream().filter(CompressedModel.Tensor::isStream).count() > withoutPictures;
      List<Check> list = modelChecks(input, model, byFfmpeg && hasPictures ? findFfmpeg() : null);
      checks = list.size();
      failures = run(list, executor);
      if (failures.isEmpty()) {
        CompressionNotes.ofQuality(model).forEach(note -> Notes.print(spec, note));
      }
    }
    if (!failures.isEmpty()) {
      throw CheckFailedException.ofTensors(spec, input, failures, checks);
    }
    print((checks == 1 ? "the tensor is" : "all " + checks + " tensors are") + " intact"
        + (byFfmpeg && hasPictures ? ", every sample as " + program() + " decodes it" : "")
        + (links.isEmpty() ? "" : "; told from " + links.stream().map(Path::toString).collect(Collectors.joining(", from "))));
    if (byFfmpeg && withoutPictures > 0) {
      Notes.print(spec, input + ": " + Notes.count(withoutPictures, "tensor") + " without pictures, which " + program()
          + " does not decode");
    }
    if (notForNvdec.get() > 0) {
      Notes.print(spec, input + ": " + Notes.count(notForNvdec.get(), "tensor") + " not for NVDEC, such as lossless pictures or "
          + "deep samples are");
    }
  }

  /** Checks the header of the file that the model was made of, if it is kept. */
  private static void requireHeader(CompressedModel model) {
    try {
      model.sourceHeader();
    } catch (ModelFormatException e) {
      throw new CheckFailedException(e.getMessage());
    }
  }

  private static boolean isWithoutPictures(CompressedModel.Tensor tensor) {
    return tensor.isStream() && TensorStream.isWithoutPictures(tensor.data());
  }

  private void print(String verdict) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(input + ": " + verdict);
    out.flush();
  }

  private void verifyStream(boolean byFfmpeg) throws IOException {
    try (Arena arena = Arena.ofShared();
        ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      Workers workers = new Workers(executor, threads.count());
      MemorySegment stream = against == null ? InputFile.mapStream(input, arena) : InputFile.mapPictures(input, arena);
      Optional<StreamComparison.Difference> difference;
      try {
        boolean tensor = TensorStream.isTensor(stream);
        if (tensor) {
          TensorDecoder.open(stream).verify();
        }
        if (against == null) {
          if (!tensor) {
            requirePictures(stream, workers);
          }
          difference = Optional.empty();
        } else {
          difference = byFfmpeg ? differenceFromProgram(stream, workers)
              : differenceFromFile(stream, Path.of(against), arena, workers);
        }
      } catch (StreamException e) {
        throw new CheckFailedException(input + ": " + StreamComparison.message(e));
      }
      if (difference.isPresent()) {
        PrintWriter out = spec.commandLine().getOut();
        difference.get().syntax().forEach(out::println);
        if (!difference.get().traceOptions().isEmpty()) {
          out.println("its bits: llm265 inspect " + input + " " + difference.get().traceOptions());
        }
        out.flush();
        throw new CheckFailedException(input + ": " + difference.get().sentence());
      }
    }
    notes.line(input).ifPresent(note -> Notes.print(spec, note));
    print((intraOnly ? "the pictures that have only I slices are intact" : "the stream is intact")
        + (against == null || notForNvdec.get() > 0 ? ""
            : ", every sample as " + (byFfmpeg ? program() + " decodes it" : "in " + against)));
  }

  private Optional<StreamComparison.Difference> differenceFromProgram(MemorySegment stream, Workers workers) throws IOException {
    FfmpegDecoder decoder = findFfmpeg();
    Optional<String> refusal = isNvdec() ? NvdecDecoder.refusal(stream) : Optional.empty();
    if (refusal.isPresent()) {
      notForNvdec.incrementAndGet();
      Notes.print(spec, input + ": " + refusal.get());
      requirePictures(stream, workers);
      return Optional.empty();
    }
    return decoder.difference(stream, mode(), workers, notes);
  }

  private DecodingMode mode() {
    return intraOnly ? DecodingMode.INTRA_ONLY : DecodingMode.STRICT;
  }

  private void requirePictures(MemorySegment stream, Workers workers) {
    int[] pictures = new int[1];
    H264IntraDecoder.decodeAll(
        stream, DecoderLimits.DEFAULT, mode(), workers, PictureReceiver.passing(new PictureReceiver() {
          @Override
          public void picture(DecodedPicture decoded) {
            pictures[0]++;
          }

          @Override
          public void noted(StreamException fault) {
            notes.add(fault);
          }
        }));
    if (pictures[0] == 0) {
      throw new CheckFailedException(input + ": there is no picture in it" + (intraOnly ? " that has only I slices" : "")
          + notes.asReason());
    }
  }

  private Optional<StreamComparison.Difference> differenceFromFile(
      MemorySegment stream, Path file, Arena arena, Workers workers) throws IOException {
    try (PictureDump dump = DumpFile.open(file, mode(), arena)) {
      return StreamComparison.of(stream, mode(), dump, against, workers, notes);
    }
  }

  /** Prints a line for each failure, except the one that the exception reports. */
  /** Checks of a model's tensors, and first of those of the models that they are told from. */
  private List<Check> modelChecks(Path path, CompressedModel model, FfmpegDecoder ffmpeg) {
    List<Check> checks = new ArrayList<>();
    model.basePath().ifPresent(base -> {
      links.add(base);
      model.base().ifPresent(compressed -> checks.addAll(modelChecks(base, compressed, ffmpeg)));
    });
    for (CompressedModel.Tensor tensor : model.tensors()) {
      checks.add(new Check(path + ": tensor \"" + tensor.name() + '"', () -> {
        model.verify(tensor);
        if (!tensor.isStream() || ffmpeg == null || isWithoutPictures(tensor)) {
          return "";
        }
        if (isNvdec() && NvdecDecoder.refusal(tensor.data()).isPresent()) {
          notForNvdec.incrementAndGet();
          return "";
        }
        return ffmpeg.difference(tensor.data()).map(StreamComparison.Difference::sentence).orElse("");
      }));
    }
    return checks;
  }

  private static List<String> run(List<Check> checks, ExecutorService executor) throws IOException {
    List<Future<String>> results = new ArrayList<>();
    checks.forEach(check -> results.add(executor.submit(check.check())));
    List<String> failures = new ArrayList<>();
    for (int i = 0; i < checks.size(); i++) {
      String failure = result(checks.get(i), results.get(i));
      if (!failure.isEmpty()) {
        failures.add(failure);
      }
    }
    return failures;
  }

  private static String result(Check check, Future<String> future) throws IOException {
    try {
      String failure = future.get();
      return failure.isEmpty() ? "" : check.name() + ": " + failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ModelFormatException fault) {
        // The message names file and tensor already.
        return fault.getMessage();
      }
      if (e.getCause() instanceof StreamException fault) {
        return check.name() + ": " + fault.getMessage();
      }
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
