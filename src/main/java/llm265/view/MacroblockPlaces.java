package llm265.view;

import llm265.h264.decode.CodedPicture;

/**
 * 6.4.1: where the macroblocks of a frame or field are in the picture that is shown, in raster order. Macroblocks whose rows
 * alternate, those of a field pair or of the two fields of a frame, stand below each other, the top field's first.
 *
 * @param widthInMbs PicWidthInMbs
 * @param mbaff whether they come in pairs
 * @param fieldOfFrame whether they are those of a field of a frame that is shown
 * @param bottomField whether that is the bottom field
 */
record MacroblockPlaces(int widthInMbs, boolean mbaff, boolean fieldOfFrame, boolean bottomField) {
  /** Those of the frame or field with a slice. */
  static MacroblockPlaces of(StreamContents.CodedFrame frame, CodedPicture.Slice slice) {
    return new MacroblockPlaces(
        frame.format().widthInMbs(), frame.isMbaff(), frame.isField() && !frame.standsAlone(),
        slice.header().bottomFieldFlag());
  }

  /** Raster position of a macroblock. */
  int place(int mbAddr) {
    if (mbaff) {
      int pair = mbAddr >> 1;
      return (2 * (pair / widthInMbs) + (mbAddr & 1)) * widthInMbs + pair % widthInMbs;
    }
    return fieldOfFrame
        ? (2 * (mbAddr / widthInMbs) + (bottomField ? 1 : 0)) * widthInMbs + mbAddr % widthInMbs : mbAddr;
  }

  /** Whether the rows of a macroblock alternate with those of another. */
  boolean alternates(boolean mbFieldDecodingFlag) {
    return fieldOfFrame || mbFieldDecodingFlag;
  }

  /**
   * Row of the picture that holds a row of a macroblock.
   *
   * @param place raster position of the macroblock
   * @param y row in the macroblock
   * @param height rows of a macroblock in the plane
   */
  static int row(int place, int widthInMbs, boolean alternates, int y, int height) {
    int mbRow = place / widthInMbs;
    return alternates ? (mbRow & ~1) * height + 2 * y + (mbRow & 1) : mbRow * height + y;
  }
}
