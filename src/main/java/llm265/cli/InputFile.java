package llm265.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Optional;
import llm265.checkpoint.file.ForeignFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.SeqParameterSet;
import llm265.tensor.decode.TensorStream;

/** Reads a whole file: maps a regular file, and reads any other to its end. */
final class InputFile {
  /** A leading zero_byte and a start code. */
  private static final int LONGEST_START_CODE = 4;

  private static final int FIRST_NAL_UNITS = 4;

  private InputFile() {}

  /** The bytes of a file, or of standard input for {@code -}, as long as the arena lives. */
  static MemorySegment map(Path path, Arena arena) throws IOException {
    if (path.toString().equals("-")) {
      return MemorySegment.ofArray(System.in.readAllBytes());
    }
    if (Files.isDirectory(path)) {
      throw new IOException(path + ": is a directory");
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (!Files.isRegularFile(path)) {
      return MemorySegment.ofArray(Files.readAllBytes(path));
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  /**
   * The bytes of a stream, as {@link #map} gives them.
   *
   * @throws IOException if the file cannot be read, or by its first bytes is of a format that is no H.264 stream
   */
  static MemorySegment mapStream(Path path, Arena arena) throws IOException {
    MemorySegment bytes = map(path, arena);
    Optional<String> foreign = isStream(bytes) ? Optional.empty() : ForeignFormat.of(bytes);
    if (foreign.isPresent()) {
      throw new IOException(path + ": " + foreign.get());
    }
    return bytes;
  }

  /**
   * The bytes of a stream of pictures, as {@link #mapStream}.
   *
   * @throws IOException also if it is a tensor's that has no pictures
   */
  static MemorySegment mapPictures(Path path, Arena arena) throws IOException {
    MemorySegment bytes = mapStream(path, arena);
    if (TensorStream.isWithoutPictures(bytes)) {
      throw new IOException(path + ": is a tensor without pictures; decompress turns it back into the tensor");
    }
    return bytes;
  }

  /**
   * Whether bytes begin like an H.264 stream, with a start code and a readable parameter set among the first NAL units; or
   * like an .mp4 or .mov file; or like a tensor stream without pictures.
   */
  static boolean isStream(MemorySegment bytes) {
    if (NalUnits.isFile(bytes) || TensorStream.isWithoutPictures(bytes)) {
      return true;
    }
    if (ByteStream.findStartCode(bytes, 0, Math.min(8, bytes.byteSize())) > LONGEST_START_CODE - 3) {
      return false;
    }
    Iterator<NalUnit> units = new ByteStream(bytes, DecoderLimits.DEFAULT).iterator();
    for (int i = 0; i < FIRST_NAL_UNITS && units.hasNext(); i++) {
      try {
        NalUnit unit = units.next();
        if (unit.nalUnitType() == NalUnit.SPS) {
          SeqParameterSet.parse(unit.rbsp().reader());
          return true;
        }
      } catch (StreamException e) {
        // Another may follow.
      }
    }
    return false;
  }

  /** Bytes of any number as an input stream. */
  static InputStream open(MemorySegment bytes) {
    return new InputStream() {
      private long at;

      @Override
      public int read() {
        return at < bytes.byteSize() ? bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xFF : -1;
      }

      @Override
      public int read(byte[] to, int offset, int length) {
        int count = (int) Math.min(length, bytes.byteSize() - at);
        if (count == 0) {
          return length == 0 ? 0 : -1;
        }
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, to, offset, count);
        at += count;
        return count;
      }
    };
  }
}
