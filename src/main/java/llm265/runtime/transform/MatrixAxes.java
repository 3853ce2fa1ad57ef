package llm265.runtime.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.lm.math.PackedMatrix;
import llm265.numeric.Logarithms;
import llm265.parallel.Workers;

/**
 * Axes of the rows and of the columns of a matrix G on which its coefficients U G V^T are nearly uncorrelated: U has the
 * eigenvectors of E[G G^T], V those of E[G^T G], as Shampoo (1802.09568) and SOAP (2409.11321) have them for preconditioners.
 * Coefficient i, j deviates by the root of l_i m_j / E|G|^2, l and m the eigenvalues.
 *
 * <p>Learned from matrices that all ends have, in an order of sums that is the same everywhere. Rows and columns are taken in
 * blocks, as what axes cost grows with the cube of their number. Used by one thread at a time.
 */
public final class MatrixAxes {
  /** Rows or columns of a block at most. */
  private static final int MOST_BLOCK = 256;

  /** Times of learning whose matrices count before older ones count half. */
  private static final double MOST_MATRICES = 8;

  /** What is added to each variance, as a share of their mean: products of binary32 values know no more. */
  private static final double LEAST_VARIANCE = 1e-6;

  /** Units of an octave. */
  private static final int OCTAVE = 48;

  private final int rows;
  private final int columns;
  private final Side left;
  private final Side right;
  private double learned;
  private double since;

  /** Blocks of rows, or of columns. */
  private static final class Side {
    private final List<Block> blocks = new ArrayList<>();

    Side(int size) {
      int count = Math.ceilDiv(size, MOST_BLOCK);
      for (int i = 0; i < count; i++) {
        int first = (int) ((long) size * i / count);
        blocks.add(new Block(first, (int) ((long) size * (i + 1) / count) - first));
      }
    }
  }

  /** Neighbouring rows or columns that have axes together. */
  private static final class Block {
    private final int first;
    private final int size;
    private final double[] learned;
    private final double[] since;
    private PackedMatrix forward;
    private PackedMatrix inverse;
    private double[] energies;

    Block(int first, int size) {
      this.first = first;
      this.size = size;
      learned = new double[size * size];
      since = new double[size * size];
    }

    /** Adds products of vectors of a length, which lie one behind the other, over a number. */
    void add(float[] vectors, int length, double over) {
      float[] own = Arrays.copyOfRange(vectors, first * length, (first + size) * length);
      float[] products = new float[size * size];
      PackedMatrix.of(size, length, own).multiply(own, 0, size, products, Workers.CALLER);
      for (int i = 0; i < products.length; i++) {
        since[i] += products[i] / over;
      }
    }

    void learn(boolean halve, double matrices, double least) {
      for (int i = 0; i < learned.length; i++) {
        learned[i] = (halve ? learned[i] / 2 : learned[i]) + since[i];
        since[i] = 0;
      }
      axes(matrices, least);
    }

