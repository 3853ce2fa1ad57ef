package llm265.h264.trace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.syntax.StreamListing;

/** Makes {@link SyntaxElement}s from what is read from one NAL unit, and hands them to a {@link SyntaxListener}. */
public final class ElementCollector implements SyntaxTrace {
  /** The clause of each structure's syntax table. */
  private static final Map<String, String> CLAUSES = Map.ofEntries(
      Map.entry("seq_parameter_set_data", "7.3.2.1.1"),
      Map.entry("scaling_list", "7.3.2.1.1.1"),
      Map.entry("pic_parameter_set_rbsp", "7.3.2.2"),
      Map.entry("sei_message", "7.3.2.3.1"),
      Map.entry("access_unit_delimiter_rbsp", "7.3.2.4"),
      Map.entry("rbsp_slice_trailing_bits", "7.3.2.10"),
      Map.entry(RbspReader.TRAILING_BITS, "7.3.2.11"),
      Map.entry("slice_header", "7.3.3"),
      Map.entry("dec_ref_pic_marking", "7.3.3.3"),
      Map.entry("slice_data", "7.3.4"),
      Map.entry("macroblock_layer", "7.3.5"),
      Map.entry("mb_pred", "7.3.5.1"),
      Map.entry(RESIDUAL_BLOCK_CAVLC, "7.3.5.3.2"),
      Map.entry(RESIDUAL_BLOCK_CABAC, "7.3.5.3.3"),
      Map.entry("buffering_period", "D.1.2"),
      Map.entry("pic_timing", "D.1.3"),
      Map.entry("user_data_registered_itu_t_t35", "D.1.6"),
      Map.entry("user_data_unregistered", "D.1.7"),
      Map.entry("recovery_point", "D.1.8"),
      Map.entry("vui_parameters", "E.1.1"),
      Map.entry("hrd_parameters", "E.1.2"));

  /** The clause of SEI payloads without an entry; only their bytes are read. */
  private static final String OTHER_PAYLOADS = "D.1";

  private final NalUnit.Rbsp rbsp;
  private final SyntaxListener listener;
  private final Deque<String> structures = new ArrayDeque<>();
  private List<SyntaxElement.Bin> bins = new ArrayList<>();

  /** Collects what is read from one payload. */
  public ElementCollector(NalUnit.Rbsp rbsp, SyntaxListener listener) {
    this.rbsp = rbsp;
    this.listener = listener;
  }

  /** The clause of a structure's syntax table. */
  public static String clauseOf(String structure) {
    return CLAUSES.getOrDefault(structure, OTHER_PAYLOADS);
  }

  /** Adds the elements of a NAL unit that have been listed. */
  void addAll(StreamListing.Unit unit) {
    String outermost = structureOf(unit.nalUnit());
    for (StreamListing.Element element : unit.elements()) {
      String inner = element.structure().substring(element.structure().lastIndexOf(' ') + 1);
      begin(inner.isEmpty() ? outermost : inner);
      if (element.bytes() == null) {
        element(element.name(), element.bitPosition(), (int) element.bits(), element.value());
      } else {
        addBytes(element.name(), element.bitPosition(), (int) element.value());
      }
      end();
    }
  }

  /** The structure of those elements of a NAL unit that are in no inner structure. */
  private static String structureOf(NalUnit nalUnit) {
    return switch (nalUnit.nalUnitType()) {
      case NalUnit.SPS -> "seq_parameter_set_data";
      case NalUnit.PPS -> "pic_parameter_set_rbsp";
      case NalUnit.ACCESS_UNIT_DELIMITER -> "access_unit_delimiter_rbsp";
      case NalUnit.SEI -> "sei_message";
      default -> "slice_header";
    };
  }

  @Override
  public void element(String name, long bitPosition, int bits, long value) {
    StringBuilder code = new StringBuilder();
    List<SyntaxElement.Bin> binsOfElement = List.of();
    if (bins.isEmpty()) {
      for (long at = bitPosition; at < bitPosition + bits; at++) {
        code.append((rbsp.data()[(int) (at >> 3)] >> (int) (7 - (at & 7))) & 1);
      }
    } else {
      bins.forEach(bin -> code.append(bin.binVal()));
      binsOfElement = bins;
      bins = new ArrayList<>();
    }
    add(name, bitPosition, bits, value, code.toString(), binsOfElement);
  }

  @Override
  public void bytes(String name, long bitPosition, byte[] value) {
    addBytes(name, bitPosition, value.length);
  }

  private void addBytes(String name, long bitPosition, int count) {
    int from = (int) (bitPosition >> 3);
    String digits = HexFormat.of().formatHex(rbsp.data(), from, from + count);
    add(name, bitPosition, 8L * count, count, "x" + digits, List.of());
  }

  private void add(
      String name, long bitPosition, long bits, long value, String code, List<SyntaxElement.Bin> binsOfElement) {
    String structure = structures.element();
    listener.element(
        new SyntaxElement(structure, clauseOf(structure), name, bitPosition, bits, value, code, binsOfElement));
  }

  @Override
  public void begin(String structure) {
    structures.push(structure);
  }

  @Override
  public void end() {
    structures.pop();
  }

  @Override
  public void macroblock(int mbAddr) {
    listener.macroblock(mbAddr);
  }

  @Override
  public void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
    begin(structure);
    listener.residualBlock(structure, levels, maxNumCoeff, nC);
  }

  @Override
  public void bin(
      int ctxIdx, int pStateIdx, int valMps, int codIRange, int codIOffset, long bitPosition, int binVal) {
    bins.add(new SyntaxElement.Bin(binVal, bitPosition, ctxIdx, pStateIdx, valMps, codIRange, codIOffset));
  }

  /** Hands on the bins of an element that a fault cut off. */
  void handOnUnfinished() {
    if (!bins.isEmpty()) {
      listener.unfinished(bins);
    }
  }
}
