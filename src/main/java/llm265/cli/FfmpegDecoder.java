package llm265.cli;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.syntax.SeqParameterSet;

/** The {@code ffmpeg} program as a second opinion: decodes a stream beside us, sample by sample. */
final class FfmpegDecoder {
  private final Path program;

  private FfmpegDecoder(Path program) {
    this.program = program;
  }

  /** The program on the PATH, if there is one. */
  static Optional<FfmpegDecoder> find() {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      for (String name : List.of("ffmpeg", "ffmpeg.exe")) {
        Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
        if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
          return Optional.of(new FfmpegDecoder(candidate));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Compares FFmpeg's samples of a stream with ours.
   *
   * @return what differs first, or nothing
   * @throws IOException if the program cannot be run
   */
  Optional<String> firstDifference(MemorySegment stream) throws IOException {
    // The pixel format is only named, so that nothing converts the samples: full range 4:2:0 is yuvj420p to FFmpeg.
    List<String> command = new ArrayList<>(
        List.of(program.toString(), "-v", "error", "-nostdin", "-threads", "1", "-f", "h264", "-i", "pipe:0"));
    if (isMonochrome(stream)) {
      // FFmpeg makes 4:2:0 of 4:0:0, with chroma that is not in the stream.
      command.addAll(List.of("-vf", "extractplanes=y"));
    }
    command.addAll(List.of("-f", "rawvideo", "-vsync", "passthrough", "pipe:1"));
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.PIPE)
        .start();
    try {
      StringBuilder messages = new StringBuilder();
      Thread feeder = Thread.ofVirtual().start(() -> feed(stream, process.getOutputStream()));
      Thread listener = Thread.ofVirtual().start(() -> listen(process.getErrorStream(), messages));
      Optional<String> difference;
      try (InputStream theirs = new BufferedInputStream(process.getInputStream(), 1 << 20)) {
        difference = compare(stream, theirs);
      }
      feeder.join();
      listener.join();
      int status = process.waitFor();
      if (difference.isEmpty() && (status != 0 || !messages.isEmpty())) {
        return Optional.of("ffmpeg reports: " + messages.toString().lines().findFirst().orElse("status " + status));
      }
      return difference;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while ffmpeg ran", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Whether the first sequence parameter set says so. */
  private static boolean isMonochrome(MemorySegment stream) {
    try {
      for (NalUnit unit : new ByteStream(stream, DecoderLimits.DEFAULT)) {
        if (unit.nalUnitType() == NalUnit.SPS) {
          return SeqParameterSet.parse(unit.rbsp().reader()).format().planes() == 1;
        }
      }
    } catch (StreamException e) {
      // Decoding comes to the same fault, and tells it.
    }
    return false;
  }

  private static void feed(MemorySegment stream, OutputStream to) {
    try (WritableByteChannel channel = Channels.newChannel(to)) {
      long block = 1 << 20;
      for (long at = 0; at < stream.byteSize(); at += block) {
        channel.write(stream.asSlice(at, Math.min(block, stream.byteSize() - at)).asByteBuffer());
      }
    } catch (IOException e) {
      // FFmpeg has stopped reading: what it says itself tells more.
    }
  }

  private static void listen(InputStream from, StringBuilder messages) {
    try (from) {
      messages.append(new String(from.readNBytes(1 << 16), StandardCharsets.UTF_8));
      from.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // Nothing more to hear.
    }
  }

  private static Optional<String> compare(MemorySegment stream, InputStream theirs) throws IOException {
    String[] difference = new String[1];
    IOException[] failure = new IOException[1];
    try {
      H264IntraDecoder.decodeAll(stream, DecoderLimits.DEFAULT, 1, decoded -> {
        if (difference[0] != null || failure[0] != null) {
          return;
        }
        try {
          difference[0] = compare(decoded.picture(), decoded.index(), theirs);
        } catch (IOException e) {
          failure[0] = e;
        }
      });
    } catch (StreamException e) {
      return Optional.of("our decoder: " + e.getMessage());
    }
    if (failure[0] != null) {
      throw failure[0];
    }
    if (difference[0] == null && theirs.read() >= 0) {
      return Optional.of("ffmpeg makes more pictures");
    }
    return Optional.ofNullable(difference[0]);
  }

  private static String compare(Picture picture, int index, InputStream theirs) throws IOException {
    byte[] ours = new byte[picture.croppedBytes()];
    picture.writeCropped(ours, 0);
    byte[] other = theirs.readNBytes(ours.length);
    if (other.length < ours.length) {
      return "ffmpeg makes fewer pictures: picture " + index + " is missing";
    }
    int at = Arrays.mismatch(ours, other);
    return at < 0 ? null : "picture " + index + ", " + place(picture.format(), at) + ": ours " + (ours[at] & 0xFF)
        + ", ffmpeg's " + (other[at] & 0xFF);
  }

  /** Plane, column and row of a byte of an 8-bit picture's cropped planes. */
  private static String place(PictureFormat format, int at) {
    int rest = at;
    int plane = 0;
    while (rest >= format.width(plane) * format.height(plane)) {
      rest -= format.width(plane) * format.height(plane);
      plane++;
    }
    return List.of("luma", "Cb", "Cr").get(plane) + " sample " + rest % format.width(plane) + "," + rest / format.width(plane);
  }
}
