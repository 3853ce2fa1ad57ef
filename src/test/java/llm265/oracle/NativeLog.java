package llm265.oracle;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** What FFmpeg's libraries say at the level of errors; nothing goes to the console. */
final class NativeLog extends LogCallback {
  private static final NativeLog INSTANCE = new NativeLog();
  private final List<String> errors = new ArrayList<>();

  private NativeLog() {}

  /** Takes over the log of this process, once. */
  static void capture() {
    avutil.av_log_set_level(avutil.AV_LOG_WARNING);
    avutil.setLogCallback(INSTANCE);
  }

  @Override
  public void call(int level, BytePointer message) {
    String text = message.getString().strip();
    // An option that x264 cannot parse is but a warning to FFmpeg.
    if (level <= avutil.AV_LOG_ERROR || text.contains("Error parsing option")) {
      synchronized (errors) {
        errors.add(text);
      }
    }
  }

  /** The errors since the last call. */
  static List<String> takeErrors() {
    synchronized (INSTANCE.errors) {
      List<String> taken = List.copyOf(INSTANCE.errors);
      INSTANCE.errors.clear();
      return taken;
    }
  }
}
