package llm265.cli.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Standard output that remembers its failure, which a {@link PrintStream} would hide. */
public final class StandardOutput extends FilterOutputStream {
  private IOException failure;

  private StandardOutput(OutputStream out) {
    super(out);
  }

  /** Installs it as {@link System#out}. */
  public static StandardOutput install() {
    StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(output, false, StandardCharsets.UTF_8));
    return output;
  }

  /** The first failure to write, if any. */
  public Optional<IOException> failure() {
    System.out.flush();
    return Optional.ofNullable(failure);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }
}
