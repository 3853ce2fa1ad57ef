package llm265.h264.generate;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxText;

/**
 * A folder of streams: each NAME.264 with NAME.md5, which has a line of index, width, height and MD5 for each output picture,
 * and with NAME.trace.txt where traces are wanted; and MANIFEST.tsv.
 */
public final class StreamFolder {
  /** The file that has a line for each stream. */
  public static final String MANIFEST = "MANIFEST.tsv";

  /** The last column is the version of the generator, which with seed and options tells all bytes. */
  private static final String HEADER =
      "file\tverdict\tsha256\tpictures\tpix_fmt\tdecoded_md5\tprofile\ttools\tfault\tgenerator\n";

  /** Rows of {@link llm265.h264.coverage.Coverage} that the column of tools has. */
  private static final List<String> TOOLS = List.of("profile_idc", "level_idc", "chroma_format_idc",
      "separate_colour_plane_flag", "bit_depth_luma", "bit_depth_chroma", "entropy_coding_mode_flag", "structure", "macroblocks",
      "intra4x4", "intra8x8", "intra16x16", "intra_chroma", "qp_prime_y", "bypassed", "scaling_lists", "disable_deblocking",
      "slices", "arbitrary_slice_order", "slice_group_map_type", "redundant_pic_cnt_present", "crop_left", "crop_right",
      "crop_top", "crop_bottom", "idr", "nal_unit_type");

  private final Path folder;
  private final String profile;
  private final boolean traces;
  private final StringBuilder manifest = new StringBuilder(HEADER);

  /** Begins a folder, which is there and empty. */
  public StreamFolder(Path folder, GeneratedProfile profile, boolean traces) {
    this.folder = folder;
    this.profile = profile.label();
    this.traces = traces;
  }

  /** Writes a stream and what belongs to it. */
  public void add(GeneratedStream stream) throws IOException {
    String file = stream.name() + ".264";
    Files.write(folder.resolve(file), stream.bytes());
    boolean good = stream.fault() == null;
    String tools = good ? tools(stream) : "";
    String fault = good ? "" : stream.fault().description();
    manifest.append(String.join("\t", file, good ? "good" : "malformed", sha256(stream.bytes()), "" + stream.pictures().size(),
        stream.pixelFormat(), stream.md5(), profile, tools, fault, "" + StreamGenerator.VERSION)).append('\n');
    if (good) {
      Files.writeString(folder.resolve(stream.name() + ".md5"), lines(stream), StandardCharsets.US_ASCII);
    }
    if (traces) {
      trace(stream, folder.resolve(stream.name() + ".trace.txt"));
    }
  }

  private static String tools(GeneratedStream stream) {
    String tools = stream.coverage().text(TOOLS);
    return stream.departures().isEmpty() ? tools : tools + " ffmpeg_departs=" + String.join(",", stream.departures());
  }

  private static String lines(GeneratedStream stream) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < stream.pictures().size(); i++) {
      GeneratedStream.OutputPicture picture = stream.pictures().get(i);
      text.append(i).append('\t').append(picture.width()).append('\t').append(picture.height()).append('\t')
          .append(picture.md5()).append('\n');
    }
    return text.toString();
  }

  private static void trace(GeneratedStream stream, Path path) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(path)) {
      SyntaxText text = new SyntaxText(line -> write(writer, line));
      StreamTrace.trace(MemorySegment.ofArray(stream.bytes()), DecoderLimits.DEFAULT, text);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (StreamException e) {
      if (stream.fault() == null) {
        throw e;
      }
      // The last line tells of the fault.
    }
  }

  private static void write(Writer writer, String line) {
    try {
      writer.write(line);
      writer.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the manifest of all streams. */
  public void writeManifest() throws IOException {
    Files.writeString(folder.resolve(MANIFEST), manifest, StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
