package llm265.oracle.suite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import llm265.h264.StreamException;
import llm265.oracle.StreamComparison;

/**
 * Checks our own decoder, in this process.
 *
 * <p>A malformed stream passes if its fault is thrown or reported after exactly the pictures that stand before it.
 */
public final class OwnCheck extends StreamCheck {
  /** Decodes a stream. */
  interface Decoding {
    OwnDecoding of(MemorySegment stream, String algorithm);
  }

  private final Duration timeout;
  private final Decoding decoding;

  /**
   * A check.
   *
   * @param timeout of one stream
   */
  public OwnCheck(Duration timeout) {
    this(timeout, OwnDecoding::of);
  }

  OwnCheck(Duration timeout, Decoding decoding) {
    this.timeout = timeout;
    this.decoding = decoding;
  }

  @Override
  String decoder() {
    return "our decoder";
  }

  @Override
  SuiteResult check(SuiteStream stream, MemorySegment bytes) throws IOException {
    try {
      return LimitedWork.within(timeout, () -> decode(stream, bytes));
    } catch (TimeoutException e) {
      return SuiteResult.failed(stream, decoder() + " " + LimitedWork.didNotEnd(timeout));
    }
  }

  private SuiteResult decode(SuiteStream stream, MemorySegment bytes) throws IOException {
    OwnDecoding own = decoding.of(bytes, stream.expected().algorithm());
    if (stream.malformed()) {
      return checkMalformed(stream, own);
    }
    if (own.fault() != null) {
      return stream.doubtful().isEmpty() ? SuiteResult.failed(stream, own.fault().getMessage())
          : SuiteResult.leftOut(stream, stream.doubtful() + ": " + own.fault().getMessage());
    }
    ExpectedSamples expected = stream.expected();
    if (expected.dump() != null) {
      return checkAgainstDump(stream, bytes, own);
    }
    String wanted = own.hasOthers() ? expected.intra() : expected.all();
    boolean byPictures = !own.hasOthers() && !expected.pictures().isEmpty();
    if (wanted.isEmpty() && !byPictures) {
      return own.hasOthers()
          ? SuiteResult.leftOut(stream, "has P or B slices, and no digest of its I pictures alone is known")
          : SuiteResult.passed(stream, "decoded; nothing is known of its samples");
    }
    int other = byPictures ? own.digest().firstOther(expected.pictures()) : SuiteStream.NOT_TOLD;
    if (wanted.isEmpty() ? other < 0 : own.digest().isOfAll(wanted)) {
      return SuiteResult.passed(stream, own.hasOthers() ? "the I pictures" : "");
    }
    if (own.hasOthers() && own.isPartlyIntra()) {
      return SuiteResult.leftOut(stream, "frames of it are I pictures in part, and the digest is of whole frames");
    }
    return SuiteResult.failed(stream, (other >= 0 ? "picture " + other + " has another " : "the samples have another ")
        + expected.algorithm() + " than they should; our decoder has " + own.digest().count() + " pictures"
        + (stream.pictures() >= 0 && !own.hasOthers() ? " of " + stream.pictures() : ""));
  }

  private static SuiteResult checkMalformed(SuiteStream stream, OwnDecoding own) {
    StreamException fault = own.fault() == null ? own.note() : own.fault();
    if (fault == null) {
      return SuiteResult.failed(stream, "is malformed, and was decoded without a word");
    }
    if (stream.pictures() >= 0 && own.digest().count() != stream.pictures()) {
      return SuiteResult.failed(stream, own.digest().count() + " pictures came before the fault, not " + stream.pictures() + ": "
          + fault.getMessage());
    }
    return SuiteResult.passed(stream, "refused: " + fault.getMessage());
  }

  private static SuiteResult checkAgainstDump(SuiteStream stream, MemorySegment bytes, OwnDecoding own) throws IOException {
    Optional<StreamComparison.Difference> difference =
        OutputComparison.ofPictures(bytes, own, stream.expected().dump(), stream.expected().dump().getFileName().toString());
    return difference.map(found -> SuiteResult.failed(stream, "", found))
        .orElseGet(() -> SuiteResult.passed(stream, own.hasOthers() ? "the I pictures" : ""));
  }
}
