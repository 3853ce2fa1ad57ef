package llm265.oracle;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.syntax.SeqParameterSet;
import llm265.image.PictureDump;
import llm265.image.RawDump;
import llm265.oracle.FfmpegCommand.Engine;
import llm265.program.Program;
import llm265.program.TemporaryFolder;
import llm265.program.WatchedProgram;
import llm265.program.WatchedProgram.Ended;

/**
 * NVDEC, the decoding engine of NVIDIA's GPUs, through an {@code ffmpeg} program: whether it is here, and what it takes.
 *
 * <p>What it takes of H.264 follows NVIDIA's documents (docs/nvdec.md): Baseline, Main and High profile, 4:2:0 of 8 bits, 48x16
 * to 4096x4096 samples. GPUs from Blackwell on take more, which is not asked of them here.
 */
public final class NvdecDecoder {
  private static final int LEAST_WIDTH = 48;
  private static final int LEAST_HEIGHT = 16;
  private static final int MOST_SIDE = 4096;
  private static final int MOST_MACROBLOCKS = 65_536;
  private static final int PROFILE_EXTENDED = 88;
  private static final int PROFILE_HIGH = 100;
  private static final int TRIAL_SIDE = 64;
  private static final int TRIAL_QP = 30;
  private static final Duration TRIAL_TIME = Duration.ofSeconds(60);
  private static final long TRIAL_BYTES = 1 << 24;

  private final FfmpegDecoder decoder;

  private NvdecDecoder(FfmpegDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Finds NVDEC on this machine. The proof is a trial: a small picture is decoded, and its samples must be ours.
   *
   * @param ffmpeg the program to reach it through
   * @throws IOException if it cannot be used here; the message says in one line what is missing
   */
  public static NvdecDecoder find(FfmpegDecoder ffmpeg) throws IOException {
    Path program = ffmpeg.program();
    List<Engine> engines = new ArrayList<>();
    if (lists(program, "-decoders", "h264_cuvid")) {
      engines.add(Engine.CUVID);
    }
    if (lists(program, "-hwaccels", "cuda")) {
      engines.add(Engine.HWACCEL);
    }
    if (engines.isEmpty()) {
      throw new IOException("not checked against NVDEC: " + program + " has neither the decoder h264_cuvid nor -hwaccel cuda; "
          + "those of most distributions have");
    }
    String complaint = "";
    for (Engine engine : engines) {
      FfmpegDecoder decoder = new FfmpegDecoder(program, engine);
      String problem = trial(decoder);
      if (problem.isEmpty()) {
        return new NvdecDecoder(decoder);
      }
      complaint = complaint.isEmpty() ? problem : complaint;
    }
    throw new IOException("not checked against NVDEC: " + (Program.isOnPath("nvidia-smi")
        ? "there is an NVIDIA driver, but decoding fails: " : "there seems to be no NVIDIA driver: ") + complaint);
  }

  private static boolean lists(Path program, String option, String name) throws IOException {
    return Program.output(List.of(program.toString(), "-hide_banner", option)).lines()
        .anyMatch(line -> List.of(line.trim().split("\\s+")).contains(name));
  }

  /** Has it decode a picture of our encoder; the problem in one line, or nothing. */
  private static String trial(FfmpegDecoder decoder) throws IOException {
    PictureFormat format = PictureFormat.of8Bit(TRIAL_SIDE, TRIAL_SIDE, ChromaFormat.YUV420);
    Picture picture = new Picture(format);
    for (int plane = 0; plane < format.planes(); plane++) {
      for (int i = 0; i < picture.samples(plane).length; i++) {
        picture.samples(plane)[i] = (short) (i * 7 & 0xFF);
      }
    }
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE, format);
    try (TemporaryFolder folder = new TemporaryFolder("llm265-nvdec")) {
      Path input = folder.path().resolve("trial.264");
      Path output = folder.path().resolve("trial.yuv");
      EncodedPicture coded = encoder.encode(picture, TRIAL_QP, 0);
      byte[] slices = coded.slices();
      byte[] sets = encoder.parameterSets();
      byte[] stream = Arrays.copyOf(sets, sets.length + slices.length);
      System.arraycopy(slices, 0, stream, sets.length, slices.length);
      Files.write(input, stream);
      FfmpegInput part = FfmpegInput.partsOf(MemorySegment.ofArray(stream)).getFirst();
      Ended ended = new WatchedProgram(TRIAL_TIME, TRIAL_BYTES)
          .run(decoder.command().of(part, false, input.toString(), output.toString()), folder.path(), null);
      if (ended.end() != WatchedProgram.End.EXITED || ended.status() != 0) {
        return ended.last().isEmpty() ? "ffmpeg ended with status " + ended.status() : ended.last();
      }
      return Files.exists(output) && Arrays.equals(planar(output, format), samples(coded.reconstruction())) ? ""
          : "the samples of a first picture are not ours";
    }
  }

  private static byte[] planar(Path nv12, PictureFormat format) throws IOException {
    try (PictureDump dump = new Nv12Dump(new RawDump(Files.newInputStream(nv12), -1))) {
      byte[] samples = dump.next(format);
      return dump.left() == 0 ? samples : new byte[0];
    }
  }

  private static byte[] samples(Picture picture) {
    byte[] samples = new byte[picture.croppedBytes()];
    picture.writeCropped(samples, 0);
    return samples;
  }

  /** The decoder, whose samples are compared with ours. */
  public FfmpegDecoder decoder() {
    return decoder;
  }

  /** Why a stream is not for NVDEC, in a few words; empty if it is, or if it is too damaged to tell. */
  public static Optional<String> refusal(MemorySegment stream) {
    try {
      for (NalUnit unit : NalUnits.of(stream, DecoderLimits.DEFAULT)) {
        if (unit.nalUnitType() == NalUnit.SPS) {
          Optional<String> refusal = refusal(unit);
          if (refusal.isPresent()) {
            return refusal;
          }
        }
      }
    } catch (StreamException e) {
      // What it makes of damage is worth knowing.
    }
    return Optional.empty();
  }

  private static Optional<String> refusal(NalUnit unit) {
    SeqParameterSet sps;
    try {
      sps = SeqParameterSet.parse(unit.rbsp().reader());
    } catch (StreamException e) {
      return Optional.empty();
    }
    PictureFormat format = sps.format();
    int width = 16 * format.widthInMbs();
    int height = 16 * format.heightInMbs();
    String what = format.chroma() != ChromaFormat.YUV420 ? switch (format.chroma()) {
      case MONOCHROME -> "4:0:0";
      case YUV422 -> "4:2:2";
      default -> "4:4:4";
    }
        : format.bitDepthLuma() > 8 || format.bitDepthChroma() > 8
            ? Math.max(format.bitDepthLuma(), format.bitDepthChroma()) + " bits a sample"
            : sps.profileIdc() > PROFILE_HIGH || sps.profileIdc() == PROFILE_EXTENDED ? "profile " + sps.profileIdc()
                : width < LEAST_WIDTH || height < LEAST_HEIGHT || width > MOST_SIDE || height > MOST_SIDE
                    || format.sizeInMbs() > MOST_MACROBLOCKS ? "pictures of " + width + "x" + height : "";
    return what.isEmpty() ? Optional.empty() : Optional.of("not for NVDEC: " + what);
  }
}
