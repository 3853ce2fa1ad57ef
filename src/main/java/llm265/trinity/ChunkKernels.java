package llm265.trinity;

import llm265.kernel.KernelLoader;
import llm265.kernel.Scratch;

/**
 * Entropy coding of chunks, whose levels {@link SearchKernels} find. Implementations have no state; any thread may use them.
 *
 * <p>A chunk's values lie in {@link #LANES} lanes: value {@code i} is step {@code i / 16} of lane {@code i % 16}. Each lane has
 * its own trellis path and its own entropy coder; lanes share the words of a chunk. Floats are binary32, with no fused
 * multiply-add.
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

  /** The implementation in use. */
  ChunkKernels ACTIVE =
      KernelLoader.load(ChunkKernels.class, new ScalarChunkKernels(), "llm265.vector.chunk.VectorChunkKernels");

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
