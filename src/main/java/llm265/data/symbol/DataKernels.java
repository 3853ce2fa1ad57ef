package llm265.data.symbol;

import llm265.kernel.KernelLoader;

/**
 * What is done to every value of a block: entropy coding of symbols in lanes, bits to planes and back, values to words and back.
 * Implementations have no state; any thread may use them. SPEC.md, "Data files".
 *
 * <p>Symbol {@code i} is step {@code i / lanes} of lane {@code i % lanes}. Each lane has its own entropy coder; lanes share the
 * words of a section. There are 16 or 64 lanes.
 */
public interface DataKernels {
  /** Values of a group; counts of values are rounded up to these. */
  int GROUP = 16;

  /** The greatest number of lanes. */
  int MOST_LANES = 64;

  /** Bytes behind the end of words, or before their beginning, that may be read or overwritten. */
  int SLACK = 4 * MOST_LANES;

  /** Symbols of the small alphabet: its tables fit into registers. */
  int FEW = 32;

  int SLOT_BITS = 12;
  int SLOTS = 1 << SLOT_BITS;

  /** Slots of a bucket of the small alphabet's alias table, as a power of two. */
  int BUCKET_BITS = 7;

  /** Places in the tables of the small alphabet: divisions of buckets, words before them and behind, the symbols' values. */
  int BEFORE = FEW;
  int BEHIND = 2 * FEW;
  int VALUES = 3 * FEW;

  /** Behind them the word of each slot, as the large alphabet has it. */
  int FEW_SLOTS = 4 * FEW;

  /** In an alias table's word: what is added to a place in a bucket, the frequency; the token is the lowest. */
  int ADJUSTMENT_SHIFT = 19;
  int FREQUENCY_SHIFT = 7;

  /** In the word of a slot: the place among the symbol's slots, the symbol; the frequency is the lowest. */
  int PLACE_SHIFT = 12;
  int SYMBOL_SHIFT = 24;

  /** What makes a word of a value: it is the value. */
  int PLAIN = 0;

  /** The highest bit, a sign, becomes the lowest: what follows it, an exponent, comes first. */
  int ROTATED = 1;

  /** The same, and the other bits are inverted where it is set: integers near 0 become small ones. */
  int ZIGZAG = 2;

  /** The implementation in use. */
  DataKernels ACTIVE =
      KernelLoader.load(DataKernels.class, new ScalarDataKernels(), "llm265.vector.VectorDataKernels");

  /**
   * Encodes symbols, from the last one to the first.
   *
   * @param symbols {@code lanes * steps} of them, from 0 on, each with a frequency
   * @param codes by symbol: its frequency, and from bit {@link #SLOT_BITS} on the number of slots before its own
   * @param slots by number: the slots of symbol after symbol; null where they lie one behind the other in this order
   * @param states of the lanes behind the symbols; become those before them
   * @param out receives words, little-endian, that end before {@code end}; the {@link #SLACK} bytes before them become 0
   * @return index of the first byte
   */
  int encode(byte[] symbols, int lanes, int steps, int[] codes, int[] slots, int[] states, byte[] out, int end);

  /**
   * Decodes symbols of the small alphabet, and stops behind the step in which words run out.
   *
   * @param in has {@link #SLACK} bytes behind {@code end}
   * @param states of the lanes, any numbers; become those behind the symbols
   * @param tables of {@link #FEW_SLOTS} and {@link #SLOTS} elements
   * @param out receives {@code lanes * steps} symbols' values from {@code outAt} on
   * @return index behind the last word; greater than {@code end} if there were too few
   */
  int decodeFew(byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, byte[] out, int outAt);

  /**
   * Decodes symbols of the large alphabet, and stops behind the step in which words run out.
   *
   * @param tables {@link #SLOTS} words from {@code tableAt} on
   */
  int decodeMany(
      byte[] in, int at, int end, int lanes, int steps, int[] states, int[] tables, int tableAt, byte[] out, int outAt);

  /**
   * Takes words out of values.
   *
   * @param count a multiple of {@link #GROUP}
   * @param width of a value, 1, 2 or 4 bytes
   * @param transform {@link #PLAIN}, {@link #ROTATED} or {@link #ZIGZAG}
   */
  void load(byte[] in, int at, int count, int width, int transform, int[] words);

  /**
   * Makes values of words, the other way.
   *
   * @param words become values, with any bits above theirs
   * @param out has {@link #SLACK} bytes behind the values
   */
  void store(int[] words, int count, int width, int transform, byte[] out, int at);

  /**
   * Writes some bits of each word as a plane: in order, the first in the lowest bits of the first byte.
   *
   * @param count a multiple of {@link #GROUP}
   * @param bits of a value on the plane: 1, 2, 4, 8 or 16
   */
  void pack(int[] words, int count, int shift, int bits, byte[] out, int at);

  /**
   * Writes some bits of each word as a byte.
   *
   * @param count a multiple of {@link #GROUP}
   * @param bits 1 to 8
   */
  void extract(int[] words, int count, int shift, int bits, byte[] out);

  /**
   * Adds the bits of a plane to words that have none of them yet.
   *
   * @param in has {@link #SLACK} bytes behind the plane
   */
  void unpack(byte[] in, int at, int count, int shift, int bits, int[] words);
}
