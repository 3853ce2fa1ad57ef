package llm265.book;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import llm265.h264.macroblock.BlockScan;

/** Chapter 8: macroblock-cabac.264 from bins to samples. */
final class MacroblockFigures {
  private static final String STREAM = "macroblock-cabac.264";

  private MacroblockFigures() {}

  static void addTo(Figures figures) {
    figures.put("8.file", MacroblockFigures::file);
    figures.put("8.header", () -> Texts.codes(Texts.elements(
        trace().stream().takeWhile(line -> !line.contains("residual_block")).toList())));
    figures.put("8.block0", () -> Texts.codes(blocks().getFirst()));
    figures.put("8.others", MacroblockFigures::others);
    for (int block = 0; block < 4; block++) {
      int number = block;
      figures.put("8.sum" + block, () -> sum(number));
    }
    figures.put("8.luma", MacroblockFigures::luma);
    figures.put("8.chroma", () -> "Cb  " + Texts.list(column(1)) + "\nCr  " + Texts.list(column(2)));
    figures.put("8.bits", () -> Integer.toString(bits()));
    figures.put("8.1", () -> Integer.toString(Texts.samples(STREAM, 0)[6 * 16 + 5]));
    figures.put("8.2", () -> Long.toString(trace().stream().filter(line -> line.startsWith("    ")).count()));
    figures.put("8.3", () -> Texts.element(STREAM, "rem_intra4x4_pred_mode[3]")[4]);
    figures.put("8.4", () -> Integer.toString(PredictionFigures.predicted(1)[0] - TransformFigures.residual(1)[0]));
    figures.put("8.5", () -> "0 " + (361 - (480 - 240)));
    figures.put("8.6", () -> Integer.toString(((3 * 128 + 32) >> 6) - ((128 + 32) >> 6)));
  }

  private static List<String> trace() {
    return Texts.trace(STREAM, "--mb", 0);
  }

  private static String file() {
    byte[] bytes = BookStreams.get(STREAM);
    List<String> lines = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += 16) {
      lines.add(Texts.hex(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 16))));
    }
    return String.join("\n", lines);
  }

  /** Elements of each residual block. */
  private static List<List<String[]>> blocks() {
    List<List<String[]>> blocks = new ArrayList<>();
    List<String> lines = trace();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains("residual_block")) {
        blocks.add(Texts.elements(lines.subList(i + 1, lines.size()).stream()
            .takeWhile(line -> !line.contains("residual_block") && !line.contains("end_of_slice")).toList()));
      }
    }
    return blocks;
  }

  private static String others() {
    List<String> names = trace().stream().filter(line -> line.contains("residual_block"))
        .map(line -> line.strip().split(" ")[1]).toList();
    List<List<String>> rows = new ArrayList<>();
    for (int i = 1; i < names.size(); i++) {
      rows.add(List.of(names.get(i), blocks().get(i).stream().map(element -> element[4]).collect(Collectors.joining(" "))));
    }
    return Texts.table(rows);
  }

  /** Prediction, residual and samples of a block side by side; the samples must be the decoder's. */
  private static String sum(int block) {
    int[] prediction = PredictionFigures.predicted(block);
    int[] residual = TransformFigures.residual(block);
    int[] sum = new int[16];
    Arrays.setAll(sum, i -> prediction[i] + residual[i]);
    if (!Arrays.equals(sum, decoded(block))) {
      throw new AssertionError("block " + block);
    }
    List<String> p = Texts.matrix(4, prediction).lines().toList();
    List<String> r = Texts.matrix(4, residual).lines().toList();
    List<String> s = Texts.matrix(4, sum).lines().toList();
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < 4; row++) {
      rows.add(p.get(row) + "   " + r.get(row) + "   " + s.get(row));
    }
    return String.join("\n", rows);
  }

  private static int[] decoded(int block) {
    return Texts.block(Texts.samples(STREAM, 0), 16, 4 * BlockScan.BLOCK_COLUMN[block], 4 * BlockScan.BLOCK_ROW[block]);
  }

  private static String luma() {
    for (int block = 4; block < 16; block++) {
      if (!Arrays.equals(PredictionFigures.predicted(block), decoded(block))) {
        throw new AssertionError("block " + block);
      }
    }
    return Texts.matrix(16, Texts.samples(STREAM, 0));
  }

  private static int[] column(int plane) {
    int[] samples = Texts.samples(STREAM, plane);
    int[] column = new int[8];
    Arrays.setAll(column, y -> samples[8 * y]);
    for (int i = 0; i < 64; i++) {
      if (samples[i] != column[i / 8]) {
        throw new AssertionError();
      }
    }
    return column;
  }

  /** From bit 24, where slice data begin, to rbsp_stop_one_bit, the last that the engine reads. */
  private static int bits() {
    List<String[]> elements = Texts.elements(Texts.trace(STREAM));
    int stop = elements.stream().filter(element -> element[2].equals("rbsp_stop_one_bit"))
        .mapToInt(element -> Integer.parseInt(element[0])).reduce((first, last) -> last).orElseThrow();
    return stop - 24;
  }
}
