package llm265.reference.decoder;

/** 7.2 and 9.1: reads the descriptors u(n), ue(v) and se(v) from the bits of an RBSP. */
final class Bits {
  private final byte[] rbsp;
  private final Watcher watcher;
  private int position;

  Bits(byte[] rbsp, Watcher watcher) {
    this.rbsp = rbsp;
    this.watcher = watcher;
  }

  /** 7.2: read_bits( 1 ). */
  int readBit() {
    if (position >= 8 * rbsp.length) {
      throw new DecodingException("7.2", "the data ends too early");
    }
    int bit = (rbsp[position / 8] >> (7 - position % 8)) & 1;
    position++;
    return bit;
  }

  /** 7.2: read_bits( n ), the first bit being the most significant one. */
  private long readBits(int n) {
    long value = 0;
    for (int i = 0; i < n; i++) {
      value = 2 * value + readBit();
    }
    return value;
  }

  /** u(n) of up to 32 bits. */
  long u32(int n, String name) {
    long value = readBits(n);
    watcher.element(name, value);
    return value;
  }

  /** u(n) of up to 31 bits. */
  int u(int n, String name) {
    return (int) u32(n, name);
  }

  /** u(1) of a flag. */
  boolean flag(String name) {
    return u(1, name) == 1;
  }

  /** 9.1: codeNum, an Exp-Golomb code: some zeros, a one, and as many further bits as there were zeros. */
  long codeNum() {
    int leadingZeroBits = 0;
    while (readBit() == 0) {
      leadingZeroBits++;
      if (leadingZeroBits > 31) {
        throw new DecodingException("9.1", "an Exp-Golomb code with more than 31 leading zero bits");
      }
    }
    return (1L << leadingZeroBits) - 1 + readBits(leadingZeroBits);
  }

  /** ue(v) of any value. */
  long ue(String name) {
    long value = codeNum();
    watcher.element(name, value);
    return value;
  }

  /** ue(v) that the semantics of the element keep to 0..max. */
  int ue(String name, int max) {
    long value = ue(name);
    require(name, value, 0, max);
    return (int) value;
  }

  /** 9.1.1, se(v): codeNum 1, 2, 3, 4 stand for 1, -1, 2, -2. */
  int se(String name, int min, int max) {
    long codeNum = codeNum();
    long value = codeNum % 2 == 1 ? (codeNum + 1) / 2 : -(codeNum / 2);
    watcher.element(name, value);
    require(name, value, min, max);
    return (int) value;
  }

  /** A value that the semantics of an element keep to min..max. */
  static void require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new DecodingException("7.4", name + " " + value + " is not in " + min + ".." + max);
    }
  }

  /** 5.7: Ceil( Log2( n ) ), the number of bits that tell n values apart. */
  static int ceilLog2(int n) {
    int bits = 0;
    while ((1 << bits) < n) {
      bits++;
    }
    return bits;
  }

  /** 7.2: byte_aligned( ). */
  boolean byteAligned() {
    return position % 8 == 0;
  }

  /** 7.2: more_rbsp_data( ): the last 1 of the RBSP is rbsp_stop_one_bit, and there is more before it. */
  boolean moreRbspData() {
    int last = 8 * rbsp.length - 1;
    while (last >= 0 && ((rbsp[last / 8] >> (7 - last % 8)) & 1) == 0) {
      last--;
    }
    return position < last;
  }

  /** 9.3.1.2: the last bit that the arithmetic decoding engine reads is rbsp_stop_one_bit. It is not part of the slice data. */
  void stepBack() {
    position--;
  }

  /** 7.3.2.11: rbsp_trailing_bits( ). */
  void rbspTrailingBits() {
    if (position == 8 * rbsp.length) {
      return;
    }
    watcher.begin("rbsp_trailing_bits", "7.3.2.11");
    u(1, "rbsp_stop_one_bit");
    while (!byteAligned()) {
      u(1, "rbsp_alignment_zero_bit");
    }
    watcher.end();
  }

  /** 7.3.2.10: rbsp_slice_trailing_bits( ). */
  void rbspSliceTrailingBits(boolean entropyCodingModeFlag) {
    watcher.begin("rbsp_slice_trailing_bits", "7.3.2.10");
    rbspTrailingBits();
    while (entropyCodingModeFlag && position + 16 <= 8 * rbsp.length) {
      u(16, "cabac_zero_word");
    }
    watcher.end();
  }
}
