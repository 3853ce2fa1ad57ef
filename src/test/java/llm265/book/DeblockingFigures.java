package llm265.book;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.h264.Picture;
import llm265.h264.deblock.ScalarDeblockKernels;
import llm265.h264.decode.H264IntraDecoder;

/** Chapter 9: the edges of edge.264. */
final class DeblockingFigures {
  /** At QP 28. */
  private static final int ALPHA = 20;
  private static final int BETA = 7;
  private static final int TC0 = 2;

  private DeblockingFigures() {}

  static void addTo(Figures figures) {
    figures.put("9.before", () -> Texts.list(row(BookStreams.edgeWithoutDeblocking())));
    figures.put("9.after", DeblockingFigures::after);
    figures.put("9.steps", DeblockingFigures::steps);
    figures.put("9.1", () -> "4 3");
    figures.put("9.2", () -> Arrays.equals(filtered(100, 120, true), sides(100, 120)) ? "no" : "yes");
    figures.put("9.3", () -> Texts.list(Arrays.copyOfRange(filtered(100, 106, true), 1, 4)));
    figures.put("9.4", () -> Texts.list(Arrays.copyOfRange(filtered(100, 106, false), 2, 6)));
    figures.put("9.5", () -> Integer.toString(filtered(100, 119, false)[3] - 100));
    figures.put("9.6", () -> Texts.printed("inspect", "golden-vectors/tensors/plain.264").stream()
        .filter(line -> line.contains("disable_deblocking_filter_idc")).findFirst().orElseThrow().replaceAll(".* ", ""));
  }

  /** Columns 12 to 27 of the first row of a picture whose rows are all alike. */
  private static int[] row(byte[] stream) {
    Picture picture = H264IntraDecoder.decodeAll(stream).getFirst();
    int[] row = new int[16];
    Arrays.setAll(row, i -> picture.samples(0)[picture.first(0) + 12 + i]);
    return row;
  }

  /** What the decoder makes, which must be what the production kernel makes of the row before with the thresholds of the text. */
  private static String after() {
    int[] before = row(BookStreams.edgeWithoutDeblocking());
    int[] left = filter(Arrays.copyOfRange(before, 0, 8), true);
    int[] right = filter(Arrays.copyOfRange(before, 8, 16), false);
    int[] byHand = new int[16];
    System.arraycopy(left, 0, byHand, 0, 8);
    System.arraycopy(right, 0, byHand, 8, 8);
    int[] decoded = row(BookStreams.get("edge.264"));
    if (!Arrays.equals(byHand, decoded)) {
      throw new AssertionError(Arrays.toString(byHand) + " and " + Arrays.toString(decoded));
    }
    return Texts.list(decoded);
  }

  /** What becomes of edges of some heights between flat sides. */
  private static String steps() {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("before", "bS 4", "bS 3")));
    for (int height : new int[] {1, 4, 6, 7, 12, 19, 20}) {
      rows.add(List.of(Texts.list(sides(100, 100 + height)), Texts.list(filtered(100, 100 + height, true)),
          Texts.list(filtered(100, 100 + height, false))));
    }
    return Texts.table(rows);
  }

  private static int[] sides(int p, int q) {
    int[] samples = new int[8];
    Arrays.setAll(samples, i -> i < 4 ? p : q);
    return samples;
  }

  private static int[] filtered(int p, int q, boolean strong) {
    return filter(sides(p, q), strong);
  }

  /** p3 to q3 across an edge, filtered. */
  private static int[] filter(int[] samples, boolean strong) {
    short[] plane = new short[16 * 20];
    for (int i = 0; i < 16 * 20; i++) {
      plane[i] = (short) samples[Math.min(i % 20, 7)];
    }
    int[] thresholds = {ALPHA, BETA, strong ? -1 : TC0, ALPHA, BETA, TC0};
    new ScalarDeblockKernels().filterLuma(plane, 4, 1, 20, 1, thresholds, 255, new short[1024]);
    int[] result = new int[8];
    Arrays.setAll(result, i -> plane[i]);
    return result;
  }
}
