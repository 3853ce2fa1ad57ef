package llm265.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llm265 h264}: the codec by itself, for pictures. */
@Command(
    name = "h264",
    description = "Encodes images and video frames to H.264 intra streams, and decodes such streams.",
    mixinStandardHelpOptions = true,
    subcommands = {H264EncodeCommand.class, H264DecodeCommand.class})
final class H264Command implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand of h264");
  }
}
