package llm265.hardware;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.program.Program;

/** The GPUs of this machine, as the program nvidia-smi of NVIDIA's driver tells them. */
public final class NvidiaDriver {
  private NvidiaDriver() {}

  /**
   * A GPU of this machine.
   *
   * @param name as the driver names it
   * @param driver the driver's version
   */
  public record Installed(String name, String driver) {}

  /**
   * The GPUs of this machine; none without the program.
   *
   * @throws IOException if the program is there and fails
   */
  public static List<Installed> gpus() throws IOException {
    Optional<Path> program = Program.find("nvidia-smi");
    return program.isEmpty() ? List.of()
        : parse(Program.output(List.of(program.get().toString(), "--query-gpu=name,driver_version", "--format=csv,noheader")));
  }

  static List<Installed> parse(String lines) {
    List<Installed> gpus = new ArrayList<>();
    for (String line : lines.lines().toList()) {
      int comma = line.lastIndexOf(',');
      if (comma > 0) {
        gpus.add(new Installed(line.substring(0, comma).strip(), line.substring(comma + 1).strip()));
      }
    }
    return gpus;
  }
}
