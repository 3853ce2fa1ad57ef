package llm265.tensor.tools;

/** Predicts the values of a tile, row by row. Used by one thread at a time. SPEC.md, "Predicted values". */
public final class RowPredictor {
  /** Fraction bits of means. */
  private static final int FRACTION = 4;

  /** The newest number has this share of a mean of two directions: 2^-2. */
  private static final int SHARE_OF_TWO = 2;

  /** The same of a mean of one direction. */
  private static final int SHARE_OF_ONE = 3;

  private final Prediction prediction;
  private final Predictor predictor;
  private final int width;
  private final int lowBits;
  private final int unused;
  private final long all;
  private final long low;
  private final long same;
  private final long bias;
  private final long base;
  private final short[] weights;
  private final long[] means;
  private final BlendedPredictor blended;
  private long[] above;
  private long[] beyond;
  private long[] current;
  private int last;
  private int y;

  /** Predicts rows of at most {@code columns} values of {@code width} bits. */
  public RowPredictor(Prediction prediction, int width, int columns) {
    this.prediction = prediction;
    this.width = width;
    predictor = prediction.predictor();
    lowBits = prediction.lowBits();
    weights = prediction.weights();
    unused = 64 - prediction.bits();
    all = -1L >>> unused;
    low = (1L << lowBits) - 1;
    same = prediction.base() & ~all;
    bias = prediction.bias();
    base = prediction.base() & all;
    above = new long[columns];
    beyond = new long[columns];
    current = new long[columns];
    means = predictor.isSmooth() ? new long[columns] : new long[0];
    blended = predictor == Predictor.BLENDED ? new BlendedPredictor(columns) : null;
  }

  /** Begins a tile whose rows have some number of values; the last row may have fewer. */
  public void begin(int columns) {
    y = 0;
    last = columns - 1;
    if (blended != null) {
      blended.begin();
    }
  }

  /** Makes patterns differences from their predictions, and biased. */
  public void predict(long[] row, int count) {
    for (int x = 0; x < count; x++) {
      long number = prediction.order().number(row[x], width);
      current[x] = (number >>> lowBits) & all;
      long difference = current[x] - predicted(x);
      keep(x, difference);
      row[x] = (((difference + bias) & all) << lowBits) | (number & low);
    }
    next();
  }

  /** Undoes {@link #predict}. */
  public void restore(long[] row, int count) {
    for (int x = 0; x < count; x++) {
      long difference = (row[x] >>> lowBits) - bias;
      current[x] = (predicted(x) + difference) & all;
      keep(x, difference);
      row[x] = prediction.order().pattern(((same | current[x]) << lowBits) | (row[x] & low), width);
    }
    next();
  }

  private void next() {
    long[] free = beyond;
    beyond = above;
    above = current;
    current = free;
    y++;
    if (blended != null) {
      blended.nextRow();
    }
  }

  /** The number that is expected at a place of the current row. */
  private long predicted(int x) {
    if (x == 0 && y == 0) {
      return base;
    }
    return switch (predictor) {
      case NONE -> base;
      case LEFT -> x > 0 ? current[x - 1] : above[0];
      case PREVIOUS -> x > 0 ? current[x - 1] : above[last];
      case ABOVE -> y > 0 ? above[x] : current[x - 1];
      case PLANE -> x > 0 && y > 0 ? current[x - 1] + above[x] - above[x - 1] : extended(x);
      case MEDIAN -> x > 0 && y > 0 ? median(current[x - 1], above[x], above[x - 1]) : extended(x);
      case MEAN -> x == 0 ? above[0] : y == 0 ? current[x - 1]
          : (current[x - 1] & above[x]) + ((current[x - 1] ^ above[x]) >>> 1);
      case SMOOTH, SMOOTH_ROW, SMOOTH_COLUMN -> smooth(x);
      case BLENDED -> blended(x);
      case WEIGHTED -> x > 0 && y > 0 ? weighted(x) : extended(x);
      case WEIGHTED_WITHIN -> x > 0 && y > 0 ? within(weighted(x), x) : extended(x);
    };
  }

  /** At the edges: on from the two values before. */
  private long extended(int x) {
    if (x == 0) {
      return y == 1 ? above[0] : 2 * above[0] - beyond[0];
    }
    return x == 1 ? current[0] : 2 * current[x - 1] - current[x - 2];
  }

  private long median(long w, long n, long nw) {
    boolean rises = less(w, n);
    long low = rises ? w : n;
    long high = rises ? n : w;
    // Where the corner is the greatest, the slope leads to the least, and the other way round.
    return !less(nw, high) ? low : !less(low, nw) ? high : w + n - nw;
  }

  private static boolean less(long a, long b) {
    return Long.compareUnsigned(a, b) < 0;
  }

  /** The number on the left, and the weighted differences of the others from it. */
  private long weighted(int x) {
    long w = current[x - 1];
    long sum = 1L << (Prediction.WEIGHT_BITS - 1);
    for (int i = 0; i < weights.length; i++) {
      int column = Math.clamp(x + Prediction.NEIGHBOURS[i][0], 0, last);
      int up = Math.min(Prediction.NEIGHBOURS[i][1], y);
      sum += weights[i] * ((up == 0 ? current : up == 1 ? above : beyond)[column] - w);
    }
    return w + (sum >> Prediction.WEIGHT_BITS);
  }

  private long blended(int x) {
    if (x == 0 || y == 0) {
      return extended(x);
    }
    long w = current[x - 1];
    long n = above[x];
    long nw = above[x - 1];
    blended.set(0, w);
    blended.set(1, n);
    blended.set(2, w + n - nw);
    blended.set(3, median(w, n, nw));
    blended.set(4, smooth(x));
    return blended.mean(x, last);
  }

  private long smooth(int x) {
    return (mean(x) + (1L << (FRACTION - 1))) >> FRACTION;
  }

  private long within(long number, int x) {
    long ne = above[Math.min(x + 1, last)];
    long low = Math.min(Math.min(current[x - 1], above[x]), Math.min(above[x - 1], ne));
    long high = Math.max(Math.max(current[x - 1], above[x]), Math.max(above[x - 1], ne));
    return Math.clamp(number, low, high);
  }

  /** The mean that the number at a place is predicted with. */
  private long mean(int x) {
    if (x == 0 && y == 0) {
      return base << FRACTION;
    }
    boolean fromLeft = x > 0 && (predictor != Predictor.SMOOTH_COLUMN || y == 0);
    boolean fromAbove = y > 0 && (predictor != Predictor.SMOOTH_ROW || x == 0);
    return fromLeft && fromAbove ? (means[x - 1] + means[x]) >> 1 : fromLeft ? means[x - 1] : means[x];
  }

  private void keep(int x, long difference) {
    if (means.length == 0) {
      return;
    }
    int place = predictor == Predictor.SMOOTH_ROW ? x : predictor == Predictor.SMOOTH_COLUMN ? y : Math.max(x, y);
    if (blended != null) {
      if (x > 0 && y > 0) {
        blended.keep(x, current[x]);
      }
      means[x] = mean(x) + (((current[x] << FRACTION) - mean(x)) >> share(Math.max(x, y), SHARE_OF_TWO));
      return;
    }
    int most = predictor == Predictor.SMOOTH ? SHARE_OF_TWO : SHARE_OF_ONE;
    means[x] = mean(x) + ((difference << unused >> unused) << FRACTION >> share(place, most));
  }

  /** The first ones count more. */
  private static int share(int place, int most) {
    return Math.min(most, 31 - Integer.numberOfLeadingZeros(place + 1));
  }
}
