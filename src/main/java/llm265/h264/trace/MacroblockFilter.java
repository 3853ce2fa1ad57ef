package llm265.h264.trace;

import java.util.List;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;

/** Hands on the macroblocks with one address, and the starts of the NAL units and slices that contain one. */
final class MacroblockFilter implements SyntaxListener {
  private final int wanted;
  private final SyntaxListener listener;

  /** Where the next macroblock lies. */
  private NalUnit nalUnit;

  private TracedSlice slice;
  private boolean within;
  private boolean found;

  MacroblockFilter(int wanted, SyntaxListener listener) {
    this.wanted = wanted;
    this.listener = listener;
  }

  /** Whether such a macroblock was found. */
  boolean found() {
    return found;
  }

  @Override
  public void nalUnit(NalUnit begun) {
    nalUnit = begun;
    slice = null;
    within = false;
  }

  @Override
  public void sliceData(TracedSlice begun) {
    slice = begun;
  }

  @Override
  public void macroblock(int mbAddr) {
    within = mbAddr == wanted;
    if (within) {
      found = true;
      listener.nalUnit(nalUnit);
      listener.sliceData(slice);
      listener.macroblock(mbAddr);
    }
  }

  @Override
  public void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
    if (within) {
      listener.residualBlock(structure, levels, maxNumCoeff, nC);
    }
  }

  @Override
  public void element(SyntaxElement element) {
    // After the last macroblock of a slice
    within &= !element.structure().equals(RbspReader.TRAILING_BITS);
    if (within) {
      listener.element(element);
    }
  }

  @Override
  public void unfinished(List<SyntaxElement.Bin> bins) {
    if (within) {
      listener.unfinished(bins);
    }
  }

  @Override
  public void fault(StreamException fault) {
    listener.fault(fault);
  }
}
