package llm265.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llm265 kv}: keys and values of language models. */
@Command(
    name = "kv",
    description = "Compresses dumps of KV caches, page by page, as programs that serve language models do.",
    mixinStandardHelpOptions = true,
    subcommands = {
      KvCompressCommand.class, KvDecompressCommand.class, KvInspectCommand.class, KvVerifyCommand.class,
      KvExtractCommand.class})
final class KvCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand of kv");
  }
}
