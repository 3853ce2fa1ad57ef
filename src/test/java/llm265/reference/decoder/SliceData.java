package llm265.reference.decoder;

/** 7.3.4 Slice data syntax: the macroblocks of a slice. Each is decoded (clause 8) as soon as it is parsed. */
final class SliceData {
  private final SliceHeader slice;
  private final Picture picture;
  private final Bits bits;

  /** Those of slice data partition B; the same without partitions. */
  private final Bits residualBits;
  private final Watcher watcher;

  SliceData(SliceHeader slice, Picture picture, Bits bits, Bits residualBits, Watcher watcher) {
    this.slice = slice;
    this.picture = picture;
    this.bits = bits;
    this.residualBits = residualBits;
    this.watcher = watcher;
  }

  /** 7.3.4: slice_data( ). */
  void sliceData() {
    watcher.begin("slice_data", "7.3.4");
    Neighbours neighbours = new Neighbours(picture);
    EntropyDecoding elements;
    if (slice.pps.entropyCodingModeFlag) {
      while (!bits.byteAligned()) {
        bits.u(1, "cabac_alignment_one_bit");
      }
      elements = new CabacElements(slice, bits, watcher, neighbours);
    } else {
      elements = new CavlcElements(slice, bits, residualBits, watcher, neighbours);
    }
    MacroblockLayer layer = new MacroblockLayer(slice, residualBits, watcher, elements);
    Reconstruction reconstruction = new Reconstruction(picture, neighbours, watcher);
    SliceGroups sliceGroups = new SliceGroups(slice);
    int currMbAddr = slice.firstMbInSlice * (slice.mbaffFrameFlag ? 2 : 1);
    boolean mbFieldDecodingFlag = false;
    boolean moreDataFlag;
    do {
      requireFree(currMbAddr);
      watcher.macroblock(currMbAddr);
      boolean topOfPair = slice.mbaffFrameFlag && currMbAddr % 2 == 0;
      if (topOfPair) {
        mbFieldDecodingFlag = elements.mbFieldDecodingFlag(currMbAddr, slice);
      }
      Macroblock mb = new Macroblock(currMbAddr, slice, mbFieldDecodingFlag);
      picture.macroblocks[currMbAddr] = mb;
      neighbours.moveTo(mb);
      Levels lists = new Levels();
      layer.macroblockLayer(mb, lists);
      reconstruction.macroblock(mb, lists);
      // A slice holds whole pairs.
      moreDataFlag = topOfPair || elements.moreDataFlag();
      currMbAddr = topOfPair ? currMbAddr + 1 : sliceGroups.nextMbAddress(currMbAddr);
    } while (moreDataFlag);
    watcher.end();
    bits.rbspSliceTrailingBits(slice.pps.entropyCodingModeFlag);
    if (residualBits != bits) {
      residualBits.rbspSliceTrailingBits(false);
    }
  }

  private void requireFree(int mbAddr) {
    if (mbAddr >= picture.macroblocks.length) {
      throw new DecodingException("7.3.4", "the slice runs past the end of the picture");
    }
    if (picture.macroblocks[mbAddr] != null) {
      throw new DecodingException("7.4.3", "macroblock " + mbAddr + " is in an earlier slice already");
    }
  }
}
