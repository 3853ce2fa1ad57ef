package llm265.cli;

import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import llm265.checkpoint.file.OutputFile;
import llm265.checkpoint.file.PrintableText;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.ErrorLine;
import llm265.cli.output.StandardOutput;
import llm265.cli.output.TextWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
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

  /** Set by the launcher: where standard error is. */
  private static final String STANDARD_ERROR = "llm265.stderr";

  /** Its value if standard error is the same file as standard output. */
  private static final String STANDARD_OUTPUT = "stdout";

  /** Names of descriptor 2, which the launcher leaves to Java's own messages. */
  private static final Set<String> STANDARD_ERROR_FILES = Set.of("/dev/stderr", "/dev/fd/2", "/proc/self/fd/2");

  /** Java's replacement for bytes of an argument that the locale cannot decode. */
  private static final String UNDECODABLE = "\ufffd";

  private static final Map<String, Supplier<Object>> SUBCOMMANDS = new LinkedHashMap<>();

  static {
    SUBCOMMANDS.put("compress", CompressCommand::new);
    SUBCOMMANDS.put("decompress", DecompressCommand::new);
    SUBCOMMANDS.put("inspect", InspectCommand::new);
    SUBCOMMANDS.put("extract", ExtractCommand::new);
    SUBCOMMANDS.put("verify", VerifyCommand::new);
    SUBCOMMANDS.put("compare", CompareCommand::new);
    SUBCOMMANDS.put("diff", DiffCommand::new);
    SUBCOMMANDS.put("view", ViewCommand::new);
    SUBCOMMANDS.put("eval", EvalCommand::new);
    SUBCOMMANDS.put("calibrate", CalibrateCommand::new);
    SUBCOMMANDS.put("generate", GenerateCommand::new);
    SUBCOMMANDS.put("h264", H264Command::new);
    SUBCOMMANDS.put("data", DataCommand::new);
    SUBCOMMANDS.put("kv", KvCommand::new);
    SUBCOMMANDS.put("bench", BenchCommand::new);
    SUBCOMMANDS.put("gpus", GpusCommand::new);
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
   * The part of the command that given arguments need. The model of one subcommand takes tens of milliseconds to build, so
   * otherwise every start would pay for all of them.
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
    return withRules(commandLine);
  }

  /** The same command with the rules of all: how options are read, what errors look like, and what the exit status means. */
  public static CommandLine withRules(CommandLine commandLine) {
    commandLine.setExecutionExceptionHandler((exception, command, result) -> report(command, exception));
    commandLine.setParameterExceptionHandler((exception, arguments) -> {
      CommandLine command = exception.getCommandLine();
      command.getErr().println("llm265: " + describe(exception));
      if (arguments.length == 0) {
        command.usage(command.getErr());
      }
      return BAD_INPUT;
    });
    commandLine.setExecutionStrategy(Main::run);
    commandLine.registerConverter(Pattern.class, Main::pattern);
    commandLine.registerConverter(Path.class, Main::path);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    return commandLine;
  }

  /** Runs the command, with one rule for all output: it is text, and it does not go where the command's file goes. */
  private static int run(ParseResult parsed) {
    // Settings of the whole command apply to its subcommands.
    CommandLine whole = parsed.commandSpec().commandLine();
    PrintWriter err = new TextWriter(whole.getErr());
    OptionSpec output = parsed.asCommandLineList().getLast().getCommandSpec().findOption("-o");
    boolean holdsFile = output != null && output.getValue() instanceof Path path && OutputFile.isStandardOutput(path);
    whole.setOut(holdsFile ? err : new TextWriter(whole.getOut()));
    whole.setErr(err);
    return new RunLast().execute(parsed);
  }

  private static String describe(ParameterException exception) {
    CommandLine command = exception.getCommandLine();
    String message = ErrorLine.oneLine(exception.getMessage()).replaceFirst("^Error: ", "");
    boolean unmatched = exception instanceof UnmatchedArgumentException;
    if (unmatched && !command.getSubcommands().isEmpty() && message.startsWith("Unmatched")) {
      message = "there is no command " + ((UnmatchedArgumentException) exception).getUnmatched().getFirst();
    }
    String help = unmatched || message.startsWith("Missing")
        ? "; see " + command.getCommandSpec().qualifiedName() + " --help"
        : "";
    return message + help;
  }

  /** A file by its name; a name of standard error means the file that the launcher has kept free. */
  private static Path path(String name) {
    String standardError = System.getProperty(STANDARD_ERROR);
    if (standardError != null && STANDARD_ERROR_FILES.contains(name)) {
      return Path.of(standardError.equals(STANDARD_OUTPUT) ? "/dev/stdout" : standardError);
    }
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + PrintableText.of(name) + "' is not a file name: " + e.getReason());
    }
    if (name.contains(UNDECODABLE) && !Files.exists(path)) {
      throw new TypeConversionException("'" + PrintableText.of(name) + "' has bytes in it that are not " + argumentEncoding()
          + "; give the file another name, or set LC_ALL to a locale of the encoding that the name is in");
    }
    return path;
  }

  private static String argumentEncoding() {
    return System.getProperty("sun.jnu.encoding", "UTF-8");
  }

  /**
   * Whether all arguments, and the folder, are as they were given: what Java cannot decode is lost before the program sees it.
   */
  private static boolean areDecoded(String[] arguments) {
    return argumentEncoding().equals("UTF-8")
        || Stream.concat(Arrays.stream(arguments), Stream.of(System.getProperty("user.dir")))
            .noneMatch(name -> name.contains(UNDECODABLE));
  }

  private static Pattern pattern(String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException("'" + expression + "' is not a regular expression: " + e.getDescription());
    }
  }

  public static void main(String[] arguments) {
    openStandardError();
    StandardOutput out = StandardOutput.install();
    int status;
    try {
      status = areDecoded(arguments) ? execute(arguments) : reportEncoding();
    } catch (OutOfMemoryError e) {
      System.err.println("llm265: out of memory; give Java more with LLM265_OPTS=-Xmx4g, or use fewer --threads");
      status = BAD_INPUT;
    }
    System.exit(out.failure().map(Main::reportOutput).orElse(status));
  }

  /** Text is UTF-8 in every locale: names out of files have characters that the locale may lack. */
  private static int execute(String[] arguments) {
    CommandLine commandLine = commandLineFor(arguments);
    commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    int status = commandLine.execute(arguments);
    commandLine.getOut().flush();
    return status;
  }

  private static int reportEncoding() {
    System.err.println("llm265: the arguments, or this folder's name, have characters that the locale's encoding "
        + argumentEncoding() + " lacks; set LC_ALL=C.UTF-8, or another UTF-8 locale of this machine");
    return BAD_INPUT;
  }

  /** Opens the standard error that the launcher has kept free of Java's own messages. */
  private static void openStandardError() {
    String path = System.getProperty(STANDARD_ERROR);
    if (path == null) {
      return;
    }
    if (path.equals(STANDARD_OUTPUT)) {
      // A second descriptor of the same file would have its own position, and the two would overwrite each other.
      System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    } else {
      try {
        System.setErr(new PrintStream(new FileOutputStream(path, true), true, StandardCharsets.UTF_8));
      } catch (FileNotFoundException e) {
        // The launcher has tried it; if it fails nevertheless, standard error stays as Java opened it.
      }
    }
  }

  private static int reportOutput(IOException failure) {
    if (!isBrokenPipe(failure)) {
      System.err.println("llm265: standard output: " + ErrorLine.of(failure));
    }
    return BAD_INPUT;
  }

  /** Whether the reader of our output has gone, as head does; this needs no message. */
  private static boolean isBrokenPipe(Throwable exception) {
    String reason = exception instanceof FileSystemException e ? e.getReason() : exception.getMessage();
    return exception instanceof IOException && "Broken pipe".equals(reason);
  }

  private static int report(CommandLine command, Throwable exception) {
    if (isBrokenPipe(exception)) {
      return BAD_INPUT;
    }
    command.getErr().println("llm265: " + ErrorLine.of(exception));
    if (Boolean.getBoolean("llm265.debug")) {
      exception.printStackTrace(command.getErr());
    }
    return exception instanceof CheckFailedException ? CHECK_FAILED : BAD_INPUT;
  }
}
