package llm265.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command line, run in this process, came to.
 *
 * @param status the exit status
 * @param out what it wrote to standard output through the command's writer
 * @param err what it wrote to standard error likewise
 */
public record CommandRun(int status, String out, String err) {
  /** Runs {@code llm265} with arguments; paths are given as they print. */
  public static CommandRun of(Object... arguments) {
    CommandLine commandLine = Main.commandLine();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    int status = commandLine.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    commandLine.getOut().flush();
    commandLine.getErr().flush();
    return new CommandRun(status, out.toString(), err.toString());
  }

  /** Runs a command that must succeed without a word on standard error, and gives its standard output. */
  public static String succeed(Object... arguments) {
    CommandRun run = of(arguments);
    if (run.status != 0 || !run.err.isEmpty()) {
      throw new AssertionError(Arrays.toString(arguments) + " came to " + run);
    }
    return run.out;
  }

  /** Runs a command that must succeed, and gives what it noted on standard error, without the prefixes. */
  static List<String> notes(Object... arguments) {
    CommandRun run = of(arguments);
    List<String> lines = run.err.lines().toList();
    if (run.status != 0 || !lines.stream().allMatch(line -> line.startsWith("llm265: note: "))) {
      throw new AssertionError(Arrays.toString(arguments) + " came to " + run);
    }
    return lines.stream().map(line -> line.substring("llm265: note: ".length())).toList();
  }

  /** Runs a command that must fail with that status and one line on standard error, and gives the line without its prefix. */
  static String fail(int status, Object... arguments) {
    CommandRun run = of(arguments);
    List<String> lines = run.err.lines().toList();
    if (run.status != status || lines.size() != 1 || !lines.getFirst().startsWith("llm265: ") || !run.out.isEmpty()) {
      throw new AssertionError(Arrays.toString(arguments) + " came to " + run);
    }
    return lines.getFirst().substring("llm265: ".length());
  }
}
