package llm265.book;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.transform.DcTransform;
import llm265.h264.transform.ForwardTransform;
import llm265.h264.transform.InverseTransform;
import llm265.h264.transform.LevelScale;
import llm265.h264.transform.Quantization;

/** Chapter 5: the first block of macroblock-cavlc.264 from levels to samples and back. */
final class TransformFigures {
  private static final int QP = BookStreams.QP;

  private TransformFigures() {}

  static void addTo(Figures figures) {
    figures.put("5.matrix", () -> Texts.matrix(4, levels(0)));
    figures.put("5.scale", () -> Texts.matrix(4, LevelScale.FLAT.levelScale4x4(0, QP)));
    figures.put("5.scaled", () -> Texts.matrix(4, scaled(levels(0))));
    figures.put("5.rows", () -> Texts.matrix(4, rows(scaled(levels(0)))));
    figures.put("5.columns", () -> Texts.matrix(4, columns(rows(scaled(levels(0))))));
    figures.put("5.residual", () -> Texts.matrix(4, residual(0)));
    figures.put("5.samples", TransformFigures::samples);
    figures.put("5.forward", () -> Texts.matrix(4, forward(residual(0))));
    figures.put("5.steps", () -> Texts.table(List.of(
        IntStream.of(0, 6, 12, 18, 24, 28, 30, 36, 42, 48).mapToObj(Integer::toString).toList(),
        IntStream.of(0, 6, 12, 18, 24, 28, 30, 36, 42, 48).mapToObj(qp -> plain(step(qp))).toList())));
    figures.put("5.dc", TransformFigures::dc);
    figures.put("5.chroma", TransformFigures::chroma);
    figures.put("5.1", () -> plain(step(40)));
    figures.put("5.2", () -> Integer.toString(scaled(one(5, 1))[5]));
    figures.put("5.3", () -> Integer.toString(residualOf(one(0, 1), QP)[15]));
    figures.put("5.4", () -> Integer.toString(residualOf(one(0, 1), 34)[15]));
    figures.put("5.5", () -> BlockScan.ZIGZAG_4X4[6] / 4 + " " + BlockScan.ZIGZAG_4X4[6] % 4);
    figures.put("5.6", () -> {
      float[] scale = Quantization.scale4x4(LevelScale.FLAT.levelScale4x4(0, QP), QP);
      return Texts.list(Quantization.quantize(-170, scale[0], 0.5f), Quantization.quantize(-170, scale[0], 1 / 6f));
    });
  }

  /** The matrix c of a luma block of the macroblock (8.5.6). */
  static int[] levels(int block) {
    int[] list = BookStreams.macroblockPicture().mbs[0].levels[0][block];
    int[] matrix = new int[16];
    for (int k = 0; k < 16; k++) {
      matrix[BlockScan.ZIGZAG_4X4[k]] = list[k];
    }
    return matrix;
  }

  private static int[] one(int place, int level) {
    int[] levels = new int[16];
    levels[place] = level;
    return levels;
  }

  /** 8.5.12.1 at a QP of 24 and more. */
  private static int[] scaled(int[] levels) {
    int[] scale = LevelScale.FLAT.levelScale4x4(0, QP);
    int[] scaled = new int[16];
    Arrays.setAll(scaled, k -> (levels[k] * scale[k]) << (QP / 6 - 4));
    return scaled;
  }

  private static int[] rows(int[] d) {
    int[] result = new int[16];
    for (int i = 0; i < 4; i++) {
      butterfly(d, 4 * i, 1, result);
    }
    return result;
  }

  private static int[] columns(int[] f) {
    int[] result = new int[16];
    for (int j = 0; j < 4; j++) {
      butterfly(f, j, 4, result);
    }
    return result;
  }

  /** (8-338) to (8-345), in the text's words. */
  private static void butterfly(int[] in, int first, int step, int[] out) {
    int a = in[first] + in[first + 2 * step];
    int b = in[first] - in[first + 2 * step];
    int c = (in[first + step] >> 1) - in[first + 3 * step];
    int d = in[first + step] + (in[first + 3 * step] >> 1);
    out[first] = a + d;
    out[first + step] = b + c;
    out[first + 2 * step] = b - c;
    out[first + 3 * step] = a - d;
  }

  /** What the production code adds to a prediction. */
  private static int[] residualOf(int[] levels, int qp) {
    short[] samples = new short[16];
    int middle = 1 << 12;
    Arrays.fill(samples, (short) middle);
    InverseTransform.residual4x4(levels, 0, LevelScale.FLAT.levelScale4x4(0, qp), qp, samples, 0, 4, 2 * middle, new int[16]);
    int[] residual = new int[16];
    Arrays.setAll(residual, i -> samples[i] - middle);
    return residual;
  }

  /** The residual of a luma block, by the text and by the production code. */
  static int[] residual(int block) {
    int[] byHand = Arrays.stream(columns(rows(scaled(levels(block))))).map(h -> (h + 32) >> 6).toArray();
    if (!Arrays.equals(byHand, residualOf(levels(block), QP))) {
      throw new AssertionError();
    }
    return byHand;
  }

  private static String samples() {
    int[] decoded = Texts.block(Texts.samples(PredictionFigures.STREAM, 0), 16, 0, 0);
    int[] residual = residual(0);
    int[] prediction = PredictionFigures.predicted(0);
    int[] sums = new int[16];
    Arrays.setAll(sums, i -> prediction[i] + residual[i]);
    if (!Arrays.equals(sums, decoded)) {
      throw new AssertionError();
    }
    return Texts.matrix(4, decoded);
  }

  private static int[] forward(int[] residual) {
    int[] coefficients = new int[16];
    ForwardTransform.forward4x4(residual, 0, 4, coefficients, 0);
    return coefficients;
  }

  /** What a level of the transform is worth in steps of samples. */
  static double step(int qp) {
    return LevelScale.FLAT.levelScale4x4(0, qp)[0] / 256.0 * Math.pow(2, qp / 6);
  }

  static String plain(double number) {
    return number == Math.rint(number) ? Integer.toString((int) number) : Double.toString(number);
  }

  private static String dc() {
    int[] c = new int[16];
    c[0] = 8;
    c[1] = 2;
    int[] dc = new int[16];
    DcTransform.inverseLuma(c, 0, LevelScale.FLAT.levelScale4x4(0, QP)[0], QP, dc, 0);
    int[] raster = new int[16];
    Arrays.setAll(raster, i -> dc[BlockScan.BLOCK_INDEX[i]]);
    return Texts.matrix(4, raster);
  }

  private static String chroma() {
    int[] dc = new int[4];
    int[] c = {0, 0, -1, 0};
    DcTransform.inverseChroma420(c, 0, LevelScale.FLAT.levelScale4x4(1, QP)[0], QP, dc, 0);
    return Texts.matrix(2, dc);
  }
}
