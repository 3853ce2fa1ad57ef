package llm265.tensor.tools;

import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.values.TensorKernels;

/**
 * A sign for each sample, chosen for each 8x8 block among a few fixed patterns: the {@code sign patterns} section of a
 * picture's side information. SPEC.md, "Sign patterns".
 *
 * <p>Negating samples about their middle is an isometry: it adds no energy, and the decoder undoes it exactly. But each pattern
 * turns the lattice of the quantizer another way. So the bits and the error of a block differ from pattern to pattern, and the
 * encoder takes the cheapest. On white data this gains more than all of mode decision. A choice for each 8x8 block gains about
 * as much as one among four times as many patterns for each macroblock.
 */
public final class SignPatterns {
  /** The greatest number of patterns that a stream can choose from. */
  public static final int MAX_COUNT = 64;

  private static final int MAX_LOG2_COUNT = 6;

  /** Signs of pattern p at 256 * p + 16 * y + x: -1 if the sample is negated, otherwise 0. */
  private static final byte[] SIGNS = new byte[256 * MAX_COUNT];

  static {
    for (int pattern = 1; pattern < MAX_COUNT; pattern++) {
      for (int word = 0; word < 4; word++) {
        long bits = mix(4L * pattern + word);
        for (int bit = 0; bit < 64; bit++) {
          SIGNS[256 * pattern + 64 * word + bit] = (byte) -((bits >>> bit) & 1);
        }
      }
    }
  }

  private final int log2Count;
  /** Pattern of luma8x8BlkIdx b of a macroblock at 4 * address + b. */
  private final byte[] patterns;

  /**
   * Patterns of a picture's macroblocks.
   *
   * @param log2Count 1 to 6: log2 of the number of patterns chosen from
   * @param patterns pattern of luma8x8BlkIdx b of a macroblock at 4 * address + b
   */
  public SignPatterns(int log2Count, byte[] patterns) {
    this.log2Count = log2Count;
    this.patterns = patterns;
  }

  /**
   * The pattern of an 8x8 block.
   *
   * @param block 4 * address + luma8x8BlkIdx
   */
  public int of(int block) {
    return patterns[block];
  }

  /** The splitmix64 generator at a given place of its sequence. */
  private static long mix(long place) {
    long z = place * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Whether a pattern negates the sample at 16 * y + x of a macroblock, if it is chosen for the block of that sample. */
  static boolean negates(int pattern, int index) {
    return SIGNS[256 * pattern + index] != 0;
  }

  /**
   * Negates the values of a macroblock that a pattern negates.
   *
   * @param values 256 differences from the middle, at 16 * y + x; not changed
   * @param result 256 elements
   */
  public static void negate(int pattern, int[] values, int[] result) {
    TensorKernels.ACTIVE.negate(values, SIGNS, 256 * pattern, result);
  }

  /** The samples of a decoded picture with their signs undone: at 8 bits 0..256, with 128 as the middle. */
  public short[] undo(Picture picture) {
    short[] samples = picture.samples(0).clone();
    int middle = 1 << (picture.format().bitDepthLuma() - 1);
    for (int i = 0; i < patterns.length; i++) {
      apply(patterns[i], samples, picture.stride(0), i, middle);
    }
    return samples;
  }

  /** Negates the samples of block {@code 4 * address + luma8x8BlkIdx} that a pattern negates, about the middle. */
  public static void apply(int pattern, short[] samples, int stride, int block, int middle) {
    if (pattern == 0) {
      return;
    }
    int widthInMbs = stride >> 4;
    int address = block >> 2;
    int left = 8 * (block & 1);
    int top = 8 * ((block >> 1) & 1);
    int first = address / widthInMbs * 16 * stride + address % widthInMbs * 16;
    for (int y = top; y < top + 8; y++) {
      int row = first + y * stride;
      int signs = 256 * pattern + 16 * y;
      for (int x = left; x < left + 8; x++) {
        if (SIGNS[signs + x] != 0) {
          samples[row + x] = (short) (2 * middle - samples[row + x]);
        }
      }
    }
  }

  /** Number of patterns to choose from. */
  public int count() {
    return 1 << log2Count;
  }

  /** Number of bits that the choice of patterns takes. */
  public long bits() {
    return (long) log2Count * patterns.length;
  }

  /** Writes the section's content. */
  public void write(PayloadWriter out) {
    out.varint(log2Count);
    int pending = 0;
    int held = 0;
    for (byte pattern : patterns) {
      pending = (pending << log2Count) | pattern;
      held += log2Count;
      while (held >= 8) {
        held -= 8;
        out.u8((pending >>> held) & 0xFF);
      }
    }
    if (held > 0) {
      out.u8((pending << (8 - held)) & 0xFF);
    }
  }

  /**
   * Reads the section's content, which is all of {@code in}.
   *
   * @throws MalformedStreamException if it is for another number of macroblocks
   */
  public static SignPatterns read(PayloadReader in, int macroblocks) {
    int log2Count = in.varint("log2_pattern_count", MAX_LOG2_COUNT);
    if (log2Count == 0 || in.remaining() != (4L * macroblocks * log2Count + 7) / 8) {
      throw PayloadReader.malformed("sign patterns section", "is not of " + macroblocks + " macroblocks");
    }
    byte[] patterns = new byte[4 * macroblocks];
    int pending = 0;
    int held = 0;
    for (int i = 0; i < patterns.length; i++) {
      while (held < log2Count) {
        pending = (pending << 8) | in.u8("pattern");
        held += 8;
      }
      held -= log2Count;
      patterns[i] = (byte) ((pending >>> held) & ((1 << log2Count) - 1));
    }
    return new SignPatterns(log2Count, patterns);
  }
}
