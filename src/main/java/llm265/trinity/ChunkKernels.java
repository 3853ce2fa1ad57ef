package llm265.trinity;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * The three operations on chunks: search for levels, entropy encoding, entropy decoding. Implementations have no state; any
 * thread may use them.
 *
 * <p>A chunk's values lie in {@link #LANES} lanes: value {@code i} is step {@code i / 16} of lane {@code i % 16}. Each lane has
 * its own trellis path and its own entropy coder; lanes share the words of a chunk. Floats are binary32, with no fused
 * multiply-add: which levels are chosen depends on each rounding.
 *
 * <p>A <em>code</em> is a value's quantizer, sign and magnitude: {@code magnitude << 2 | sign << 1 | quantizer}.
 *
 * <p>Where values are of classes, tables of all classes lie one behind the other, and {@code classes} holds the class of each
 * value; it is null where there is one class.
 */
public interface ChunkKernels {
  int LANES = 16;

  /** Lengths of the tables by magnitude: a power of two; greater magnitudes count as the last. */
  int NARROW_LENGTH = 32;

  /** The same of alphabets whose escape begins later. */
  int WIDE_LENGTH = 512;

  /** Steps after which decoding looks whether it has run behind the end of a chunk. */
  int CHECKED_STEPS = 16;

  /** Bytes behind the end of a chunk that decoding may read: two words of each lane and step between two looks. */
  int SLACK = CHECKED_STEPS * LANES * 4;

  /** Room to decode in, beside what it takes for each chunk. */
  int DECODER_SCRATCH = 4 * (1 << 10) + 16 * LANES;

  /** Bytes before the first word of an encoded chunk that become 0. */
  int CLEARED = 2 * LANES;

  /** Steps after which metrics are made small again. */
  int METRIC_STEPS = 64;

  /** Room for the costs of so many steps, by quantizer and parity. */
  int BRANCHES = METRIC_STEPS * 4 * LANES;

  /** The metric of a state that cannot be reached yet. */
  float UNREACHED = 0x1p100f;

  /** The greatest magnitude of a value in steps. */
  float GREATEST_STEPS = 0x1FFF0;

  /** The implementation in use. */
  ChunkKernels ACTIVE =
      KernelLoader.load(ChunkKernels.class, new ScalarChunkKernels(), "llm265.vector.chunk.VectorChunkKernels");

  /**
   * Chooses the levels of a chunk by the path of least cost: the sum of {@code (a - u)^2 + cost} over its values, where
   * {@code a = min(|(x - centre) * inverseStep|, GREATEST_STEPS)} and {@code u} is a magnitude in steps.
   *
   * <p>For each quantizer and parity one magnitude is looked at: with {@code r} of 0 and 2 for the even and odd magnitudes of the
   * first quantizer, 3 and 1 for those of the second, {@code u = r + 4 max(0, rint((a - r) / 4))}; zero takes its place among
   * even magnitudes where that costs less. Of two paths that cost the same the one whose last magnitude is even stays, and of
   * ends the one of the lowest state.
   *
   * @param values {@code 16 * steps} finite values from {@code from} on
   * @param costs by class, quantizer and magnitude, each of {@code length} elements
   * @param length {@link #NARROW_LENGTH} or {@link #WIDE_LENGTH}
   * @param codes receives {@code 16 * steps} codes, from 0 on
   * @param decisions room for {@code 16 * steps} numbers for every 32 states, or a part of them
   * @param metrics room for 32 numbers a state and {@link #BRANCHES}
   */
  void search(float[] values, int from, int steps, float centre, float inverseStep, Trellis trellis, float[] costs, int length,
      byte[] classes, int[] codes, @Scratch int[] decisions, @Scratch float[] metrics);

  /**
   * Encodes a chunk, backwards.
   *
   * @param codes {@code 16 * steps} codes
   * @param tail number of last steps whose states are not renormalized
   * @param symbols by class, quantizer and magnitude: {@link EncoderTables}
   * @param slots by class: the slots of each token
   * @param states of the lanes behind the chunk; become those before it
   * @param out receives words, little-endian, that end before {@code end}; {@link #CLEARED} bytes before them become 0
   * @param scratch room for 16 numbers
   * @return index of the first byte
   */
  int encode(int[] codes, int steps, int tail, int[] symbols, int length, int[] slots, byte[] classes, int[] states, byte[] out,
      int end, @Scratch int[] scratch);

  /**
   * Decodes chunks of the same number of steps and the same classes. What is read behind the end of a chunk is noticed every
   * {@link #CHECKED_STEPS} steps; the chunk is left there.
   *
   * @param in holds the words; {@link #SLACK} bytes behind each end can be read
   * @param at index of each chunk's first word; becomes the index behind its last, one behind {@code ends} if it has too few
   * @param ends index behind each chunk's words
   * @param tails number of last steps of each chunk whose states are not renormalized
   * @param states of each chunk's lanes; become those behind it
   * @param tables by class: decoder's part of {@link TokenTables}, for all chunks
   * @param bases by class: twice the least magnitudes of the 16 tokens, but {@link Integer#MIN_VALUE} for the escape
   * @param classes of each value of all chunks; null for one class
   * @param out receives {@code steps * scale}, negated where the sign says so, plus {@code offset}, chunk after chunk, from
   *     {@code outAt} on: one product, then one sum
   * @param scratch room for 16 numbers a chunk, and {@link #DECODER_SCRATCH}
   */
  void decode(byte[] in, int[] at, int[] ends, int[] tails, int steps, Trellis trellis, int[] states, int[] tables, int[] bases,
      byte[] classes, float scale, float offset, float[] out, int outAt, @Scratch int[] scratch);
}
