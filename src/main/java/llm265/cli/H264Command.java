package llm265.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llm265 h264}: the codec by itself, for pictures. */
@Command(
    name = "h264",
    description = "Encodes images and video frames to H.264 intra streams, decodes such streams, and makes streams to test "
        + "decoders with.",
    mixinStandardHelpOptions = true,
    subcommands = {H264EncodeCommand.class, H264DecodeCommand.class, H264GenerateCommand.class})
final class H264Command implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand of h264");
  }
}
