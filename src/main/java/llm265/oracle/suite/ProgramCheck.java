package llm265.oracle.suite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.SeqParameterSet;
import llm265.image.PictureDump;
import llm265.oracle.StreamComparison.Difference;
import llm265.program.TemporaryFolder;
import llm265.program.WatchedProgram;
import llm265.program.WatchedProgram.End;
import llm265.program.WatchedProgram.Ended;

/**
 * Checks another program.
 *
 * <p>A sound stream passes if the program ends by itself with status 0 and has written the right samples, all and no more. A
 * malformed stream passes if the program ends by itself, with whatever status, within its time, and writes no more than the
 * stream's slices could be pictures: what it makes of damage is its own affair, but it must survive it.
 */
public final class ProgramCheck extends StreamCheck {
  /** A sample may take two bytes where one would do, and a picture chroma that it has not. */
  private static final int ROOM = 3;

  private static final long LEAST_ROOM = 1 << 20;

  private final TestedProgram program;
  private final Duration timeout;
  private final long mostBytes;

  /**
   * A check.
   *
   * @param timeout of one stream, and of each time that our decoder decodes it
   * @param mostBytes that a run may write, if the stream's own size allows as much
   */
  public ProgramCheck(TestedProgram program, Duration timeout, long mostBytes) {
    this.program = program;
    this.timeout = timeout;
    this.mostBytes = mostBytes;
  }

  @Override
  String decoder() {
    return program.name();
  }

  @Override
  SuiteResult check(SuiteStream stream, MemorySegment bytes) throws IOException {
    Optional<String> refusal = program.refusal(bytes);
    if (refusal.isPresent()) {
      return SuiteResult.leftOut(stream, refusal.get());
    }
    try {
      return checkFor(stream, bytes);
    } catch (TimeoutException e) {
      return SuiteResult.failed(stream, "our decoder " + LimitedWork.didNotEnd(timeout) + ", so " + program.name()
          + " has nothing to be compared with");
    }
  }

  private SuiteResult checkFor(SuiteStream stream, MemorySegment bytes) throws IOException, TimeoutException {
    boolean nothingKnown = !stream.malformed() && stream.expected().all().isEmpty() && stream.expected().dump() == null;
    if (nothingKnown && LimitedWork.within(timeout, () -> OwnDecoding.of(bytes, ExpectedSamples.MD5)).hasLoneFields()) {
      return SuiteResult.leftOut(stream, "has a field without the other one of its frame, of which decoders make this or that");
    }
    try (TemporaryFolder folder = new TemporaryFolder("llm265-verify")) {
      return run(stream, bytes, folder.path());
    }
  }

  private SuiteResult run(SuiteStream stream, MemorySegment bytes, Path folder) throws IOException, TimeoutException {
    Path output = folder.resolve("samples.yuv");
    long limit = Math.min(mostBytes, mostOf(stream, bytes));
    Ended ended = program.decode(new WatchedProgram(timeout, limit), stream.file(), bytes, folder, output);
    String killed = switch (ended.end()) {
      case TOOK_TOO_LONG -> LimitedWork.didNotEnd(timeout);
      case WROTE_TOO_MUCH -> "wrote more than " + limit + " bytes";
      case DIED_OF_A_SIGNAL -> "died of " + ended.signal() + said(ended);
      case EXITED -> "";
    };
    if (ended.end() != End.EXITED) {
      return SuiteResult.failed(stream, program.name() + " " + killed);
    }
    boolean isThere = Files.isRegularFile(output) && Files.size(output) > 0;
    if (stream.malformed()) {
      return SuiteResult.passed(stream, "ended with status " + ended.status() + ", "
          + (isThere ? Files.size(output) + " bytes of samples" : "no samples"));
    }
    String status = ended.status() == 0 ? "" : program.name() + " ended with status " + ended.status() + said(ended) + "; ";
    if (!isThere) {
      return stream.pictures() == 0 && ended.status() == 0 ? SuiteResult.passed(stream, "no pictures")
          : judge(stream, SuiteResult.failed(
              stream, status + program.name() + " wrote no samples" + (status.isEmpty() ? said(ended) : "")));
    }
    Optional<Difference> difference =
        LimitedWork.within(timeout, new OutputComparison(stream, bytes, output)::departure);
    return difference.isPresent() ? judge(stream, SuiteResult.failed(stream, status, difference.get()))
        : status.isEmpty() ? SuiteResult.passed(stream, "")
        : SuiteResult.failed(stream, status + "all samples are right");
  }

  /** A difference from samples that are no reference says nothing, nor one that a program is known for. */
  private SuiteResult judge(SuiteStream stream, SuiteResult failed) {
    String reason = stream.doubtful().isEmpty() ? program.departure(stream) : stream.doubtful();
    return reason.isEmpty() ? failed : SuiteResult.leftOut(stream, reason + ": " + failed.message());
  }

  private static String said(Ended ended) {
    return ended.last().isEmpty() ? "" : " (" + ended.last() + ")";
  }

  /** How much a stream's pictures can take: each has a slice, and none is larger than its parameter sets say. */
  private static long mostOf(SuiteStream stream, MemorySegment bytes) {
    long slices = 0;
    long largest = 0;
    try {
      for (NalUnit unit : NalUnits.of(bytes, DecoderLimits.DEFAULT)) {
        int type = unit.nalUnitType();
        slices += type >= NalUnit.SLICE_NON_IDR && type <= NalUnit.SLICE_IDR ? 1 : 0;
        largest = Math.max(largest, type == NalUnit.SPS ? pictureBytes(unit) : 0);
      }
    } catch (StreamException e) {
      // What has been counted must do.
    }
    long pictures = stream.malformed() ? slices : Math.max(slices, stream.pictures());
    return LEAST_ROOM + bytes.byteSize() + ROOM * pictures * largest;
  }

  private static long pictureBytes(NalUnit sps) {
    try {
      return PictureDump.pictureBytes(SeqParameterSet.parse(sps.rbsp().reader()).format());
    } catch (StreamException | ArithmeticException e) {
      return 0;
    }
  }
}
