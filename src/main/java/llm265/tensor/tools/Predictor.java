package llm265.tensor.tools;

/**
 * How a number of a tile is predicted from those before it. SPEC.md, "Predicted values". In the formulas w is the number on the
 * left, n that above, nw that above to the left; ww and nn are those beyond w and n.
 */
public enum Predictor {
  /** The same everywhere. */
  NONE,
  /** w; n in the first column. */
  LEFT,
  /** n; w in the first row. */
  ABOVE,
  /** w + n - nw; 2n - nn in the first column, 2w - ww in the first row. */
  PLANE,
  /** The one in the middle of w, n and w + n - nw; at the edges as {@link #PLANE}. */
  MEDIAN,
  /** w; in the first column the last number of the row above. */
  PREVIOUS,
  /** Half of w and n, rounded down; at the edges as {@link #LEFT}, {@link #ABOVE}. */
  MEAN,
  /** A mean of those to the left and above, of which the nearest count most. */
  SMOOTH,
  /** The same of those to the left. */
  SMOOTH_ROW,
  /** The same of those above. */
  SMOOTH_COLUMN,
  /** A sum of neighbours with weights that the stream has. */
  WEIGHTED,
  /** The same, but not beyond the least and the greatest of w, n, nw and ne. */
  WEIGHTED_WITHIN,
  /** A mean of w, n, those of {@link #PLANE}, {@link #MEDIAN} and {@link #SMOOTH}: {@link BlendedPredictor}. */
  BLENDED;

  private static final Predictor[] ALL = values();

  /** Number in the format. */
  int code() {
    return ordinal();
  }

  /** The predictor of a number; null if there is none. */
  static Predictor ofCode(int code) {
    return code >= ALL.length ? null : ALL[code];
  }

  /** Whether the stream has weights. */
  public boolean isWeighted() {
    return this == WEIGHTED || this == WEIGHTED_WITHIN;
  }

  /** Whether it is kept up by {@link RowPredictor}. */
  boolean isSmooth() {
    return this == SMOOTH || this == SMOOTH_ROW || this == SMOOTH_COLUMN || this == BLENDED;
  }

  /** Whether it reckons with fractions, for which long numbers leave no room. */
  public boolean hasFractions() {
    return isWeighted() || isSmooth();
  }
}
