package llm265.runtime.kv;

/**
 * The discrete cosine transform over the tokens of a cell, in blocks of 16 tokens: what neighbouring tokens have in common, such
 * as the means of channels and what rotary embedding turns slowly, becomes a few coefficients. Orthonormal.
 *
 * <p>Products are added in the order of tokens, in binary32, so that results are the same on every machine.
 */
final class TokenTransform {
  /** Tokens of a block; the last one of a cell may have fewer. */
  static final int BLOCK = 16;

  /** {@code MATRICES[n][k * n + t]}: frequency k of n tokens at token t. */
  private static final float[][] MATRICES = new float[BLOCK + 1][];

  static {
    for (int n = 1; n <= BLOCK; n++) {
      MATRICES[n] = new float[n * n];
      for (int k = 0; k < n; k++) {
        double scale = StrictMath.sqrt((k == 0 ? 1.0 : 2.0) / n);
        for (int t = 0; t < n; t++) {
          MATRICES[n][k * n + t] = (float) (scale * StrictMath.cos(StrictMath.PI * k * (2 * t + 1) / (2.0 * n)));
        }
      }
    }
  }

  private final float[] block;
  private final int channels;

  /** @param channels of a token */
  TokenTransform(int channels) {
    this.channels = channels;
    block = new float[BLOCK * channels];
  }

  /** Tokens of the block that token {@code first} begins, of so many tokens of a cell. */
  static int length(int first, int tokens) {
    return Math.min(BLOCK, tokens - first);
  }

  /** Replaces the tokens of rows by frequencies. */
  void forward(float[] rows, int tokens) {
    for (int first = 0; first < tokens; first += BLOCK) {
      transform(rows, first * channels, length(first, tokens), false);
    }
  }

  /** Replaces frequencies by tokens. */
  void inverse(float[] rows, int tokens) {
    for (int first = 0; first < tokens; first += BLOCK) {
      transform(rows, first * channels, length(first, tokens), true);
    }
  }

  private void transform(float[] rows, int at, int n, boolean inverse) {
    float[] matrix = MATRICES[n];
    for (int to = 0; to < n; to++) {
      int row = to * channels;
      int index = inverse ? to : to * n;
      int stride = inverse ? n : 1;
      first(rows, at, matrix[index], row);
      int from = 1;
      for (; from + 2 < n; from += 3) {
        int m = index + from * stride;
        add(rows, at + from * channels, matrix[m], matrix[m + stride], matrix[m + 2 * stride], row);
      }
      for (; from < n; from++) {
        add(rows, at + from * channels, matrix[index + from * stride], row);
      }
    }
    System.arraycopy(block, 0, rows, at, n * channels);
  }

  private void first(float[] rows, int at, float factor, int row) {
    for (int c = 0; c < channels; c++) {
      block[row + c] = factor * rows[at + c];
    }
  }

  private void add(float[] rows, int at, float factor, int row) {
    for (int c = 0; c < channels; c++) {
      block[row + c] += factor * rows[at + c];
    }
  }

  /** Adds three tokens, one after the other. */
  private void add(float[] rows, int at, float first, float second, float third, int row) {
    int next = at + channels;
    int last = next + channels;
    for (int c = 0; c < channels; c++) {
      block[row + c] = ((block[row + c] + first * rows[at + c]) + second * rows[next + c]) + third * rows[last + c];
    }
  }

  /** Share of frequency k of n tokens in the energy of a process whose neighbours correlate by {@code rho}, times n. */
  static double spectrum(double rho, int n, int k) {
    float[] matrix = MATRICES[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        sum += (double) matrix[k * n + i] * matrix[k * n + j] * StrictMath.pow(rho, Math.abs(i - j));
      }
    }
    return sum;
  }
}
