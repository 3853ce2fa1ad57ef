package llm265.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.OutputFrames;
import llm265.h264.syntax.SeqParameterSet;
import llm265.image.PictureDump;
import llm265.image.RawDump;

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
   * @param mode strict, or intra-only, where FFmpeg decodes all and the same pictures are chosen
   * @param threads of our decoder
   * @return what differs, or nothing
   * @throws IOException if the program cannot be run
   */
  Optional<StreamComparison.Difference> difference(MemorySegment stream, DecodingMode mode, int threads) throws IOException {
    // The pixel format is only named, so that nothing converts the samples: full range 4:2:0 is yuvj420p to FFmpeg.
    List<String> command = new ArrayList<>(
        List.of(program.toString(), "-v", "error", "-nostdin", "-threads", "1", "-f", "h264", "-i", "pipe:0"));
    if (mode.intraOnly()) {
      // Else it guesses how many frames to wait for if it is not told, and loses some before it knows.
      command.addAll(1, List.of("-strict", "strict"));
    }
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
      Optional<StreamComparison.Difference> difference;
      try (PictureDump all = new RawDump(process.getInputStream(), -1);
          FrameSelection chosen = mode.intraOnly() ? new FrameSelection(all, OutputFrames.of(stream, DecoderLimits.DEFAULT)) : null) {
        difference = StreamComparison.of(stream, mode, chosen == null ? all : chosen, "ffmpeg's", threads);
        if (chosen != null && !chosen.isExact()) {
          difference = Optional.of(new StreamComparison.Difference("ffmpeg's output is not the stream's " + chosen.frames()
              + " frames, so that it does not tell which of them are the I pictures"));
        }
      }
      feeder.join();
      listener.join();
      int status = process.waitFor();
      // Of pictures that are not compared it may say anything.
      if (difference.isEmpty() && (status != 0 || !mode.intraOnly() && !messages.isEmpty())) {
        String message = messages.toString().lines().findFirst().orElse("status " + status);
        return Optional.of(new StreamComparison.Difference("ffmpeg reports: " + message));
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
      for (NalUnit unit : NalUnits.of(stream, DecoderLimits.DEFAULT)) {
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
      if (NalUnits.isFile(stream)) {
        feedNalUnits(stream, channel);
        return;
      }
      long block = 1 << 20;
      for (long at = 0; at < stream.byteSize(); at += block) {
        channel.write(stream.asSlice(at, Math.min(block, stream.byteSize() - at)).asByteBuffer());
      }
    } catch (IOException e) {
      // FFmpeg has stopped reading: what it says itself tells more.
    }
  }

  /** Makes a byte stream of what lies in a file, so that FFmpeg decodes the samples that we do, whatever edit lists say. */
  private static void feedNalUnits(MemorySegment stream, WritableByteChannel channel) throws IOException {
    try {
      for (NalUnit unit : NalUnits.of(stream, DecoderLimits.DEFAULT)) {
        channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1}));
        channel.write(stream.asSlice(unit.offset(), unit.length()).asByteBuffer());
      }
    } catch (StreamException e) {
      // Our decoder comes to the same fault, and tells it.
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
}
