package llm265.vector.chunk;

import llm265.trinity.ChunkKernels;
import llm265.trinity.SearchKernels;
import llm265.trinity.Trellis;

/** Searches of made-up chunks, by which the code gets compiled: with trellises and classes of each kind. */
final class SearchRehearsal {
  static final int STEPS = 2 * SearchKernels.METRIC_STEPS;

  private static final int VALUES = ChunkKernels.LANES * STEPS;
  private static final int CLASSES = 2;
  private static final int LENGTH = ChunkKernels.NARROW_LENGTH;
  private static final Trellis[] TRELLISES = {Trellis.of(0), Trellis.of(2), Trellis.of(3), Trellis.of(4)};

  private final SearchKernels kernels;
  private final float[] values = new float[VALUES];
  private final float[] costs = new float[CLASSES * 2 * LENGTH];
  private final byte[] mixed = new byte[VALUES];
  private final byte[] rows = new byte[VALUES];
  private final byte[][] kindsOfClasses = {null, rows, mixed};
  private final int[] codes = new int[VALUES];
  private final int[] decisions = new int[VALUES];
  private final float[] metrics = new float[2 * ChunkKernels.LANES * 32 + SearchKernels.BRANCHES];

  SearchRehearsal(SearchKernels kernels) {
    this.kernels = kernels;
    for (int i = 0; i < VALUES; i++) {
      values[i] = i * 37 % 101 / 10f - 5;
      rows[i] = (byte) (i / (16 * ChunkKernels.LANES) & 1);
      mixed[i] = (byte) (i & 1);
    }
  }

  void run() {
    for (byte[] classes : kindsOfClasses) {
      for (Trellis trellis : TRELLISES) {
        kernels.search(values, 0, STEPS, 0, 1, trellis, costs, LENGTH, classes, null, codes, decisions, metrics);
      }
    }
  }
}
