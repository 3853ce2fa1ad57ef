package llm265.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import llm265.h264.PictureFormat;
import llm265.image.PictureDump;
import llm265.image.RawDump;

/** The pictures that the {@code ffmpeg} program makes from a stream: one process for each part of it, one after another. */
final class FfmpegRun implements PictureDump {
  private final FfmpegCommand command;
  private final boolean everyFrame;
  private final Iterator<FfmpegInput> parts;
  private final StringBuilder messages = new StringBuilder();
  private Process process;
  private Thread feeder;
  private Thread listener;
  private PictureDump pictures;
  private int status;

  /**
   * Starts the first process.
   *
   * @param everyFrame whether frames are needed even if they are not whole, since frames that they are predicted from are
   *     missing
   */
  FfmpegRun(FfmpegCommand command, List<FfmpegInput> parts, boolean everyFrame) throws IOException {
    this.command = command;
    this.everyFrame = everyFrame;
    this.parts = parts.iterator();
    start();
  }

  private void start() throws IOException {
    FfmpegInput part = parts.next();
    process = new ProcessBuilder(command.of(part, everyFrame, "pipe:0", "pipe:1"))
        .redirectError(ProcessBuilder.Redirect.PIPE)
        .start();
    OutputStream in = process.getOutputStream();
    InputStream err = process.getErrorStream();
    feeder = Thread.ofVirtual().start(() -> part.writeTo(in));
    listener = Thread.ofVirtual().start(() -> listen(err));
    PictureDump raw = new RawDump(process.getInputStream(), -1);
    pictures = command.engine().isNvdec() ? new Nv12Dump(raw) : raw;
  }

  private void listen(InputStream from) {
    try (from) {
      String said = new String(from.readNBytes(1 << 16), StandardCharsets.UTF_8);
      synchronized (messages) {
        messages.append(said);
      }
      from.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // No more messages follow.
    }
  }

  @Override
  public byte[] next(PictureFormat format) throws IOException {
    byte[] picture = pictures.next(format);
    while (picture.length == 0 && parts.hasNext()) {
      finish();
      start();
      picture = pictures.next(format);
    }
    return picture;
  }

  @Override
  public long left() throws IOException {
    long left = pictures.left();
    while (parts.hasNext()) {
      finish();
      start();
      left += pictures.left();
    }
    return left;
  }

  /** Waits until the process has ended; all its pictures must have been read. */
  private void finish() throws IOException {
    try {
      pictures.close();
      feeder.join();
      listener.join();
      int ended = process.waitFor();
      status = status == 0 ? ended : status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while ffmpeg ran", e);
    }
  }

  /** FFmpeg's first complaint, or an empty string. Must be called last. */
  String complaint() throws IOException {
    finish();
    return status == 0 && messages.isEmpty() ? "" : messages.toString().lines().findFirst().orElse("status " + status);
  }

  /** Whether a process has failed. */
  boolean hasFailed() {
    return status != 0;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    pictures.close();
  }
}
