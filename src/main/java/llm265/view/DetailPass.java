package llm265.view;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.h264.decode.CodedPicture;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.reconstruct.TracedBlock;
import llm265.h264.trace.ElementCollector;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;

/** Decodes the slices of a picture that hold some macroblocks, and takes down everything about these. */
final class DetailPass implements PictureVisitor, SyntaxListener {
  /** Macroblocks of one resource. */
  static final int CHUNK = 64;

  private final PictureAnalysis analysis;
  private final int first;
  private final int end;
  private final Map<Integer, MacroblockDetail> details = new HashMap<>();
  /** Macroblocks to come, in all colour planes. */
  private int left;

  private CodedPicture.Slice slice;
  private int sliceIndex;
  private MacroblockPlaces places;
  private ElementCollector collector;
  private MbaffFields fields;
  /** The macroblock that is being decoded if it is wanted, or null. */
  private MacroblockDetail current;
  private Macroblock macroblock;
  private String residualBlock;
  private int depth;
  private int residualDepth;

  private DetailPass(PictureAnalysis analysis, int first, int end) {
    this.analysis = analysis;
    this.first = first;
    this.end = end;
  }

  /**
   * The details of consecutive chunks of {@link #CHUNK} macroblocks by raster position, each an array.
   *
   * @param firstChunk number of the first
   * @param chunks how many
   */
  static List<byte[]> chunks(PictureAnalysis analysis, int firstChunk, int chunks) {
    int size = analysis.table().size;
    int first = firstChunk * CHUNK;
    int end = Math.min(size, first + chunks * CHUNK);
    DetailPass pass = new DetailPass(analysis, first, end);
    pass.run();
    List<byte[]> result = new ArrayList<>();
    for (int from = first; from < end; from += CHUNK) {
      StringBuilder text = new StringBuilder("[");
      for (int place = from; place < Math.min(end, from + CHUNK); place++) {
        MacroblockDetail detail = pass.details.get(place);
        text.append(place == from ? "" : ",").append(detail == null ? "null" : detail.finish(analysis.picture()));
      }
      result.add(text.append(']').toString().getBytes(StandardCharsets.UTF_8));
    }
    return result;
  }

  private void run() {
    StreamContents.CodedFrame frame = analysis.frame();
    for (int place = first; place < end; place++) {
      left += analysis.table().isDecoded(place) ? 1 : 0;
    }
    left *= frame.sps().separateColourPlaneFlag() ? 3 : 1;
    try {
      new PictureWalk(frame, this).decode(frame.newPicture());
    } catch (Enough e) {
      // All macroblocks are there.
    }
  }

  /** Ends the decoding within a slice. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Enough() {
      super(null, null, false, false);
    }
  }

  @Override
  public boolean isDone() {
    return left <= 0;
  }

  /** A slice is wanted if it has one of the macroblocks; those of other colour planes than the first are not known by slice. */
  @Override
  public boolean wants(CodedPicture.Slice candidate) {
    if (candidate.header().colourPlaneId() > 0) {
      return true;
    }
    short nal = (short) candidate.nalUnit().index();
    for (int place = first; place < end; place++) {
      if (analysis.table().isDecoded(place) && analysis.table().nal[place] == nal) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void slice(CodedPicture.Slice begun, int index, MacroblockPlaces placesOfSlice) {
    slice = begun;
    sliceIndex = index;
    places = placesOfSlice;
    collector = new ElementCollector(begun.rbsp(), this);
    fields = new MbaffFields(analysis.frame().format(), places.mbaff());
    current = null;
    residualBlock = null;
    depth = 0;
  }

  @Override
  public void macroblock(int mbAddr) {
    if (isDone()) {
      throw new Enough();
    }
    int place = places.place(mbAddr);
    boolean wanted = place >= first && place < end;
    current = wanted ? details.computeIfAbsent(place, MacroblockDetail::new) : null;
    left -= wanted && analysis.table().isDecoded(place) ? 1 : 0;
  }

  @Override
  public void begin(String structure) {
    collector.begin(structure);
    depth++;
    if (depth == 1 && !structure.equals("slice_data")) {
      // Trailing bits belong to no macroblock
      current = null;
    }
  }

  @Override
  public void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
    collector.begin(structure);
    depth++;
    residualDepth = depth;
    residualBlock = levels;
  }

  @Override
  public void end() {
    collector.end();
    if (depth == residualDepth) {
      residualBlock = null;
      residualDepth = 0;
    }
    depth--;
  }

  @Override
  public void element(String name, long bitPosition, int bits, long value) {
    if (current != null) {
      collector.element(name, bitPosition, bits, value);
    }
  }

  @Override
  public void bin(int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset, long bitPosition, int binVal) {
    if (current != null) {
      collector.bin(ctxIdx, pStateIdx, valMps, codIRange, codIOffset, bitPosition, binVal);
    }
  }

  /** Receives what the collector makes. */
  @Override
  public void element(SyntaxElement element) {
    current.element(element, residualBlock, slice.header().colourPlaneId());
  }

  @Override
  public void begin(Macroblock mb, MbNeighbours around) {
    macroblock = mb;
    fields.put(mb);
    if (current != null && slice.header().colourPlaneId() == 0) {
      current.macroblock(
          mb, sliceIndex, slice.nalUnit().index(), places.alternates(mb.mbFieldDecodingFlag), fields.neighbours(mb, around));
    }
  }

  @Override
  public boolean wantsBlocks() {
    return current != null;
  }

  @Override
  public void block(TracedBlock block) {
    if (current != null) {
      int plane = block.plane + slice.header().colourPlaneId();
      current.block(block, macroblock, plane, slice.header().fieldPicFlag() || macroblock.mbFieldDecodingFlag);
    }
  }
}
