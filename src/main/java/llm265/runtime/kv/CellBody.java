package llm265.runtime.kv;

import llm265.h264.transform.LevelRecovery;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.tools.DroppedLevels;

/**
 * What follows the exact values in the body of a cell that is on a picture.
 *
 * @param recovery how levels come back from samples
 * @param droppedBytes the list of levels that the picture does not carry
 * @param rawBits bits of levels that are on no picture
 * @param slice the picture's NAL unit
 */
record CellBody(LevelRecovery recovery, byte[] droppedBytes, byte[] rawBits, byte[] slice) {
  static CellBody read(PayloadReader in) {
    int qp = in.u8("carrier_qp");
    LevelRecovery recovery = LevelRecovery.ofQp(qp);
    if (recovery == null) {
      throw PayloadReader.malformed("carrier_qp", qp + " is neither 16 nor 28");
    }
    byte[] dropped = in.bytes("dropped", in.varint("dropped_bytes", in.remaining()));
    byte[] rawBits = in.bytes("raw_bits", in.varint("raw_bytes", in.remaining()));
    return new CellBody(recovery, dropped, rawBits, in.bytes("slice", in.remaining()));
  }

  /** @param count number of the picture's levels */
  DroppedLevels dropped(int count) {
    return droppedBytes.length == 0 ? DroppedLevels.NONE
        : DroppedLevels.read(new PayloadReader(droppedBytes, 0, droppedBytes.length), count);
  }
}
