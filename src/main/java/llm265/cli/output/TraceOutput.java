package llm265.cli.output;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.foreign.MemorySegment;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxText;

/** Writes the syntax trace of a stream, as text or as JSON lines, in the formats that docs/trace.md fixes. */
public final class TraceOutput {
  private static final int BUFFER = 1 << 16;
  private static final int LINES_BETWEEN_CHECKS = 1 << 12;

  private final Writer out;
  private long lines;

  private TraceOutput(Writer out) {
    this.out = out;
  }

  /**
   * Writes a trace.
   *
   * @param picture number of the only picture, or {@link StreamTrace#ALL}
   * @param mbAddr address of the only macroblock of each picture, or {@link StreamTrace#ALL}
   * @param target receives the trace; not closed
   * @return whether the stream has that picture or macroblock
   * @throws StreamException after the last line, if the stream is damaged or not decoded
   */
  public static boolean write(MemorySegment stream, int picture, int mbAddr, boolean json, Writer target) throws IOException {
    try (Writer buffered = new BufferedWriter(new Unclosed(target), BUFFER)) {
      TraceOutput output = new TraceOutput(buffered);
      return StreamTrace.trace(stream, DecoderLimits.DEFAULT, picture, mbAddr,
          json ? new TraceJson(output::line) : new SyntaxText(output::line));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void line(String line) {
    try {
      out.write(line);
      out.write('\n');
      // A trace can be a thousand times as long as its stream, so it ends once its reader has gone, as head does
      if (++lines % LINES_BETWEEN_CHECKS == 0 && System.out.checkError()) {
        throw new IOException("Broken pipe");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes on everything except close(). */
  private static final class Unclosed extends Writer {
    private final Writer out;

    Unclosed(Writer out) {
      this.out = out;
    }

    @Override
    public void write(char[] characters, int offset, int length) throws IOException {
      out.write(characters, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
