package llm265.cli.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.PrintableText;
import llm265.h264.StreamException;

/** Describes in one line what went wrong. */
public final class ErrorLine {
  private ErrorLine() {}

  public static String of(Throwable exception) {
    String message = switch (exception) {
      case NoSuchFileException e -> e.getFile() + ": " + (e.getReason() == null ? "no such file" : e.getReason());
      case AccessDeniedException e -> e.getFile() + ": " + (e.getReason() == null ? "access denied" : e.getReason());
      case FileSystemException e -> e.getFile() + ": " + (e.getReason() == null ? "cannot be used" : e.getReason());
      case OutOfMemoryError e -> "out of memory; give Java more with LLM265_OPTS=-Xmx4g, or use fewer --threads";
      case IOException e -> orName(e);
      case UncheckedIOException e -> of(e.getCause());
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

  public static String oneLine(String message) {
    return PrintableText.of(message.strip().replaceAll("\\s*\\R\\s*", "; "));
  }
}
