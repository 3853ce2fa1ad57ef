package llm265.h264.trace;

import java.util.List;
import java.util.function.Consumer;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;

/** A {@link StreamTrace} as text, line by line, in the format of docs/trace.md. */
public final class SyntaxText implements SyntaxListener {
  private final Consumer<String> lines;
  private final StringBuilder line = new StringBuilder();

  /** Writes lines, without line terminators, to a receiver. */
  public SyntaxText(Consumer<String> lines) {
    this.lines = lines;
  }

  private void endLine() {
    lines.accept(line.toString());
    line.setLength(0);
  }

  @Override
  public void nalUnit(NalUnit nalUnit) {
    line.append("nal_unit ").append(nalUnit.index()).append(" byte ").append(nalUnit.offset())
        .append(" bytes ").append(nalUnit.length()).append(" nal_ref_idc ").append(nalUnit.nalRefIdc())
        .append(" nal_unit_type ").append(nalUnit.nalUnitType());
    endLine();
  }

  @Override
  public void sliceData(TracedSlice slice) {
    line.append("slice_data picture ").append(slice.picture()).append(' ').append(slice.pictureStructure());
    if (slice.sps().separateColourPlaneFlag()) {
      line.append(" colour_plane_id ").append(slice.header().colourPlaneId());
    }
    line.append(" slice ").append(slice.index());
    endLine();
  }

  @Override
  public void macroblock(int mbAddr) {
    line.append("macroblock ").append(mbAddr);
    endLine();
  }

  @Override
  public void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
    line.append("  ").append(structure).append(' ').append(levels).append(" maxNumCoeff ").append(maxNumCoeff);
    if (structure.equals(SyntaxTrace.RESIDUAL_BLOCK_CAVLC)) {
      line.append(" nC ").append(nC);
    }
    endLine();
  }

  @Override
  public void element(SyntaxElement element) {
    line.append("  ").append(element.bitPosition()).append(' ').append(element.clause()).append(' ')
        .append(element.name()).append(' ');
    if (element.isCoeffToken()) {
      line.append(element.trailingOnes()).append('/').append(element.totalCoeff());
    } else {
      line.append(element.value());
    }
    line.append(' ').append(element.code());
    endLine();
    element.bins().forEach(this::bin);
  }

  @Override
  public void unfinished(List<SyntaxElement.Bin> bins) {
    bins.forEach(this::bin);
  }

  private void bin(SyntaxElement.Bin bin) {
    line.append("    ").append(bin.binVal()).append(' ').append(bin.bitPosition());
    if (bin.ctxIdx() == SyntaxTrace.BYPASS) {
      line.append(" bypass");
    } else {
      line.append(" ctxIdx ").append(bin.ctxIdx());
      if (bin.hasContext()) {
        line.append(" pStateIdx ").append(bin.pStateIdx()).append(" valMPS ").append(bin.valMps());
      }
    }
    line.append(" codIRange ").append(bin.codIRange()).append(" codIOffset ").append(bin.codIOffset());
    endLine();
  }

  @Override
  public void leftOut(String sentence) {
    line.append("left_out ").append(sentence);
    endLine();
  }

  @Override
  public void fault(StreamException fault) {
    line.append("fault ").append(fault.getMessage());
    endLine();
  }
}
