package llm265.book;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.intra.Intra16x16Prediction;
import llm265.h264.intra.Intra4x4Prediction;
import llm265.h264.intra.IntraEdge;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.PredIntraPredMode;
import llm265.h264.written.PictureSyntax;
import llm265.h264.written.PictureSyntax.Neighbour;

/** Chapter 4: the modes and predictions of the blocks of macroblock-cavlc.264. */
final class PredictionFigures {
  static final String STREAM = "macroblock-cavlc.264";

  /** Blocks whose neighbour above right comes later. */
  private static final List<Integer> NOTHING_ABOVE_RIGHT = List.of(3, 7, 11, 13, 15);

  private PredictionFigures() {}

  static void addTo(Figures figures) {
    figures.put("4.modes", PredictionFigures::modes);
    figures.put("4.dc", () -> Texts.matrix(4, predicted(4)));
    figures.put("4.edge8", () -> Texts.list(above(8)));
    figures.put("4.block8", () -> Texts.matrix(4, predicted(8)));
    figures.put("4.edge3", () -> edgeOfBlock3());
    figures.put("4.block3", () -> Texts.matrix(4, predicted(3)));
    figures.put("4.plane", PredictionFigures::plane);
    figures.put("4.1", () -> Texts.list(expected(6), expected(10)));
    figures.put("4.2", () -> Integer.toString(PredIntraPredMode.ofRemaining(2, 3)));
    figures.put("4.3", () -> Integer.toString(PredIntraPredMode.remaining(4, 6)));
    figures.put("4.4", () -> Texts.list(row(predicted(2), 3)));
    figures.put("4.5", () -> Integer.toString(predicted(6)[0]));
    figures.put("4.6", () -> Integer.toString(withMode(8, 2)[0]));
  }

  private static int[] row(int[] block, int row) {
    return java.util.Arrays.copyOfRange(block, 4 * row, 4 * row + 4);
  }

  private static int expected(int block) {
    PictureSyntax picture = BookStreams.macroblockPicture();
    return picture.predIntraPredMode(0, block);
  }

  private static String modes() {
    PictureSyntax picture = BookStreams.macroblockPicture();
    List<String[]> elements = Texts.elements(Texts.trace(STREAM, "--mb", 0));
    List<List<String>> rows = new ArrayList<>(List.of(List.of("block", "A", "B", "expected", "bits", "mode")));
    for (int block = 0; block < 16; block++) {
      String index = "[" + block + "]";
      StringBuilder bits = new StringBuilder();
      elements.stream().filter(element -> element[2].endsWith("mode_flag" + index) || element[2].endsWith("pred_mode" + index))
          .forEach(element -> bits.append(bits.isEmpty() ? "" : " ").append(element[4]));
      int x = 4 * BlockScan.BLOCK_COLUMN[block];
      int y = 4 * BlockScan.BLOCK_ROW[block];
      rows.add(List.of(Integer.toString(block),
          mode(picture, picture.luma(0, x - 1, y)), mode(picture, picture.luma(0, x, y - 1)),
          Integer.toString(expected(block)), bits.toString(), Integer.toString(picture.mbs[0].intraPredModes[block])));
    }
    return Texts.table(rows);
  }

  private static String mode(PictureSyntax picture, Neighbour neighbour) {
    return neighbour.isAvailable() ? Integer.toString(picture.mbs[0].intraPredModes[neighbour.luma4x4BlkIdx()]) : "-";
  }

  private static short[] plane(int[] samples) {
    short[] plane = new short[samples.length];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (short) samples[i];
    }
    return plane;
  }

  private static IntraEdge edge(int block) {
    short[] plane = plane(Texts.samples(STREAM, 0));
    int x = 4 * BlockScan.BLOCK_COLUMN[block];
    int y = 4 * BlockScan.BLOCK_ROW[block];
    IntraEdge edge = new IntraEdge();
    edge.gather(plane, 16 * y + x, 16, 4, 4, 4, x > 0, y > 0, x > 0 && y > 0, y > 0 && !NOTHING_ABOVE_RIGHT.contains(block));
    return edge;
  }

  /** The eight samples above a block and above right. */
  private static int[] above(int block) {
    int[] above = new int[8];
    for (int i = 0; i < 8; i++) {
      above[i] = edge(block).samples[IntraEdge.CORNER + 1 + i];
    }
    return above;
  }

  /** The prediction of a block by its mode. */
  static int[] predicted(int block) {
    return withMode(block, BookStreams.macroblockPicture().mbs[0].intraPredModes[block]);
  }

  private static int[] withMode(int block, int mode) {
    short[] samples = new short[16];
    Intra4x4Prediction.predict(mode, edge(block), samples, 0, 4, 8);
    int[] predicted = new int[16];
    for (int i = 0; i < 16; i++) {
      predicted[i] = samples[i];
    }
    return predicted;
  }

  /** From the lowest sample on the left, round the corner, to the last above. */
  private static String edgeOfBlock3() {
    int[] line = new int[9];
    for (int i = 0; i < 9; i++) {
      line[i] = edge(3).samples[IntraEdge.CORNER - 4 + i];
    }
    return Texts.list(line);
  }

  /** Intra_16x16 plane prediction from a left side that rises and a row above that falls, every fourth row and column. */
  private static String plane() {
    IntraEdge edge = new IntraEdge();
    edge.left = true;
    edge.above = true;
    edge.corner = true;
    edge.samples[IntraEdge.CORNER] = 100;
    for (int i = 0; i < 16; i++) {
      edge.samples[IntraEdge.CORNER + 1 + i] = (short) (98 - 2 * i);
      edge.samples[IntraEdge.CORNER - 1 - i] = (short) (104 + 4 * i);
    }
    short[] samples = new short[256];
    Intra16x16Prediction.predict(3, edge, samples, 0, 16, 8);
    int[] some = new int[16];
    for (int i = 0; i < 16; i++) {
      some[i] = samples[64 * (i / 4) + 4 * (i % 4)];
    }
    return Texts.matrix(4, some);
  }
}
