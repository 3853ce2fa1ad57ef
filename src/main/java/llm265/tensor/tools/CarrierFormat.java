package llm265.tensor.tools;

import llm265.h264.transform.LevelRecovery;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Trellis;

/**
 * How levels that are quantized by trellis are carried by pictures. SPEC.md, "Carried levels".
 *
 * @param stateBits binary logarithm of the trellis's states
 * @param chunkMacroblocks macroblocks after which the trellis begins anew, 1 to {@link #MOST_CHUNK_MACROBLOCKS}
 * @param lowBits of each index of scale class 0 that are kept raw next to the picture, 0 to {@link #MOST_LOW_BITS}
 * @param recovery how levels come back from samples
 */
public record CarrierFormat(int stateBits, int chunkMacroblocks, int lowBits, LevelRecovery recovery) {
  public static final int MOST_CHUNK_MACROBLOCKS = 1 << 16;

  /** Low bits fit into a short. */
  public static final int MOST_LOW_BITS = 15;

  /** Low bits of the values of a scale class: one less for each octave. */
  public static int lowBits(int ofFirst, int scaleClass) {
    return Math.max(0, ofFirst - scaleClass / ScaleClasses.OCTAVE);
  }

  public Trellis trellis() {
    return Trellis.of(stateBits);
  }

  public void write(PayloadWriter out) {
    out.u8(stateBits);
    out.varint(chunkMacroblocks);
    out.varint(lowBits);
    out.u8(recovery.qp());
  }

  /** Reads what {@link #write} writes. */
  public static CarrierFormat read(PayloadReader in) {
    int stateBits = TrellisFormat.readStateBits(in);
    int chunkMacroblocks = in.varint("chunk_macroblocks", MOST_CHUNK_MACROBLOCKS);
    if (chunkMacroblocks == 0) {
      throw PayloadReader.malformed("chunk_macroblocks", "are none");
    }
    int lowBits = in.varint("raw_level_bits", MOST_LOW_BITS);
    int qp = in.u8("carrier_qp");
    LevelRecovery recovery = LevelRecovery.ofQp(qp);
    if (recovery == null) {
      throw PayloadReader.malformed("carrier_qp", qp + " is neither 16 nor 28");
    }
    return new CarrierFormat(stateBits, chunkMacroblocks, lowBits, recovery);
  }
}
