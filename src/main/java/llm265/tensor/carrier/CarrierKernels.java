package llm265.tensor.carrier;

import llm265.kernel.KernelLoader;
import llm265.trinity.Trellis;

/**
 * From the levels of a macroblock to the steps of its values, and back. Implementations have no state; any thread may use them.
 *
 * <p>The 256 values of a macroblock lie in 16 lanes, its columns: value {@code i} is of lane {@code i % 16}. Values of the second
 * quantizer take the macroblock's levels in their {@link CarrierOrder order} from the first on, those of the first quantizer
 * from the last on, backwards.
 *
 * <p>Without low bits, a level is a signed magnitude of the trellis. With {@code n} of them it holds the high bits of an index
 * {@code m}, which stands for {@code 2 m + q} steps: {@code level = (m + 2^(n-1)) >> n}, and the low bits of that sum are kept
 * beside it.
 */
public interface CarrierKernels {
  /** Lanes of a macroblock. */
  int LANES = 16;

  /** Elements of an array of ordered levels: some behind the last, so that a whole vector can be read and written anywhere. */
  int ORDERED = 256 + LANES;

  /** The implementation in use. */
  CarrierKernels ACTIVE =
      KernelLoader.load(CarrierKernels.class, new ScalarCarrierKernels(), "llm265.vector.VectorCarrierKernels");

  /**
   * The steps of a macroblock's values.
   *
   * @param ordered levels in their order
   * @param lowBits number of low bits of each value from {@code at} on
   * @param low its low bits, from {@code at} on
   * @param states of the lanes; become those behind the macroblock
   * @param steps receives the steps of the first row from {@code stepsAt} on
   * @param stride distance of a row of steps from the one before it
   */
  void join(
      int[] ordered, byte[] lowBits, short[] low, int at, Trellis trellis, int[] states, float[] steps, int stepsAt, int stride);

  /**
   * The levels of a macroblock's values.
   *
   * @param codes {@code magnitude << 2 | sign << 1 | quantizer} of 256 values from {@code from} on; no value of the second
   *     quantizer with low bits is 0
   * @param ordered receives levels in their order
   * @param lowBits number of low bits of each value from {@code at} on
   * @param low receives its low bits, from {@code at} on; arbitrary where there are none
   * @param steps receives the steps of the first row from {@code stepsAt} on
   * @param stride distance of a row of steps from the one before it
   */
  void split(
      int[] codes, int from, int[] ordered, byte[] lowBits, short[] low, int at, float[] steps, int stepsAt, int stride);
}
