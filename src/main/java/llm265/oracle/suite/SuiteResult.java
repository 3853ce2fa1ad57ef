package llm265.oracle.suite;

import java.util.List;
import llm265.oracle.StreamComparison;

/**
 * What a decoder made of a stream.
 *
 * @param message one line: why it failed or was left out; of a success what is worth telling, or empty
 * @param syntax the macroblock of the first sample that differs with its syntax elements, a line each; may be empty
 * @param traceOptions the options with which inspect shows the bits of that macroblock; may be empty
 * @param seconds how long it took
 */
public record SuiteResult(
    SuiteStream stream, Outcome outcome, String message, List<String> syntax, String traceOptions, double seconds) {
  /** Left out are streams that say nothing about the decoder. */
  public enum Outcome { PASSED, FAILED, LEFT_OUT }

  static SuiteResult passed(SuiteStream stream, String message) {
    return new SuiteResult(stream, Outcome.PASSED, message, List.of(), "", 0);
  }

  static SuiteResult failed(SuiteStream stream, String message) {
    return new SuiteResult(stream, Outcome.FAILED, message, List.of(), "", 0);
  }

  static SuiteResult failed(SuiteStream stream, String before, StreamComparison.Difference difference) {
    return new SuiteResult(
        stream, Outcome.FAILED, before + difference.sentence(), difference.syntax(), difference.traceOptions(), 0);
  }

  static SuiteResult leftOut(SuiteStream stream, String reason) {
    return new SuiteResult(stream, Outcome.LEFT_OUT, reason, List.of(), "", 0);
  }

  SuiteResult withSeconds(double time) {
    return new SuiteResult(stream, outcome, message, syntax, traceOptions, time);
  }
}
