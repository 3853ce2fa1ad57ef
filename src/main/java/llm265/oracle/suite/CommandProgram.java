package llm265.oracle.suite;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import llm265.program.WatchedProgram;

/** A decoder that a command line runs. */
public final class CommandProgram implements TestedProgram {
  private final CommandTemplate template;

  public CommandProgram(CommandTemplate template) {
    this.template = template;
  }

  @Override
  public String name() {
    return "the program";
  }

  @Override
  public WatchedProgram.Ended decode(WatchedProgram watch, Path file, MemorySegment bytes, Path folder, Path output)
      throws IOException {
    return watch.run(
        template.fill(file.toAbsolutePath(), output), folder, template.writesToStandardOutput() ? output : null);
  }
}
