package llm265.book;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.cabac.ContextInitTables;
import llm265.h264.cabac.TransitionTables;
import llm265.h264.macroblock.MbType;
import llm265.h264.rate.BinCost;

/** Chapter 7: the arithmetic decoder, walked by the figures of 9.3.3.2 over the bins of a trace. */
final class CabacFigures {
  private static final String FILE = "golden-vectors/enc-monochrome.264";
  private static final int NAL_UNIT = 4;

  private CabacFigures() {}

  static void addTo(Figures figures) {
    figures.put("7.init", () -> Texts.table(List.of(
        List.of("ctxIdx", "m", "n", "preCtxState", "pStateIdx", "valMPS"), initial(3, 28), initial(68, 28), initial(60, 28))));
    figures.put("7.walk", CabacFigures::walk);
    figures.put("7.range", () -> Texts.table(List.of(
        rangeRow(0), rangeRow(1), rangeRow(10), rangeRow(30), rangeRow(62))));
    figures.put("7.cost", () -> Texts.table(List.of(costRow(0), costRow(10), costRow(30), costRow(62))));
    figures.put("7.begin", CabacFigures::begin);
    figures.put("7.1", () -> String.join(" ", initial(73, 28).subList(4, 6)));
    figures.put("7.2", () -> Integer.toString(TransitionTables.rangeTabLps(43, (510 >> 6) & 3)));
    figures.put("7.3", () -> {
      int mps = 300 - TransitionTables.rangeTabLps(0, (300 >> 6) & 3);
      return Texts.list(mps, 200 - mps);
    });
    figures.put("7.4", () -> Texts.elements(Texts.trace(BookStreams.withType(MbType.ofI16x16(2, 0, true)))).getFirst()[4]);
    figures.put("7.5", () -> Texts.elements(Texts.trace(BookStreams.withLevels(true, -20))).stream()
        .filter(element -> element[2].startsWith("coeff_abs_level")).findFirst().orElseThrow()[4]);
    figures.put("7.6", () -> bits(BinCost.ofBin(62 << 1, 0)));
  }

  private static List<String> initial(int ctxIdx, int qp) {
    int m = ContextInitTables.m(ctxIdx);
    int n = ContextInitTables.n(ctxIdx);
    int state = Math.clamp(((m * qp) >> 4) + n, 1, 126);
    boolean one = state > 63;
    return List.of(Integer.toString(ctxIdx), Integer.toString(m), Integer.toString(n), Integer.toString(state),
        Integer.toString(one ? state - 64 : 63 - state), one ? "1" : "0");
  }

  private static List<String> rangeRow(int pStateIdx) {
    List<String> row = new ArrayList<>(List.of(Integer.toString(pStateIdx)));
    for (int q = 0; q < 4; q++) {
      row.add(Integer.toString(TransitionTables.rangeTabLps(pStateIdx, q)));
    }
    row.add("MPS " + TransitionTables.transIdxMps(pStateIdx));
    row.add("LPS " + TransitionTables.transIdxLps(pStateIdx));
    return row;
  }

  private static String bits(int cost) {
    return String.format(Locale.ROOT, "%.3f", (double) cost / BinCost.BIT);
  }

  private static List<String> costRow(int pStateIdx) {
    return List.of(Integer.toString(pStateIdx), bits(BinCost.ofBin(pStateIdx << 1, 0)), bits(BinCost.ofBin(pStateIdx << 1, 1)));
  }

  /** Of a line of a bin: its value, position, and the number behind a name. */
  private record Bin(String[] words) {
    int value() {
      return Integer.parseInt(words[0]);
    }

    int position() {
      return Integer.parseInt(words[1]);
    }

    boolean isBypass() {
      return words[2].equals("bypass");
    }

    int of(String name) {
      for (int i = 2; i < words.length - 1; i++) {
        if (words[i].equals(name)) {
          return Integer.parseInt(words[i + 1]);
        }
      }
      return -1;
    }
  }

