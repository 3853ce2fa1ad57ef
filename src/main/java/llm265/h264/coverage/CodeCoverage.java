package llm265.h264.coverage;

import java.util.BitSet;
import java.util.List;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.cabac.TransitionTables;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;

/** Every syntax element by classes of its values, every code of CAVLC, every context and state of CABAC. */
final class CodeCoverage implements SyntaxListener {
  /** Values up to this stand for themselves, larger ones for their power of two. */
  private static final int EXACT = 16;

  /** The same of the elements of macroblocks that are no levels. */
  private static final int EXACT_OF_MACROBLOCKS = 64;

  private static final List<String> SLICE_DATA =
      List.of("slice_data", "macroblock_layer", "mb_pred", SyntaxTrace.RESIDUAL_BLOCK_CABAC, SyntaxTrace.RESIDUAL_BLOCK_CAVLC);

  private final Coverage coverage;
  private final BitSet contexts = new BitSet();
  private final BitSet states = new BitSet();
  private final BitSet shifts = new BitSet();
  private final BitSet ranges = new BitSet();
  private final ArithmeticCoverage arithmetic;

  private String entropy = "";
  private String block = "";
  private int maxNumCoeff;
  private int column;
  private int totalCoeff;
  private int zerosLeft;
  private int levelPrefix;
  private int nalUnitType;
  private long macroblockBegin = -1;
  private int mostBits;

  CodeCoverage(Coverage coverage) {
    this.coverage = coverage;
    arithmetic = new ArithmeticCoverage(coverage);
  }

  /** Hands on what was counted. */
  void finish() {
    contexts.stream().forEach(bit -> coverage.note("ctxIdx of bin " + (bit & 1), bit >> 1));
    states.stream().forEach(bit -> coverage.note("pStateIdx of " + ((bit & 1) == 0 ? "LPS" : "MPS"), bit >> 1));
    shifts.stream().forEach(shift -> coverage.note("renormalization", shift));
    ranges.stream().forEach(range -> coverage.note("codIRange", range));
    // Of the profiles up to High at 8 bits in 4:2:0 a macroblock has 3200 at most.
    coverage.note("bits of a macroblock", mostBits < 3000 ? mostBits / 1000 * 1000 : mostBits / 100 * 100);
  }

  @Override
  public void nalUnit(NalUnit nalUnit) {
    nalUnitType = nalUnit.nalUnitType();
    macroblockBegin = -1;
    byte[] bytes = nalUnit.rbsp().data();
    int length = nalUnit.rbsp().length();
    for (int i = 2; i < length; i++) {
      if (bytes[i - 1] == 0 && bytes[i - 2] == 0 && (bytes[i] & 0xFC) == 0) {
        coverage.note("emulation prevention", "NAL unit " + nalUnitType + " before " + bytes[i]);
      }
    }
  }

  @Override
  public void sliceData(TracedSlice slice) {
    entropy = slice.pps().entropyCodingModeFlag() ? "CABAC" : "CAVLC";
    arithmetic.sliceData(slice);
    coverage.note("first_mb_in_slice", slice.header().firstMbInSlice() == 0 ? "0" : "other");
  }

  @Override
  public void macroblock(int mbAddr) {
    macroblockBegin = -1;
  }

  @Override
  public void residualBlock(String structure, String levels, int most, int nC) {
    block = base(levels);
    maxNumCoeff = most;
    column = nC < 0 ? nC : nC < 2 ? 0 : nC < 4 ? 2 : nC < 8 ? 4 : 8;
  }

  @Override
  public void element(SyntaxElement element) {
    String name = base(element.name());
    if (!SLICE_DATA.contains(element.structure())) {
      if (!element.code().startsWith("x")) {
        coverage.note(element.structure() + " " + name, valueClass(element.value(), EXACT));
      }
      return;
    }
    if (macroblockBegin < 0) {
      macroblockBegin = element.bitPosition();
    }
    element.bins().forEach(this::bin);
    if (!name.startsWith("pcm") && !name.startsWith("end_of_slice")) {
      mostBits = (int) Math.max(mostBits, element.bitPosition() + element.bits() - macroblockBegin);
    }
    switch (name) {
      case "pcm_alignment_zero_bit" -> coverage.note("pcm_alignment_zero_bit " + entropy, (int) (element.bitPosition() & 7));
      case "pcm_sample_luma", "pcm_sample_chroma" -> arithmetic.samples();
      case "coeff_abs_level_minus1" -> coverage.note(name + " " + block, valueClass(element.value(), EXACT));
      case "significant_coeff_flag", "last_significant_coeff_flag", "coeff_sign_flag", "coded_block_flag" -> { }
      case "coeff_token", "trailing_ones_sign_flag", "level_prefix", "level_suffix", "total_zeros", "run_before" ->
          code(name, element);
      case "end_of_slice_flag" -> {
        if (element.value() == 1) {
          coverage.note("end_of_slice_flag 1 at bit", (int) (element.bitPosition() & 7));
        }
      }
      default -> coverage.note(name + " " + entropy, valueClass(element.value(), EXACT_OF_MACROBLOCKS));
    }
  }

  private void code(String name, SyntaxElement element) {
    int value = (int) element.value();
    switch (name) {
      case "coeff_token" -> {
        totalCoeff = element.totalCoeff();
        coverage.note("coeff_token nC " + column, 10 * totalCoeff + element.trailingOnes());
        coverage.note("TotalCoeff " + block, totalCoeff);
        zerosLeft = -1;
      }
      case "level_prefix" -> {
        levelPrefix = value;
        coverage.note(name, value);
      }
      case "level_suffix" -> coverage.note("level_suffix of prefix " + Math.min(levelPrefix, 16), (int) element.bits());
      case "total_zeros" -> {
        zerosLeft = value;
        coverage.note(name + " of " + maxNumCoeff, 100 * totalCoeff + value);
      }
      case "run_before" -> {
        coverage.note(name, 100 * Math.min(zerosLeft, 7) + value);
        zerosLeft -= value;
      }
      default -> { }
    }
  }

  private void bin(SyntaxElement.Bin bin) {
    arithmetic.bin(bin);
    ranges.set(bin.codIRange());
    if (bin.hasContext()) {
      contexts.set(2 * bin.ctxIdx() + bin.binVal());
      boolean mps = bin.binVal() == bin.valMps();
      states.set(2 * bin.pStateIdx() + (mps ? 1 : 0));
      int lps = TransitionTables.rangeTabLps(bin.pStateIdx(), (bin.codIRange() >> 6) & 3);
      int range = mps ? bin.codIRange() - lps : lps;
      shifts.set(Integer.numberOfLeadingZeros(range) - (Integer.SIZE - 9));
    } else if (bin.ctxIdx() == SyntaxTrace.TERMINATE && bin.binVal() == 1) {
      coverage.note("codIOffset at the end", bin.codIOffset() - (bin.codIRange() - 2));
      // codIRange is 2 after it (9.3.4.5).
      shifts.set(7);
    }
  }

  /** The name of an element of an array. */
  private static String base(String name) {
    int bracket = name.indexOf('[');
    return bracket < 0 ? name : name.substring(0, bracket);
  }

  private static int valueClass(long value, int exact) {
    if (Math.abs(value) <= exact) {
      return (int) value;
    }
    int power = (int) Math.min(Long.highestOneBit(Math.abs(value)), 1L << 30);
    return value < 0 ? -power : power;
  }
}
