package llm265.packed;

/**
 * Bits of some values of a record that lie at regular distances: value {@code first + i * step} has {@code bits} bits, from bit
 * {@code shift} on, at bit {@code firstBit + i * bitStep} of the record, for i from 0 to {@code count - 1}. Bit j of a record is
 * bit {@code j mod 8} of its byte {@code j / 8}. The bits of a value in one piece do not reach from byte to byte.
 */
record Piece(int first, int step, int count, int firstBit, int bitStep, int bits, int shift) {

  /** A piece whose values follow each other. */
  static Piece of(int first, int count, int firstBit, int bitStep, int bits, int shift) {
    return new Piece(first, 1, count, firstBit, bitStep, bits, shift);
  }

  /** Few enough values of a record that the loop over records is the inner one. */
  private boolean isAcross() {
    return count < 8 || bitStep % 8 != 0;
  }

  /** Adds the bits to symbols, which have none of them yet. */
  void split(byte[] in, int at, int records, int recordBytes, byte[] symbols, int to, int perRecord) {
    if (isAcross()) {
      for (int i = 0; i < count; i++) {
        int bit = firstBit + i * bitStep;
        gather(in, at + bit / 8, recordBytes, bit % 8, records, symbols, to + first + i * step, perRecord);
      }
    } else {
      for (int r = 0; r < records; r++) {
        int from = at + r * recordBytes + firstBit / 8;
        gather(in, from, bitStep / 8, firstBit % 8, count, symbols, to + r * perRecord + first, step);
      }
    }
  }

  private void gather(byte[] in, int from, int inStep, int low, int n, byte[] symbols, int to, int outStep) {
    int mask = (1 << bits) - 1;
    if (inStep == 1 && outStep == 1) {
      for (int i = 0; i < n; i++) {
        symbols[to + i] |= (byte) (((in[from + i] >> low) & mask) << shift);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      symbols[to + i * outStep] |= (byte) (((in[from + i * inStep] >> low) & mask) << shift);
    }
  }

  /** Adds the bits to records, which have none of them yet. */
  void join(byte[] symbols, int from, int perRecord, int records, byte[] out, int at, int recordBytes) {
    if (isAcross()) {
      for (int i = 0; i < count; i++) {
        int bit = firstBit + i * bitStep;
        scatter(symbols, from + first + i * step, perRecord, records, out, at + bit / 8, recordBytes, bit % 8);
      }
    } else {
      for (int r = 0; r < records; r++) {
        int to = at + r * recordBytes + firstBit / 8;
        scatter(symbols, from + r * perRecord + first, step, count, out, to, bitStep / 8, firstBit % 8);
      }
    }
  }

  private void scatter(byte[] symbols, int from, int inStep, int n, byte[] out, int to, int outStep, int low) {
    int mask = (1 << bits) - 1;
    if (inStep == 1 && outStep == 1) {
      for (int i = 0; i < n; i++) {
        out[to + i] |= (byte) (((symbols[from + i] >> shift) & mask) << low);
      }
      return;
    }
    for (int i = 0; i < n; i++) {
      out[to + i * outStep] |= (byte) (((symbols[from + i * inStep] >> shift) & mask) << low);
    }
  }
}
