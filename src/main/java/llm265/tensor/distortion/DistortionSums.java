package llm265.tensor.distortion;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Optional;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/**
 * Sums over pairs of values of two tensors, without loss of accuracy for large tensors. Blocks of a few thousand values are
 * summed plainly, with deviations from the block's own mean. The blocks are joined by the formulas of Chan, Golub and LeVeque,
 * "Updating formulae and a pairwise algorithm for computing sample variances" (1979).
 */
final class DistortionSums {
  private static final int BLOCK = 1 << 12;

  private final TensorView reference;
  private final TensorView other;
  private final double[] referenceValues;
  private final double[] otherValues;

  private long measured;
  private long differing;
  private long notFinite;
  private double mean;
  private double squaredDeviations;
  private double squaredErrors;
  private double squares;
  private double otherSquares;
  private double products;
  private double greatestError;

  DistortionSums(TensorView reference, TensorView other) {
    this.reference = reference;
    this.other = other;
    int length = (int) Math.min(BLOCK, reference.count());
    this.referenceValues = new double[length];
    this.otherValues = new double[length];
  }

  /** Adds the pairs of indices {@code first} to {@code end - 1}. */
  void add(long first, long end) {
    for (long block = first; block < end; block += BLOCK) {
      int count = (int) Math.min(BLOCK, end - block);
      if (reference.dtype().isReal()) {
        addFloats(block, count);
      } else {
        differing += differingBits(block, count);
        if (reference.dtype().isReadable()) {
          reference.read(block, referenceValues, 0, count);
          other.read(block, otherValues, 0, count);
          addMeasured(count);
        }
      }
    }
  }

  private void addFloats(long first, int count) {
    reference.read(first, referenceValues, 0, count);
    other.read(first, otherValues, 0, count);
    int pairs = 0;
    for (int i = 0; i < count; i++) {
      double a = referenceValues[i];
      double b = otherValues[i];
      boolean differs = a != b && !(Double.isNaN(a) && Double.isNaN(b));
      differing += differs ? 1 : 0;
      if (Double.isFinite(a) && Double.isFinite(b)) {
        referenceValues[pairs] = a;
        otherValues[pairs++] = b;
      } else {
        notFinite += differs ? 1 : 0;
      }
    }
    addMeasured(pairs);
  }

  /** Adds the first pairs of the buffers as one block. */
  private void addMeasured(int count) {
    if (count == 0) {
      return;
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += referenceValues[i];
    }
    double blockMean = sum / count;
    double blockDeviations = 0;
    double blockErrors = 0;
    double blockSquares = 0;
    double blockOtherSquares = 0;
    double blockProducts = 0;
    for (int i = 0; i < count; i++) {
      double a = referenceValues[i];
      double b = otherValues[i];
      double error = Math.abs(a - b);
      blockDeviations += (a - blockMean) * (a - blockMean);
      blockErrors += error * error;
      blockSquares += a * a;
      blockOtherSquares += b * b;
      blockProducts += a * b;
      greatestError = Math.max(greatestError, error);
    }
    squaredErrors += blockErrors;
    squares += blockSquares;
    otherSquares += blockOtherSquares;
    products += blockProducts;
    join(count, blockMean, blockDeviations);
  }

  private void join(long count, double otherMean, double otherDeviations) {
    if (count == 0) {
      return;
    }
    long total = measured + count;
    double distance = otherMean - mean;
    mean += distance * count / total;
    squaredDeviations += otherDeviations + distance * distance * ((double) measured * count / total);
    measured = total;
  }

  private void join(DistortionSums sums) {
    differing += sums.differing;
    notFinite += sums.notFinite;
    squaredErrors += sums.squaredErrors;
    squares += sums.squares;
    otherSquares += sums.otherSquares;
    products += sums.products;
    greatestError = Math.max(greatestError, sums.greatestError);
    join(sums.measured, sums.mean, sums.squaredDeviations);
  }

  /** Counts differing values; integers and types that are not interpreted are equal if their bits are. */
  private long differingBits(long first, int count) {
    MemorySegment a = reference.data();
    MemorySegment b = other.data();
    int bits = reference.dtype().bits();
    long differences = 0;
    for (long i = first; i < first + count; i++) {
      differences += bits(a, i, bits) == bits(b, i, bits) ? 0 : 1;
    }
    return differences;
  }

  private static long bits(MemorySegment data, long index, int bits) {
    return switch (bits) {
      case 8 -> data.get(LittleEndian.BYTE, index);
      case 16 -> data.get(LittleEndian.SHORT, 2 * index);
      case 32 -> data.get(LittleEndian.INT, 4 * index);
      case 64 -> data.get(LittleEndian.LONG, 8 * index);
      default -> packedBits(data, index * bits, bits);
    };
  }

  private static int packedBits(MemorySegment data, long position, int bits) {
    long at = position >> 3;
    int shift = (int) position & 7;
    int low = data.get(LittleEndian.BYTE, at) & 0xFF;
    int high = shift + bits > 8 ? data.get(LittleEndian.BYTE, at + 1) & 0xFF : 0;
    return ((low | (high << 8)) >> shift) & ((1 << bits) - 1);
  }

  long measured() {
    return measured;
  }

  long differing() {
    return differing;
  }

  long notFinite() {
    return notFinite;
  }

  double squaredDeviations() {
    return squaredDeviations;
  }

  double squaredErrors() {
    return squaredErrors;
  }

  double squares() {
    return squares;
  }

  double otherSquares() {
    return otherSquares;
  }

  double products() {
    return products;
  }

  double greatestError() {
    return greatestError;
  }

  /** Joins sums pairwise, like a balanced tree, in the order in which they come. */
  static final class Tree {
    private record Node(DistortionSums sums, int height) {}

    private final ArrayDeque<Node> waiting = new ArrayDeque<>();

    void add(DistortionSums sums) {
      Node node = new Node(sums, 0);
      while (!waiting.isEmpty() && waiting.peek().height == node.height) {
        node = joined(waiting.pop(), node);
      }
      waiting.push(node);
    }

    /** All added sums together; empty if there were none. May be called once. */
    Optional<DistortionSums> total() {
      Node node = waiting.poll();
      while (node != null && !waiting.isEmpty()) {
        node = joined(waiting.pop(), node);
      }
      return Optional.ofNullable(node).map(Node::sums);
    }

    private static Node joined(Node left, Node right) {
      left.sums.join(right.sums);
      return new Node(left.sums, right.height + 1);
    }
  }
}
