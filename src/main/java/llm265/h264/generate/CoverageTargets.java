package llm265.h264.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import llm265.h264.coverage.Coverage;

/**
 * Rows of a {@link Coverage} whose values are known beforehand: what a set of streams should reach, by profile. All other rows
 * have the values that streams happen to have.
 */
public final class CoverageTargets {
  /**
   * A row of the table.
   *
   * @param covered number of its values that are covered
   * @param of number of values that there are; -1 where that is not known
   * @param missing values that are not covered; empty where they are not known
   */
  public record Row(String name, int covered, int of, List<Object> missing) {}

  private final Map<String, List<Object>> rows = new LinkedHashMap<>();
  private final List<String> unreachable = new ArrayList<>();
  private final StreamRequest request;

  private CoverageTargets(StreamRequest request) {
    this.request = request;
  }

  /** The targets of streams of a request. */
  public static CoverageTargets of(StreamRequest request) {
    CoverageTargets targets = new CoverageTargets(request);
    targets.macroblocks();
    targets.codes();
    targets.pictures();
    return targets;
  }

  private void row(boolean reachable, String name, Stream<?> values) {
    if (reachable) {
      rows.put(name, List.copyOf(values.toList()));
    } else {
      unreachable.add(name);
    }
  }

  private void row(boolean reachable, String name, int from, int to) {
    row(reachable, name, IntStream.rangeClosed(from, to).boxed());
  }

  private boolean isHigh() {
    return request.allows(Tool.TRANSFORM8X8);
  }

  private int mostQp() {
    int depth = Tool.of(Tool.Kind.DEPTH).stream().filter(request::allows).mapToInt(Tool::bitDepth).max().orElse(8);
    return 51 + 6 * (depth - 8);
  }

  private void macroblocks() {
    boolean field = request.allows(Tool.MBAFF) || request.allows(Tool.FIELDS);
    boolean frame = request.allows(Tool.PROGRESSIVE) || request.allows(Tool.FRAME) || request.allows(Tool.MBAFF);
    row(true, "mb_type", 0, 25);
    row(true, "intra4x4", 0, 8);
    row(isHigh(), "intra8x8", 0, 8);
    row(true, "intra16x16", 0, 3);
    row(true, "intra_chroma", 0, 3);
    row(true, "coded_block_pattern_luma", 0, 15);
    row(true, "coded_block_pattern_chroma", 0, 2);
    row(true, "qp_prime_y", 0, mostQp());
    row(frame, "4x4 frame scan", 0, 15);
    row(field, "4x4 field scan", 0, 15);
    row(frame && isHigh(), "8x8 frame scan", 0, 63);
    row(field && isHigh(), "8x8 field scan", 0, 63);
    row(request.allows(Tool.LOSSLESS), "bypassed",
        Stream.of("4x4", "4x4 summed", "8x8", "8x8 summed", "16x16", "16x16 summed", "chroma summed"));
    row(request.allows(Tool.MBAFF), "pairs of MBAFF frames", pairs());
  }

  /** The pairs that may be around one: each of A, B, C, D is a frame pair, a field pair, or outside of picture or slice. */
  private Stream<String> pairs() {
    // A slice has no gaps: D is in it only with B, B only with C or at the right, C only with A or at the left.
    List<String> around = List.of("----", "A---", "A-C-", "ABC-", "ABCD", "AB--", "AB-D", "--C-", "-BC-", "-B--");
    List<String> all = new ArrayList<>();
    for (String current : List.of("frame top", "frame bottom", "field top", "field bottom")) {
      around.stream().filter(this::isPossible).forEach(letters -> pairs(current, letters, 0, all));
    }
    return all.stream();
  }

  /** Whether pictures are wide enough, or narrow enough: B without A and C is above in a single column. */
  private boolean isPossible(String letters) {
    int least = request.profile() == GeneratedProfile.NVDEC ? 3 : 1;
    int width = request.widthInMbs();
    boolean left = letters.charAt(0) == 'A';
    boolean right = letters.charAt(2) == 'C';
    int needed = left && right ? 3 : left || right ? 2 : 1;
    return letters.equals("-B--") ? Math.max(least, width) == 1 : width == 0 || width >= needed;
  }

  private static void pairs(String text, String letters, int at, List<String> all) {
    if (at == letters.length()) {
      all.add(text);
    } else if (letters.charAt(at) == '-') {
      pairs(text + " -", letters, at + 1, all);
    } else {
      pairs(text + " frame", letters, at + 1, all);
      pairs(text + " field", letters, at + 1, all);
    }
  }