    /** Makes axes of what was learned from so many matrices. */
    private void axes(double matrices, double least) {
      double[] mean = new double[learned.length];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          // Products come in both orders of the factors, and need not agree in the last bit.
          mean[i * size + j] = (learned[i * size + j] + learned[j * size + i]) / (2 * matrices) + (i == j ? least : 0);
        }
      }
      SymmetricMatrix.Eigen eigen = SymmetricMatrix.eigen(mean, size);
      energies = eigen.values();
      float[] vectors = new float[mean.length];
      float[] transposed = new float[mean.length];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          vectors[i * size + j] = (float) eigen.vectors()[i * size + j];
          transposed[j * size + i] = vectors[i * size + j];
        }
      }
      forward = PackedMatrix.of(size, size, vectors);
      inverse = PackedMatrix.of(size, size, transposed);
    }
  }

  /** Axes of which nothing is known. */
  public MatrixAxes(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    left = new Side(rows);
    right = new Side(columns);
  }

  /** Whether there are axes. */
  public boolean isLearned() {
    return learned > 0;
  }

  /** Takes a matrix, row by row from {@code at} on; all matrices count alike, whatever their scale. Zeros say nothing. */
  public void add(float[] values, int at) {
    float[] matrix = new float[rows * columns];
    System.arraycopy(values, at, matrix, 0, matrix.length);
    double squares = 0;
    for (float value : matrix) {
      squares += (double) value * value;
    }
    if (squares < Float.MIN_NORMAL) {
      return;
    }
    for (Block block : left.blocks) {
      block.add(matrix, columns, squares);
    }
    float[] transposed = transposed(matrix, rows, columns);
    for (Block block : right.blocks) {
      block.add(transposed, rows, squares);
    }
    since++;
  }

  /** Learns axes from the matrices up to now. */
  public void learn() {
    if (since == 0) {
      return;
    }
    boolean halve = learned >= MOST_MATRICES;
    learned = (halve ? learned / 2 : learned) + since;
    since = 0;
    for (Block block : left.blocks) {
      block.learn(halve, learned, LEAST_VARIANCE / rows);
    }
    for (Block block : right.blocks) {
      block.learn(halve, learned, LEAST_VARIANCE / columns);
    }
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] result = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = matrix[i * columns + j];
      }
    }
    return result;
  }

  /** Makes coefficients of a matrix, row by row from {@code at} on, in its place. */
  public void forward(float[] values, int at) {
    multiply(values, at, true);
  }

  /** Makes a matrix of coefficients. */
  public void inverse(float[] values, int at) {
    multiply(values, at, false);
  }

  private void multiply(float[] values, int at, boolean forward) {
    if (!isLearned()) {
      return;
    }
    float[] matrix = new float[rows * columns];
    System.arraycopy(values, at, matrix, 0, matrix.length);
    multiplyRows(right, matrix, rows, columns, forward);
    float[] transposed = transposed(matrix, rows, columns);
    multiplyRows(left, transposed, columns, rows, forward);
    System.arraycopy(transposed(transposed, columns, rows), 0, values, at, matrix.length);
  }

  /** Multiplies each row, block by block. */
  private static void multiplyRows(Side side, float[] matrix, int count, int length, boolean forward) {
    for (Block block : side.blocks) {
      float[] vectors = new float[count * block.size];
      for (int i = 0; i < count; i++) {
        System.arraycopy(matrix, i * length + block.first, vectors, i * block.size, block.size);
      }
      float[] products = new float[vectors.length];
      (forward ? block.forward : block.inverse).multiply(vectors, 0, count, products, Workers.CALLER);
      for (int i = 0; i < count; i++) {
        System.arraycopy(products, i * block.size, matrix, i * length + block.first, block.size);
      }
    }
  }

  /**
   * How far coefficients are expected to deviate.
   *
   * @param units receives binary logarithms of deviations over the root mean square of all, in 48ths, from {@code at} on
   */
  public void expect(int[] units, int at) {
    if (!isLearned()) {
      Arrays.fill(units, at, at + rows * columns, 0);
      return;
    }
    double[] ofRows = octaves(left, rows);
    double[] ofColumns = octaves(right, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        units[at + i * columns + j] = (int) StrictMath.rint(OCTAVE * (ofRows[i] + ofColumns[j]));
      }
    }
  }

  /** Half the binary logarithms of energies over their mean. */
  private static double[] octaves(Side side, int size) {
    double sum = 0;
    for (Block block : side.blocks) {
      for (double energy : block.energies) {
        sum += energy;
      }
    }
    double[] octaves = new double[size];
    for (Block block : side.blocks) {
      for (int i = 0; i < block.size; i++) {
        double share = Math.max(block.energies[i] * size / sum, LEAST_VARIANCE);
        octaves[block.first + i] = Logarithms.log2(share) / 2;
      }
    }
    return octaves;
  }

  /** All that is known, as {@link #restore} takes it. */
  public double[] state() {
    double[] state = new double[stateLength()];
    state[0] = learned;
    state[1] = since;
    int at = 2;
    for (Side side : List.of(left, right)) {
      for (Block block : side.blocks) {
        System.arraycopy(block.learned, 0, state, at, block.learned.length);
        System.arraycopy(block.since, 0, state, at + block.learned.length, block.since.length);
        at += 2 * block.learned.length;
      }
    }
    return state;
  }

  /** Numbers of a state. */
  public int stateLength() {
    int length = 2;
    for (Side side : List.of(left, right)) {
      for (Block block : side.blocks) {
        length += 2 * block.learned.length;
      }
    }
    return length;
  }

  /** Goes on from a state of a matrix of this shape. */
  public void restore(double[] state) {
    learned = state[0];
    since = state[1];
    int at = 2;
    for (Side side : List.of(left, right)) {
      double least = LEAST_VARIANCE / (side == left ? rows : columns);
      for (Block block : side.blocks) {
        System.arraycopy(state, at, block.learned, 0, block.learned.length);
        System.arraycopy(state, at + block.learned.length, block.since, 0, block.since.length);
        at += 2 * block.learned.length;
        if (learned > 0) {
          block.axes(learned, least);
        }
      }
    }
  }
}