  private static List<Bin> bins(Object... command) {
    return Texts.printed(command).stream().filter(line -> line.matches(" {4}\\d.*"))
        .map(line -> new Bin(line.strip().split(" "))).toList();
  }

  private static byte[] rbsp(byte[] stream, int index) {
    Iterator<NalUnit> units = new ByteStream(stream).iterator();
    for (int i = 0; i < index; i++) {
      units.next();
    }
    return units.next().rbsp().data();
  }

  private static int bit(byte[] rbsp, int position) {
    return (rbsp[position / 8] >> (7 - position % 8)) & 1;
  }

  /** The first nine bits of the arithmetic code of macroblock-cabac.264. */
  private static String begin() {
    byte[] rbsp = rbsp(BookStreams.get("macroblock-cabac.264"), 2);
    StringBuilder code = new StringBuilder();
    int offset = 0;
    for (int i = 24; i < 33; i++) {
      code.append(bit(rbsp, i));
      offset = 2 * offset + bit(rbsp, i);
    }
    return "codIRange 510, codIOffset " + code + " = " + offset;
  }

  /** The macroblock of docs/trace.md: each bin is decoded from the state before it, and leads to the state before the next. */
  private static String walk() throws IOException {
    byte[] rbsp = rbsp(Files.readAllBytes(Path.of(FILE)), NAL_UNIT);
    List<Bin> bins = bins("inspect", FILE, "--trace", "--picture", "2", "--mb", "7");
    List<List<String>> rows = new ArrayList<>(List.of(
        List.of("ctxIdx", "state", "range", "offset", "rLPS", "range - rLPS", "bin", "read")));
    for (int i = 0; i < bins.size(); i++) {
      Bin bin = bins.get(i);
      Step step = Step.of(bin);
      StringBuilder read = new StringBuilder();
      int position = bin.position();
      int range = step.range();
      int offset = step.offset();
      if (bin.isBypass()) {
        read.append(bit(rbsp, position));
      }
      while (range < 256) {
        range <<= 1;
        offset = 2 * offset + bit(rbsp, position);
        read.append(bit(rbsp, position++));
      }
      if (bin.isBypass()) {
        int doubled = 2 * bin.of("codIOffset") + bit(rbsp, bin.position());
        offset = doubled >= range ? doubled - range : doubled;
      }
      if (i + 1 < bins.size() && (range != bins.get(i + 1).of("codIRange") || offset != bins.get(i + 1).of("codIOffset"))) {
        throw new AssertionError("bin " + i);
      }
      rows.add(List.of(bin.isBypass() ? "bypass" : Integer.toString(bin.of("ctxIdx")), step.state(),
          Integer.toString(bin.of("codIRange")), Integer.toString(bin.of("codIOffset")), step.lps(), step.mps(),
          Integer.toString(bin.value()), read.toString()));
    }
    return Texts.table(rows);
  }

  /** What comes of range and offset before any bit is read. */
  private record Step(int range, int offset, String state, String lps, String mps) {
    static Step of(Bin bin) {
      int range = bin.of("codIRange");
      int offset = bin.of("codIOffset");
      if (bin.isBypass()) {
        return new Step(range, offset, "", "", "");
      }
      boolean terminate = bin.of("pStateIdx") < 0;
      int lps = terminate ? 2 : TransitionTables.rangeTabLps(bin.of("pStateIdx"), (range >> 6) & 3);
      int mps = range - lps;
      boolean least = offset >= mps;
      int binVal = terminate ? (least ? 1 : 0) : least ? 1 - bin.of("valMPS") : bin.of("valMPS");
      if (binVal != bin.value()) {
        throw new AssertionError("bin at " + bin.position());
      }
      return new Step(least ? lps : mps, least ? offset - mps : offset,
          terminate ? "end" : bin.of("pStateIdx") + "/" + bin.of("valMPS"), Integer.toString(lps), Integer.toString(mps));
    }
  }
}
