package llm265.vector.chunk;

import java.util.Arrays;
import llm265.trinity.Alphabet;
import llm265.trinity.ChunkKernels;
import llm265.trinity.EncoderTables;
import llm265.trinity.TokenTables;
import llm265.trinity.Trellis;

/** Calls of both operations on made-up chunks, by which their code gets compiled: with escapes, and with classes of each kind. */
final class ChunkRehearsal {
  private static final int LANES = ChunkKernels.LANES;
  private static final int STEPS = SearchRehearsal.STEPS;
  private static final int VALUES = LANES * STEPS;
  private static final int CHUNKS = 4;
  private static final int CLASSES = 2;
  private static final int LENGTH = ChunkKernels.NARROW_LENGTH;
  /** Equal ones of all tokens. */
  private static final int FREQUENCY = TokenTables.SLOTS / Alphabet.TOKENS;

  private static final Trellis TRELLIS = Trellis.of(3);

  private final ChunkKernels kernels;
  private final int[] symbols = new int[CLASSES * 2 * LENGTH];
  private final int[] slots = new int[CLASSES * EncoderTables.SLOTS];
  private final int[] tables = new int[CLASSES * TokenTables.DECODER_LENGTH];
  private final int[] bases = new int[CLASSES * Alphabet.TOKENS];
  private final byte[] rows = new byte[CHUNKS * VALUES];
  private final byte[] mixed = new byte[CHUNKS * VALUES];
  private final byte[][] kindsOfClasses = {null, rows, mixed};
  private final int[] codes = new int[VALUES];
  private final byte[] words = new byte[ChunkKernels.CLEARED + 4 * VALUES];
  private final byte[] in = new byte[4 * VALUES * CHUNKS + ChunkKernels.SLACK];
  private final int[] states = new int[CHUNKS * LANES];
  private final int[] at = new int[CHUNKS];
  private final int[] ends = new int[CHUNKS];
  private final int[] tails = new int[CHUNKS];
  private final float[] out = new float[CHUNKS * VALUES];
  private final int[] scratch = new int[CHUNKS * LANES + ChunkKernels.DECODER_SCRATCH];

  ChunkRehearsal(ChunkKernels kernels) {
    this.kernels = kernels;
    for (int i = 0; i < VALUES; i++) {
      // Magnitudes up to 50, both signs, both quantizers.
      codes[i] = i * 37 % 203;
    }
    for (int i = 0; i < symbols.length; i++) {
      int token = i % LENGTH / 2;
      symbols[i] = FREQUENCY + (token << TokenTables.BUCKET_BITS << EncoderTables.FIRST_SHIFT)
          + (token == Alphabet.TOKENS - 1 ? 1 << EncoderTables.ESCAPE_SHIFT : 0);
    }
    for (int i = 0; i < slots.length; i++) {
      slots[i] = i % TokenTables.SLOTS;
    }
    for (int i = 0; i < tables.length; i++) {
      tables[i] = (FREQUENCY << TokenTables.FREQUENCY_SHIFT) + i / 2 % Alphabet.TOKENS;
    }
    for (int i = 0; i < bases.length; i++) {
      int token = i % Alphabet.TOKENS;
      bases[i] = token == Alphabet.TOKENS - 1 ? Integer.MIN_VALUE : 2 * token;
    }
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (byte) (i / LANES / ChunkKernels.CHECKED_STEPS & 1);
      mixed[i] = (byte) (i & 1);
    }
    for (int i = 0; i < in.length; i++) {
      in[i] = (byte) (i * 37);
    }
    for (int i = 0; i < CHUNKS; i++) {
      ends[i] = 4 * VALUES * (i + 1);
      tails[i] = i;
    }
  }

  void run() {
    for (byte[] classes : kindsOfClasses) {
      Arrays.fill(states, 1 << 16);
      kernels.encode(codes, STEPS, 1, symbols, LENGTH, slots, classes, states, words, words.length, scratch);
      Arrays.fill(states, 1 << 16);
      for (int i = 0; i < CHUNKS; i++) {
        at[i] = 4 * VALUES * i;
      }
      kernels.decode(in, at, ends, tails, STEPS, TRELLIS, states, tables, bases, classes, 1, 0, out, 0, scratch);
    }
  }
}
