package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import llm265.CompressedModel;
import llm265.TensorDecoder;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.H264IntraDecoder;
import llm265.model.ModelFormatException;
import llm265.tensor.TensorStream;
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
      "With --against ffmpeg every stream is also decoded by the ffmpeg program, which must come to the same samples."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  /** Choices of --against. */
  enum Against {
    FFMPEG
  }

  @Parameters(paramLabel = "IN", description = "A compressed .safetensors file, or a .264 stream")
  private Path input;

  @Option(names = "--against", paramLabel = "ffmpeg", description = "Compare all samples with those of another decoder")
  private Against against;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  /** Something to check; an empty string is a success. */
  private record Check(String name, Callable<String> check) {}

  @Override
  public Integer call() throws IOException {
    FfmpegDecoder ffmpeg = null;
    if (against == Against.FFMPEG) {
      ffmpeg = FfmpegDecoder.find().orElseThrow(
          () -> new IllegalArgumentException("there is no ffmpeg program on the PATH: install the package ffmpeg"));
    }
    List<String> failures;
    int checks;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        Arena arena = Arena.ofShared()) {
      if (Arguments.isStream(input)) {
        List<Check> list = List.of(streamCheck(InputFile.map(input, arena), ffmpeg));
        checks = list.size();
        failures = run(list, executor);
      } else {
        try (CompressedModel model = CompressedModel.open(input)) {
          List<Check> list = modelChecks(model, ffmpeg);
          checks = list.size();
          failures = run(list, executor);
        }
      }
    }
    if (!failures.isEmpty()) {
      throw failure(failures, checks);
    }
    PrintWriter out = spec.commandLine().getOut();
    String what = Arguments.isStream(input) ? "the stream is" : checks == 1 ? "the tensor is" : "all " + checks + " tensors are";
    out.println(input + ": " + what + " intact" + (ffmpeg == null ? "" : ", every sample as ffmpeg decodes it"));
    out.flush();
    return 0;
  }

  /** Each failure is a line; the last one is left to the exception. */
  private CheckFailedException failure(List<String> failures, int checks) {
    if (failures.size() == 1) {
      return new CheckFailedException(failures.getFirst());
    }
    failures.forEach(line -> spec.commandLine().getErr().println("llm265: " + line));
    return new CheckFailedException(input + ": " + failures.size() + " of " + checks + " tensors failed");
  }

  private List<Check> modelChecks(CompressedModel model, FfmpegDecoder ffmpeg) {
    List<Check> checks = new ArrayList<>();
    for (CompressedModel.Tensor tensor : model.tensors()) {
      checks.add(new Check(input + ": tensor \"" + tensor.name() + '"', () -> {
        model.verify(tensor);
        return tensor.coded() && ffmpeg != null ? ffmpeg.firstDifference(tensor.data()).orElse("") : "";
      }));
    }
    return checks;
  }

  /** A stream by itself may hold a tensor or just pictures. */
  private Check streamCheck(MemorySegment stream, FfmpegDecoder ffmpeg) {
    return new Check(input.toString(), () -> {
      if (TensorStream.isTensor(stream)) {
        TensorDecoder.open(stream).verify();
      } else {
        int[] pictures = new int[1];
        H264IntraDecoder.decodeAll(stream, DecoderLimits.DEFAULT, threads.count(), picture -> pictures[0]++);
        if (pictures[0] == 0) {
          return "there is no picture in it";
        }
      }
      Optional<String> difference = ffmpeg == null ? Optional.empty() : ffmpeg.firstDifference(stream);
      return difference.orElse("");
    });
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
        // It names file and tensor itself.
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
