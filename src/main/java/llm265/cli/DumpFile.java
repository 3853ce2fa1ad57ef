package llm265.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import llm265.h264.decode.DecodingMode;
import llm265.image.PictureDump;
import llm265.image.RawDump;
import llm265.image.Y4mDump;
import llm265.oracle.StreamDump;

/** A file of pictures to compare with: a stream or .y4m, recognized by its first bytes; otherwise a raw dump. */
final class DumpFile {
  private DumpFile() {}

  static PictureDump open(Path file, DecodingMode mode, Arena arena) throws IOException {
    return open(InputFile.map(file, arena), mode, file.toString());
  }

  /** The pictures of a mapped file. */
  static PictureDump open(MemorySegment bytes, DecodingMode mode, String name) throws IOException {
    if (InputFile.isStream(bytes)) {
      return new StreamDump(bytes, mode, name);
    }
    byte[] magic = bytes.asSlice(0, Math.min(Y4mDump.MAGIC.length(), bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    InputStream in = InputFile.open(bytes);
    return new String(magic, StandardCharsets.US_ASCII).equals(Y4mDump.MAGIC)
        ? new Y4mDump(in, name) : new RawDump(in, bytes.byteSize());
  }
}
