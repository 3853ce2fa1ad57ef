package llm265.golden;

import java.io.ByteArrayOutputStream;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CabacEncodingEngine;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * Writes the slices of one picture from macroblocks that a caller makes up, so that a stream can hold what no encoder would
 * choose.
 */
final class SyntaxPicture {
  /** A macroblock may take 3200 bits (A.3.1); I_PCM is exempt. */
  private static final int MOST_BITS = 3200;

  /** Makes up the next macroblock. */
  interface Source {
    /**
     * Fills a macroblock that has its address and no residual.
     *
     * @param qpYPred QPY of the macroblock before it in the slice
     */
    void fill(Macroblock mb, MbNeighbours neighbours, int qpYPred);
  }

  private final SeqParameterSet sps;
  private final PicParameterSet pps;
  private final PictureFormat format;
  private final PictureMbState state;
  private final MacroblockWriter writer;
  private final MbNeighbours neighbours = new MbNeighbours();
  private final BinString bins = new BinString();
  private final int chromaSamples;
  private int slices;

  SyntaxPicture(SeqParameterSet sps, PicParameterSet pps) {
    this.sps = sps;
    this.pps = pps;
    format = sps.format();
    state = new PictureMbState(format.widthInMbs(), format.heightInMbs());
    writer = new MacroblockWriter(format.chroma(), pps.transform8x8ModeFlag());
    chromaSamples = 2 * format.chroma().mbWidthC() * format.chroma().mbHeightC();
  }

  /**
   * A slice NAL unit in Annex B form.
   *
   * @param end address after its last macroblock
   */
  byte[] slice(SliceHeader header, int end, Source source) {
    RbspWriter rbsp = new RbspWriter();
    header.write(rbsp, sps, pps);
    rbsp.alignWithOnes();
    byte[] data = sliceData(header, end, source);
    rbsp.writeBytes(data, 0, data.length);
    int type = header.idrPicFlag() ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR;
    return rbsp.toNalUnit(header.nalRefIdc(), type, header.firstMbInSlice() == 0);
  }

  private byte[] sliceData(SliceHeader header, int end, Source source) {
    CabacEncodingEngine engine = new CabacEncodingEngine();
    ContextVariables contexts = new ContextVariables();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Macroblock mb = new Macroblock();
    engine.init();
    contexts.init(header.sliceQpY());
    int slice = slices++;
    int qpY = header.sliceQpY();
    boolean mbQpDeltaNotZero = false;
    for (int address = header.firstMbInSlice(); address < end; address++) {
      mb.clearResidual();
      mb.moveTo(address, format.widthInMbs());
      neighbours.derive(state, mb.mbX, mb.mbY, slice);
      source.fill(mb, neighbours, qpY);
      long before = engine.bitCount();
      bins.reset();
      writer.binarize(mb, state, neighbours, mbQpDeltaNotZero, bins);
      if (mb.isPcm()) {
        engine.encode(bins, contexts);
        engine.encodePcm(mb.pcmSamples, 8, chromaSamples, 8);
        bins.reset();
      }
      MacroblockWriter.endOfSliceFlag(bins, address == end - 1);
      engine.encode(bins, contexts);
      if (!mb.isPcm() && engine.bitCount() - before > MOST_BITS) {
        throw new IllegalStateException("macroblock " + address + " of " + (engine.bitCount() - before) + " bits");
      }
      mbQpDeltaNotZero = MacroblockWriter.mbQpDeltaNotZero(mb);
      qpY = Math.floorMod(qpY + mb.mbQpDelta, 52);
      mb.qpY = qpY;
      state.store(mb, slice);
    }
    out.writeBytes(engine.toByteArray());
    return out.toByteArray();
  }
}
