package llm265.oracle.suite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import llm265.program.WatchedProgram;

/** A decoder that is another program. */
public interface TestedProgram {
  /** What it is called in messages. */
  String name();

  /** Why a stream is not for this decoder; empty if it is. */
  default Optional<String> refusal(MemorySegment stream) {
    return Optional.empty();
  }

  /** Why the program is known to make other samples of a stream than the standard prescribes; empty if it is not. */
  default String departure(SuiteStream stream) {
    return "";
  }

  /**
   * Has the program decode a stream.
   *
   * @param file the stream's file
   * @param bytes its contents
   * @param folder empty folder of this run
   * @param output file there that must have the samples afterwards, planar or as .y4m
   * @throws IOException if the program cannot be started
   */
  WatchedProgram.Ended decode(WatchedProgram watch, Path file, MemorySegment bytes, Path folder, Path output) throws IOException;
}
