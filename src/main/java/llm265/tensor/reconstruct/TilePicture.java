package llm265.tensor.reconstruct;

import llm265.h264.Picture;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.SideInformation;
import llm265.tensor.values.ValueSink;

/** Turns the decoded picture of a tile into values or into their bits. Used by one thread at a time. */
public interface TilePicture {
  /** Number of bytes of a tile's raw bits, which are on no picture. */
  long rawBytes(TensorFraming.Tile tile);

  /** The same, for what the tile's side information adds to them. */
  default long rawBytes(TensorFraming.Tile tile, SideInformation information) {
    return rawBytes(tile);
  }

  /** Hands over the values of a tile. */
  void decode(Picture picture, SideInformation information, byte[] rawBits, TensorFraming.Tile tile, ValueSink sink);
}
