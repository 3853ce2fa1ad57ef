package llm265.oracle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** FFmpeg's decoder, as a program that needs nothing on the machine: decodes a byte stream to planar samples. */
public final class FfmpegProgram {
  private FfmpegProgram() {}

  public static void main(String[] arguments) throws IOException {
    byte[] stream = Files.readAllBytes(Path.of(arguments[0]));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
      for (OraclePicture picture : FfmpegOracle.decodeWithWarts(stream)) {
        for (byte[] plane : picture.planes()) {
          out.write(plane);
        }
      }
    }
  }
}
