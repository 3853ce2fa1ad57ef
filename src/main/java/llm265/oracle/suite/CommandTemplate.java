package llm265.oracle.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line of a decoder, with places for the names of its files.
 *
 * <p>No shell reads it. Arguments are separated by spaces; between single or double quotation marks a space belongs to its
 * argument, and so does the other mark. A backslash is a character like any other. {@code {in}} and {@code {out}} may be parts of
 * arguments; without {@code {out}} the samples are what the program writes to standard output.
 */
public final class CommandTemplate {
  private static final String INPUT = "{in}";
  private static final String OUTPUT = "{out}";

  private final List<String> arguments;

  private CommandTemplate(List<String> arguments) {
    this.arguments = arguments;
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it has no place for the input, or a quotation mark has no second one
   */
  public static CommandTemplate of(String line) {
    List<String> arguments = new ArrayList<>();
    StringBuilder argument = new StringBuilder();
    boolean within = false;
    char mark = 0;
    for (char c : line.toCharArray()) {
      if (mark != 0) {
        if (c == mark) {
          mark = 0;
        } else {
          argument.append(c);
        }
      } else if (c == '"' || c == '\'') {
        mark = c;
        within = true;
      } else if (Character.isWhitespace(c)) {
        if (within) {
          arguments.add(argument.toString());
        }
        argument.setLength(0);
        within = false;
      } else {
        argument.append(c);
        within = true;
      }
    }
    if (mark != 0) {
      throw new IllegalArgumentException("--command " + line + ": a " + mark + " has no second one");
    }
    if (within) {
      arguments.add(argument.toString());
    }
    if (arguments.stream().noneMatch(text -> text.contains(INPUT))) {
      throw new IllegalArgumentException("--command " + line + ": it has no " + INPUT + ", where the stream's name belongs");
    }
    return new CommandTemplate(List.copyOf(arguments));
  }

  /** Whether the program writes samples to standard output. */
  boolean writesToStandardOutput() {
    return arguments.stream().noneMatch(argument -> argument.contains(OUTPUT));
  }

  /** The command for a stream. */
  List<String> fill(Path input, Path output) {
    return arguments.stream()
        .map(argument -> argument.replace(OUTPUT, output.toString()).replace(INPUT, input.toString()))
        .toList();
  }
}
