package llm265.tensor.payload;

/** The bits of a reader, most significant first. */
public final class BitReader {
  private final PayloadReader in;
  private final String field;
  private int current;
  private int left;

  /** @param field the field that holds the bits, for messages */
  public BitReader(PayloadReader in, String field) {
    this.in = in;
    this.field = field;
  }

  public int bits(int width) {
    int value = 0;
    for (int i = 0; i < width; i++) {
      if (left == 0) {
        current = in.u8(field);
        left = 8;
      }
      left--;
      value = (value << 1) | (current >>> left) & 1;
    }
    return value;
  }

  /** Reads the next {@code width} bits, at most 64. */
  public long longBits(int width) {
    long high = bits(Math.max(0, width - Integer.SIZE));
    return (high << Integer.SIZE) | bits(Math.min(width, Integer.SIZE)) & 0xFFFF_FFFFL;
  }

  /** R(parameter): reads a Golomb-Rice code of a number of at most {@code greatest}. */
  public int rice(int parameter, int greatest, String name) {
    long number = 0;
    while (number << parameter <= greatest && bits(1) == 1) {
      number++;
    }
    number = number << parameter <= greatest ? (number << parameter) | bits(parameter) : Long.MAX_VALUE;
    if (number > greatest) {
      throw PayloadReader.malformed(name, "is greater than " + greatest);
    }
    return (int) number;
  }

  /** A number of either sign, of which {@link BitWriter#signedRice} tells, of at most the magnitude {@code greatest}. */
  public int signedRice(int parameter, int greatest, String name) {
    int number = rice(parameter, 2 * greatest, name);
    return (number >>> 1) ^ -(number & 1);
  }

  /** Refuses bits that are not zero in what is left of the current byte. */
  public void requireZeros(String name) {
    if ((current & ((1 << left) - 1)) != 0) {
      throw PayloadReader.malformed(name, "is followed by bits that are not zero");
    }
  }
}
