package llm265.runtime;

import java.util.ArrayList;
import java.util.List;
import llm265.runtime.message.CodecState;
import llm265.runtime.message.Expectation;
import llm265.runtime.message.ExpectedCoder;
import llm265.runtime.message.ExpectedDecoder;
import llm265.runtime.message.Segments;
import llm265.runtime.transform.MatrixAxes;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Axes of all matrices of a model, on which gradients have few large coefficients. All workers learn them alike from averages
 * that all have: no bits are sent for them. SPEC.md, "Run-time messages". Used by one thread at a time.
 */
public final class GradientAxes {
  /** Steps between two times of learning at most; the first times are after 1, 2, 4, ... steps. */
  private static final int PERIOD = 16;

  /** Of later steps one in so many is learned from. */
  private static final int STRIDE = 2;

  private final Segments tensors;
  /** Of each tensor; null for vectors, whose values stay as they are. */
  private final List<MatrixAxes> axes = new ArrayList<>();
  private int steps;
  private int due = 1;
  private Expectation expectation;

  /**
   * Axes of which nothing is known.
   *
   * @param shapes rows and columns of each tensor; a vector has one row or one column
   * @throws IllegalArgumentException if a tensor is empty
   */
  public GradientAxes(int[]... shapes) {
    int[] sizes = new int[shapes.length];
    for (int i = 0; i < shapes.length; i++) {
      int rows = shapes[i][0];
      int columns = shapes[i][1];
      if (rows < 1 || columns < 1) {
        throw new IllegalArgumentException("a tensor of " + rows + " x " + columns);
      }
      sizes[i] = Math.multiplyExact(rows, columns);
      axes.add(rows == 1 || columns == 1 ? null : new MatrixAxes(rows, columns));
    }
    tensors = Segments.of(sizes);
    expectation = Expectation.none(tensors.values());
  }

  /** A segment for each tensor. */
  public Segments tensors() {
    return tensors;
  }

  /**
   * Encodes the values of all tensors on these axes.
   *
   * @param values replaced by what a decoder makes of the message
   * @throws IllegalArgumentException if a value is not finite
   */
  public byte[] encode(ExpectedCoder coder, float[] values) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) != null) {
        axes.get(i).forward(values, tensors.begin(i));
      }
    }
    byte[] message = coder.encode(values, 0, expectation, values, 0);
    inverse(values);
    return message;
  }

  /**
   * Decodes a message of axes that have learned the same.
   *
   * @param values receive those of all tensors
   * @throws llm265.h264.MalformedStreamException if it is damaged, or coded on other axes
   */
  void decode(ExpectedDecoder decoder, byte[] message, float[] values) {
    decoder.decode(message, expectation, values, 0);
    inverse(values);
  }

  private void inverse(float[] values) {
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) != null) {
        axes.get(i).inverse(values, tensors.begin(i));
      }
    }
  }

  /**
   * Takes the average of a step, the same on all workers to the last bit.
   *
   * @param average finite values of all tensors; not changed
   */
  public void learn(float[] average) {
    steps++;
    if (steps > PERIOD && steps % STRIDE != 0) {
      return;
    }
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) != null) {
        axes.get(i).add(average, tensors.begin(i));
      }
    }
    if (steps >= due) {
      axes.stream().filter(one -> one != null).forEach(MatrixAxes::learn);
      due = steps + Math.min(steps, PERIOD);
      expect();
    }
  }

  private void expect() {
    int[] units = new int[tensors.values()];
    for (int i = 0; i < axes.size(); i++) {
      if (axes.get(i) != null) {
        axes.get(i).expect(units, tensors.begin(i));
      }
    }
    expectation = new Expectation(units);
  }

  /** Writes all that is known. */
  public void write(PayloadWriter out) {
    out.u32(steps);
    out.u32(due);
    for (MatrixAxes one : axes) {
      for (double value : one == null ? new double[0] : one.state()) {
        CodecState.write(value, out);
      }
    }
  }

  /** Goes on from what was written by axes of the same tensors. */
  public void read(PayloadReader in) {
    steps = in.u32("steps");
    due = in.u32("due");
    for (MatrixAxes one : axes) {
      if (one != null) {
        double[] state = new double[one.stateLength()];
        for (int i = 0; i < state.length; i++) {
          state[i] = CodecState.readDouble(in);
        }
        one.restore(state);
      }
    }
    expect();
  }
}