  private void codes() {
    boolean cavlc = request.allows(Tool.CAVLC);
    boolean cabac = request.allows(Tool.CABAC);
    row(cavlc, "mb_qp_delta CAVLC", -26, 25);
    row(cabac, "mb_qp_delta CABAC", -26, 25);
    row(cavlc, "level_prefix", 0, isHigh() ? 16 : 15);
    for (int column : new int[] {0, 2, 4, 8}) {
      row(cavlc, "coeff_token nC " + column, coeffTokens(16));
    }
    row(cavlc && request.allows(Tool.YUV420), "coeff_token nC -1", coeffTokens(4));
    row(cavlc && request.allows(Tool.YUV422), "coeff_token nC -2", coeffTokens(8));
    row(cavlc, "total_zeros of 16", triangle(15, total -> 16 - total));
    row(cavlc, "total_zeros of 15", triangle(14, total -> 15 - total));
    row(cavlc && request.allows(Tool.YUV420), "total_zeros of 4", triangle(3, total -> 4 - total));
    row(cavlc && request.allows(Tool.YUV422), "total_zeros of 8", triangle(7, total -> 8 - total));
    row(cavlc, "run_before", triangle(7, zerosLeft -> zerosLeft == 7 ? 14 : zerosLeft));
    row(cavlc && request.allows(Tool.PCM), "pcm_alignment_zero_bit CAVLC", 1, 7);
    row(cabac, "pStateIdx of LPS", 0, 62);
    row(cabac, "pStateIdx of MPS", 0, 62);
    // From 510, at least 9 or the 2 of a terminating bin are taken away: no odd number is left between.
    row(cabac, "codIRange", IntStream.rangeClosed(256, 510).filter(range -> range <= 501 || range % 2 == 0).boxed());
    row(cabac, "renormalization", 0, 7);
    row(cabac, "end_of_slice_flag 1 at bit", 0, 7);
    // Runs of 1, of 2 and 3, of 4 to 7, and so on
    row(cabac, "outstanding bits with a carry", Stream.of(0, 1, 2, 4, 8, 16, 32, 64, 128, 256));
    row(cabac, "outstanding bits without a carry", Stream.of(0, 1, 2, 4, 8, 16, 32, 64, 128, 256));
    row(cabac, "boundary of codIOffset", Stream.of("context", "bypass", "end")
        .flatMap(kind -> Stream.of(kind + " just missed", kind + " reached")));
  }

  /** TotalCoeff and TrailingOnes, as 10 * TotalCoeff + TrailingOnes. */
  private static Stream<Integer> coeffTokens(int mostCoefficients) {
    return IntStream.rangeClosed(0, mostCoefficients).boxed()
        .flatMap(total -> IntStream.rangeClosed(0, Math.min(3, total)).mapToObj(ones -> 10 * total + ones));
  }

  /** 100 * i + j for i from 1 on and j from 0 on. */
  private static Stream<Integer> triangle(int most, IntFunction<Integer> mostOf) {
    return IntStream.rangeClosed(1, most).boxed()
        .flatMap(i -> IntStream.rangeClosed(0, mostOf.apply(i)).mapToObj(j -> 100 * i + j));
  }

  private void pictures() {
    boolean deblocking = request.allows(Tool.DEBLOCKING);
    row(deblocking, "disable_deblocking", 0, 2);
    row(deblocking, "alpha_offset_div2", -6, 6);
    row(deblocking, "beta_offset_div2", -6, 6);
    row(deblocking, "indexA", 0, 51);
    row(deblocking, "indexB", 0, 51);
    row(true, "chroma_qp_index_offset", -12, 12);
    row(request.allows(Tool.SCALING), "sps_scaling", 0, 4);
    row(request.allows(Tool.SCALING), "pps_scaling", 0, 4);
    row(request.allows(Tool.SCALING), "pps_scaling_rule", 0, 1);
    row(request.allows(Tool.SCALING), "scales of 4x4",
        Stream.of("flat", "sequence", "picture", "default", "fall-back to default", "fall-back to sequence"));
    row(request.allows(Tool.SCALING) && isHigh(), "scales of 8x8",
        Stream.of("flat", "sequence", "picture", "default", "fall-back to default", "fall-back to sequence"));
    row(request.allows(Tool.GROUPS), "slice_group_map_type", 0, 6);
    row(request.allows(Tool.ORDER), "arbitrary_slice_order", 0, 1);
    row(request.allows(Tool.PLANES), "separate_colour_plane_flag", 0, 1);
    row(true, "chroma_format_idc", Tool.of(Tool.Kind.CHROMA).stream().filter(request::allows)
        .map(tool -> tool.chroma().chromaFormatIdc()));
    row(true, "bit_depth_luma", Tool.of(Tool.Kind.DEPTH).stream().filter(request::allows).map(Tool::bitDepth));
    row(true, "pic_timing pic_struct", IntStream.rangeClosed(0, 8).filter(this::isPicStruct).boxed());
    for (String side : List.of("left", "right", "top", "bottom")) {
      row(request.allows(Tool.CROPPING), "crop_" + side, 0, 1);
    }
  }

  /** Table D-1 as generated streams use it: fields, frames of fields, frames that are repeated at a fixed rate. */
  private boolean isPicStruct(int picStruct) {
    boolean interlaced = request.allows(Tool.FRAME) || request.allows(Tool.MBAFF);
    return switch (picStruct) {
      case 0 -> true;
      case 1, 2 -> request.allows(Tool.FIELDS) || request.allows(Tool.PAFF);
      case 7, 8 -> request.allows(Tool.PROGRESSIVE);
      default -> interlaced || request.profile() != GeneratedProfile.NVDEC && (picStruct == 3 || picStruct == 5);
    };
  }

  /** Rows that no stream of the request can have. */
  public List<String> unreachable() {
    return List.copyOf(unreachable);
  }

  /** The table: known rows first, then those that have any other values. */
  public List<Row> table(Coverage coverage) {
    List<Row> table = new ArrayList<>();
    rows.forEach((name, values) -> {
      List<Object> missing = values.stream().filter(value -> !coverage.values(name).contains(value)).toList();
      table.add(new Row(name, values.size() - missing.size(), values.size(), missing));
    });
    for (String name : coverage.rows()) {
      if (!rows.containsKey(name)) {
        table.add(new Row(name, coverage.values(name).size(), -1, List.of()));
      }
    }
    return table;
  }
}
