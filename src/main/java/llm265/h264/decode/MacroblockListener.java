package llm265.h264.decode;

import llm265.h264.macroblock.Macroblock;

/** Receives every macroblock after reconstruction, before deblocking. */
@FunctionalInterface
public interface MacroblockListener {
  /**
   * Called before the first macroblock of an array of them: a frame, a field, or one of the colour planes of either.
   *
   * @param pictureIndex number of the picture in the stream
   * @param bottomField whether it is a bottom field
   * @param colourPlane colour_plane_id, 0 unless colour planes are coded separately
   */
  default void begin(int pictureIndex, boolean bottomField, int colourPlane) {}

  /** Whether samples are wanted, too; without them, pictures are not reconstructed, and their samples mean nothing. */
  default boolean wantsSamples() {
    return true;
  }

  /**
   * A macroblock of the picture that is being decoded.
   *
   * @param mb its syntax elements and levels; valid during the call only
   * @param sliceIndex number of its slice in the picture
   */
  void macroblock(Macroblock mb, int sliceIndex);
}
