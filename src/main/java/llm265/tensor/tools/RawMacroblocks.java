package llm265.tensor.tools;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Macroblocks whose symbols are raw, since they are as good as noise: their levels are 0. SPEC.md, "Exact values".
 *
 * @param addresses mbAddr of each, ascending
 */
public record RawMacroblocks(int[] addresses) {
  public static final RawMacroblocks NONE = new RawMacroblocks(new int[0]);

  public boolean isEmpty() {
    return addresses.length == 0;
  }

  /** Writes the section's content. */
  public void write(PayloadWriter out) {
    out.varint(addresses.length);
    int before = -1;
    for (int address : addresses) {
      out.varint(address - before - 1);
      before = address;
    }
  }

  /**
   * Reads the section's content.
   *
   * @param macroblocks number of the picture's macroblocks
   */
  public static RawMacroblocks read(PayloadReader in, int macroblocks) {
    int[] addresses = new int[in.varint("raw_macroblocks", Math.min(macroblocks, in.remaining()))];
    int address = -1;
    for (int i = 0; i < addresses.length; i++) {
      address += in.varint("gap", macroblocks - 2 - address) + 1;
      addresses[i] = address;
    }
    in.requireEnd("raw macroblocks section");
    return new RawMacroblocks(addresses);
  }
}
