package llm265.tensor.reconstruct;

import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.values.ValueSink;

/** Turns the decoded picture of a tile into values or into their bits. Used by one thread at a time. */
public interface TilePicture {
  /** Number of bytes of a tile's raw bits, which are on no picture. */
  long rawBytes(TensorFraming.Tile tile, SideInformation information);

  /**
   * What a decoder made of a tile.
   *
   * @param picture its picture; samples mean nothing where there are levels
   * @param levels those that the picture carries, and dropped ones, macroblock by macroblock; null where samples are
   *     what is coded
   */
  record Coded(Picture picture, short[] levels) {}

  /** Hands over the values of a tile. */
  void decode(Coded coded, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink);
}
