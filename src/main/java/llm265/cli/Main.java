package llm265.cli;

import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import llm265.h264.StreamException;
import llm265.model.ModelFormatException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command {@code llm265}.
 *
 * <p>Exit status: 0 success, 1 a check failed, 2 bad usage or bad input. An error is one line on standard error; with
 * {@code -Dllm265.debug=true} (in LLM265_OPTS) its stack trace follows.
 */
@Command(
    name = "llm265",
    description = "Compresses tensors with an H.264 intra codec, in streams that any H.264 decoder takes.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main implements Runnable {
  /** A check that the command was asked to make has failed. */
  static final int CHECK_FAILED = 1;

  /** The command cannot be run as given. */
  static final int BAD_INPUT = 2;

  /** Value of llm265.stderr where standard error is the same file as standard output. */
  private static final String STANDARD_OUTPUT = "stdout";

  private static final Map<String, Supplier<Object>> SUBCOMMANDS = new LinkedHashMap<>();

  static {
    SUBCOMMANDS.put("compress", CompressCommand::new);
    SUBCOMMANDS.put("decompress", DecompressCommand::new);
    SUBCOMMANDS.put("inspect", InspectCommand::new);
    SUBCOMMANDS.put("extract", ExtractCommand::new);
    SUBCOMMANDS.put("verify", VerifyCommand::new);
    SUBCOMMANDS.put("compare", CompareCommand::new);
    SUBCOMMANDS.put("h264", H264Command::new);
    SUBCOMMANDS.put("bench", BenchCommand::new);
    SUBCOMMANDS.put("demo", DemoCommand::new);
  }

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand");
  }

  /** The version of the jar, or that of a build from loose classes. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"llm265 " + (version == null ? "(development)" : version)};
    }
  }

  /** The command with its error handling. */
  static CommandLine commandLine() {
    return commandLine(SUBCOMMANDS.keySet());
  }

  /**
   * What some arguments need of it. The model of one subcommand takes tens of milliseconds to build, so that every start would pay for
   * them all.
   */
  private static CommandLine commandLineFor(String[] arguments) {
    if (arguments.length > 0 && SUBCOMMANDS.containsKey(arguments[0])) {
      return commandLine(Set.of(arguments[0]));
    }
    boolean onlyVersion = arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"));
    return onlyVersion ? commandLine(Set.of()) : commandLine();
  }

  private static CommandLine commandLine(Set<String> subcommands) {
    CommandLine commandLine = new CommandLine(new Main());
    subcommands.forEach(name -> commandLine.addSubcommand(name, SUBCOMMANDS.get(name).get()));
    commandLine.setExecutionExceptionHandler((exception, command, result) -> report(command, exception));
    commandLine.setParameterExceptionHandler((exception, arguments) -> {
      CommandLine command = exception.getCommandLine();
      command.getErr().println("llm265: " + describe(exception));
      if (arguments.length == 0) {
        command.usage(command.getErr());
      }
      return BAD_INPUT;
    });
    commandLine.registerConverter(Pattern.class, Main::pattern);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    return commandLine;
  }

  private static String describe(ParameterException exception) {
    CommandLine command = exception.getCommandLine();
    String message = oneLine(exception.getMessage()).replaceFirst("^Error: ", "");
    boolean unmatched = exception instanceof UnmatchedArgumentException;
    if (unmatched && !command.getSubcommands().isEmpty() && message.startsWith("Unmatched")) {
      message = "there is no command " + ((UnmatchedArgumentException) exception).getUnmatched().getFirst();
    }
    String help = unmatched || message.startsWith("Missing")
        ? "; see " + command.getCommandSpec().qualifiedName() + " --help"
        : "";
    return message + help;
  }

  private static Pattern pattern(String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException("'" + expression + "' is no regular expression: " + e.getDescription());
    }
  }

  public static void main(String[] arguments) {
    openStandardError();
    StandardOutput out = StandardOutput.install();
    int status;
    try {
      status = commandLineFor(arguments).execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println("llm265: out of memory; give Java more with LLM265_OPTS=-Xmx4g, or use fewer --threads");
      status = BAD_INPUT;
    }
    System.exit(out.failure().map(Main::reportOutput).orElse(status));
  }

  /** Opens the standard error that the launcher has kept free of the messages of Java itself. */
  private static void openStandardError() {
    String path = System.getProperty("llm265.stderr");
    if (path == null) {
      return;
    }
    if (path.equals(STANDARD_OUTPUT)) {
      // A second descriptor of one file would have a position of its own, and the two would write over each other.
      System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.out), true));
    } else {
      try {
        System.setErr(new PrintStream(new FileOutputStream(path, true), true));
      } catch (FileNotFoundException e) {
        // The launcher has tried it; should it fail all the same, standard error stays as Java has it.
      }
    }
  }

  private static int reportOutput(IOException failure) {
    if (!isBrokenPipe(failure)) {
      System.err.println("llm265: standard output: " + describe(failure));
    }
    return BAD_INPUT;
  }

  /** Whether the reader of our output has gone, as head does, which is no news to anybody. */
  private static boolean isBrokenPipe(Throwable exception) {
    return exception instanceof IOException && "Broken pipe".equals(exception.getMessage());
  }

  private static int report(CommandLine command, Throwable exception) {
    if (isBrokenPipe(exception)) {
      return BAD_INPUT;
    }
    command.getErr().println("llm265: " + describe(exception));
    if (Boolean.getBoolean("llm265.debug")) {
      exception.printStackTrace(command.getErr());
    }
    return exception instanceof CheckFailedException ? CHECK_FAILED : BAD_INPUT;
  }

  /** What went wrong, in one line. */
  static String describe(Throwable exception) {
    String message = switch (exception) {
      case NoSuchFileException e -> e.getFile() + ": " + (e.getReason() == null ? "no such file" : e.getReason());
      case AccessDeniedException e -> e.getFile() + ": " + (e.getReason() == null ? "access denied" : e.getReason());
      case FileSystemException e -> e.getFile() + ": " + (e.getReason() == null ? "cannot be used" : e.getReason());
      case OutOfMemoryError e -> "out of memory; give Java more with LLM265_OPTS=-Xmx4g, or use fewer --threads";
      case IOException e -> orName(e);
      case UncheckedIOException e -> describe(e.getCause());
      case StreamException e -> e.getMessage();
      case ModelFormatException e -> e.getMessage();
      case IllegalArgumentException e -> orName(e);
      case CheckFailedException e -> e.getMessage();
      default -> "internal error: " + exception;
    };
    return oneLine(message);
  }

  private static String orName(Throwable exception) {
    return exception.getMessage() == null ? exception.getClass().getSimpleName() : exception.getMessage();
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
