package llm265.reference.decoder;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prints every step of decoding, one line each; lines are indented by the structure that they are in. */
final class PrintedSteps implements Watcher {
  private final PrintStream out;
  private final List<Bin> bins = new ArrayList<>();
  private int depth;

  PrintedSteps(PrintStream out) {
    this.out = out;
  }

  private void line(String text) {
    out.println("  ".repeat(depth) + text);
  }

  @Override
  public void nalUnit(int nalRefIdc, int nalUnitType) {
    line("nal_unit nal_ref_idc " + nalRefIdc + " nal_unit_type " + nalUnitType);
  }

  @Override
  public void begin(String structure, String clause) {
    line(structure + "( ) of " + clause);
    depth++;
  }

  @Override
  public void end() {
    depth--;
  }

  @Override
  public void element(String name, long value) {
    line(name + " " + value);
    depth++;
    for (Bin bin : bins) {
      String context = bin.ctxIdx() < 0 ? "bypass"
          : "ctxIdx " + bin.ctxIdx() + " pStateIdx " + bin.pStateIdx() + " valMPS " + bin.valMps();
      line("bin " + bin.binVal() + " " + context + " codIRange " + bin.codIRange() + " codIOffset " + bin.codIOffset()
          + " then " + bin.codIRangeAfter() + " " + bin.codIOffsetAfter());
    }
    depth--;
    bins.clear();
  }

  @Override
  public void bin(Bin bin) {
    bins.add(bin);
  }

  @Override
  public void macroblock(int mbAddr) {
    line("macroblock " + mbAddr);
  }

  @Override
  public void residualBlock(String levels, int maxNumCoeff) {
    line(levels + " maxNumCoeff " + maxNumCoeff);
  }

  @Override
  public void dcTransform(String levels, int[][] c, int[][] dc) {
    line("transform of " + levels + " c " + Arrays.deepToString(c) + " dc " + Arrays.deepToString(dc));
  }

  @Override
  public void transformBlock(TransformBlock block) {
    line("block of " + block.name());
    depth++;
    line("levels " + Arrays.toString(block.levels()));
    line("d " + Arrays.deepToString(block.d()));
    line("r " + Arrays.deepToString(block.r()));
    line("pred " + Arrays.deepToString(block.pred()));
    line("u " + Arrays.deepToString(block.u()));
    depth--;
  }

  @Override
  public void deblocked(int mbAddr, int cIdx, int[][] samples) {
    line("deblocked macroblock " + mbAddr + " component " + cIdx + " " + Arrays.deepToString(samples));
  }
}
