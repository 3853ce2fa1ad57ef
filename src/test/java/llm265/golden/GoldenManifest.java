package llm265.golden;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.coverage.StreamCoverage;

/** golden-vectors/MANIFEST.tsv. */
final class GoldenManifest {
  static final Path FOLDER = Path.of("golden-vectors");
  private static final String FILE = "MANIFEST.tsv";
  /** Rows of {@link llm265.h264.coverage.Coverage} that the column of tools has. */
  private static final List<String> TOOLS = List.of(
      "alpha_offset_div2", "beta_offset_div2", "bit_depth", "block_cat", "chroma_format_idc", "chroma_qp_index_offset",
      "coded_block_pattern_chroma", "coded_block_pattern_luma", "constrained_intra_pred", "crop_bottom", "crop_left",
      "crop_right", "crop_top", "deblocking_filter_control", "disable_deblocking", "emulation_prevention_in", "idr",
      "intra16x16", "intra16x16_dc_neighbours", "intra4x4", "intra8x8", "intra_chroma", "intra_chroma_dc_neighbours",
      "log2_level", "mb_qp_delta", "mb_type", "nal_ref_idc", "nal_unit_type", "pic_init_qp", "pic_order_cnt_type", "pps_id",
      "pps_scaling", "pps_scaling_rule", "profile_idc", "qp", "redundant_pic_cnt_present", "second_chroma_qp_index_offset",
      "sei_messages", "slice_qp", "slice_starts_within_row", "slice_type", "slices", "sps_id", "sps_scaling", "transform_8x8",
      "transform_8x8_mode", "transform_bypass", "vui");

  private static final String HEADER = "file\tverdict\tsha256\tpictures\tdecoded_sha256\terror\tmade_by\ttools";

  /**
   * A line.
   *
   * @param file name in the folder
   * @param verdict {@code good} or {@code malformed}
   * @param sha256 of the file
   * @param pictures number of pictures that a decoder delivers, before the fault if there is one
   * @param decodedSha256 of their cropped planes by FFmpeg, without the chroma that FFmpeg adds to monochrome pictures; empty
   *     for malformed streams, of which decoders may make what they like
   * @param error the exception of a malformed stream: its class and message
   * @param madeBy the configuration or the fault, in words
   * @param tools what the stream covers, as {@link #tools}
   */
  record Entry(
      String file, String verdict, String sha256, int pictures, String decodedSha256, String error, String madeBy, String tools) {
    boolean isGood() {
      return verdict.equals("good");
    }

    Path path() {
      return FOLDER.resolve(file);
    }

    private String line() {
      return String.join("\t", file, verdict, sha256, "" + pictures, decodedSha256, error, madeBy, tools);
    }
  }

  private GoldenManifest() {}

  static List<Entry> read() throws IOException {
    List<String> lines = Files.readAllLines(FOLDER.resolve(FILE));
    if (!lines.getFirst().equals(HEADER)) {
      throw new IllegalStateException("the manifest's columns are " + lines.getFirst());
    }
    List<Entry> entries = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      entries.add(new Entry(
          cells[0], cells[1], cells[2], Integer.parseInt(cells[3]), cells[4], cells[5], cells[6], cells[7]));
    }
    return entries;
  }

  static void write(List<Entry> entries) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    entries.forEach(entry -> text.append(entry.line()).append('\n'));
    Files.writeString(FOLDER.resolve(FILE), text, StandardCharsets.UTF_8);
  }

  /** What of the rows of the column a stream covers. */
  static String tools(byte[] stream) {
    return StreamCoverage.of(stream).text(TOOLS);
  }

  /** Names of the files in the folder that are streams. */
  static List<String> streams() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".264")).sorted().toList();
    }
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }

  /** SHA-256 over the cropped planes of pictures. */
  static String sha256(List<Picture> pictures) {
    MessageDigest digest = digest();
    for (Picture picture : pictures) {
      byte[] samples = new byte[picture.croppedBytes()];
      picture.writeCropped(samples, 0);
      digest.update(samples);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
