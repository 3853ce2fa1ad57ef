package llm265.packed;

/**
 * What the scales of a block say of its codes: how wide they are spread, since a block with a small step among those of its row
 * has wide ones, and where the value 0 lies among them. SPEC.md, "Cells of steps".
 *
 * @param kind what the scale is
 * @param scale first field of the scale: the high byte of a half float, followed by the field of the low one; or a byte
 * @param subScale field of numbers that multiply it, one a block; -1 without
 * @param bias what is taken from these numbers
 * @param offset first field of the offset, a half float as well; -1 where codes are around 0
 * @param subOffset field of numbers that multiply it, one a block; -1 without, where the offset is added and not taken away
 */
record StepRule(Kind kind, int scale, int subScale, int bias, int offset, int subOffset) {
  private static final int SPREADS = 16;
  private static final int ZEROS = 32;
  static final int CELLS = SPREADS * ZEROS;

  /** Bits that are dropped of a float's, so that an octave has 1024 parts. */
  private static final int OCTAVE_SHIFT = 13;

  /** An eighth of an octave. */
  private static final int SPREAD_SHIFT = 7;

  /** What a scale is: a half float, or a byte with 0 or 3 bits behind the exponent. */
  enum Kind {
    HALF(0), EXPONENT(10), BYTE_FLOAT(7);

    private final int shift;

    Kind(int shift) {
      this.shift = shift;
    }
  }

  static StepRule half(int scale) {
    return new StepRule(Kind.HALF, scale, -1, 0, -1, -1);
  }

  void cells(byte[][] planes, int records, int segment, CodeField field, short[] cells) {
    int blocks = field.perRecord() / field.block();
    int[] logarithms = new int[cells.length];
    for (int r = 0; r < records; r++) {
      for (int j = 0; j < blocks; j++) {
        int i = r * blocks + j;
        if (kind == Kind.HALF) {
          float step = half(planes, scale, r);
          if (subScale >= 0) {
            step *= (planes[subScale][i] & 0xFF) - bias;
          }
          logarithms[i] = (Float.floatToIntBits(step) & Integer.MAX_VALUE) >>> OCTAVE_SHIFT;
          if (offset >= 0) {
            cells[i] = (short) (SPREADS * zero(planes, r, i, step, field.bits()));
          }
        } else {
          logarithms[i] = (planes[scale][i] & 0xFF) << kind.shift;
        }
      }
    }
    addSpreads(logarithms, segment * blocks, cells);
  }

  /** Where 0 lies, in parts of the codes' range. */
  private int zero(byte[][] planes, int record, int block, float step, int bits) {
    float value = half(planes, offset, record);
    float below = subOffset >= 0 ? value * (planes[subOffset][block] & 0xFF) : -value;
    int place = (int) (below / step * (ZEROS >> bits == 0 ? 1 : ZEROS >> bits));
    return Math.clamp(place, 0, ZEROS - 1);
  }

  private static float half(byte[][] planes, int field, int record) {
    return Float.float16ToFloat((short) ((planes[field][record] << 8) | (planes[field + 1][record] & 0xFF)));
  }

  /** Compares each step with the mean of its segment's. */
  private static void addSpreads(int[] logarithms, int segment, short[] cells) {
    for (int from = 0; from < cells.length; from += segment) {
      int end = Math.min(cells.length, from + segment);
      long sum = 0;
      for (int i = from; i < end; i++) {
        sum += logarithms[i];
      }
      int mean = (int) (sum / (end - from));
      for (int i = from; i < end; i++) {
        cells[i] += (short) Math.clamp(((logarithms[i] - mean) >> SPREAD_SHIFT) + SPREADS / 2, 0, SPREADS - 1);
      }
    }
  }
}
