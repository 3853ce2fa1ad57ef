package llm265.book;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Chapter 6: the code of macroblock-cavlc.264. */
final class CavlcFigures {
  private CavlcFigures() {}

  static void addTo(Figures figures) {
    figures.put("6.block0", () -> Texts.codes(blocks().getFirst().elements()));
    figures.put("6.levels", () -> Texts.list(
        java.util.Arrays.copyOf(BookStreams.macroblockPicture().mbs[0].levels[0][0], 16)));
    figures.put("6.blocks", () -> Texts.table(blocks().stream()
        .map(block -> List.of(block.name(), "nC " + block.nC(), bits(block.elements()))).toList()));
    figures.put("6.1", () -> Texts.list(nC(4, -1), nC(4, 1)));
    figures.put("6.2", () -> Texts.elements(residual(0, 3, 0, -1, 1)).getFirst()[3]);
    figures.put("6.3", () -> bits(Texts.elements(residual(1))));
    figures.put("6.4", () -> Integer.toString(
        bits(Texts.elements(Texts.trace(PredictionFigures.STREAM, "--mb", 0))).replace(" ", "").length()));
    figures.put("6.5", () -> bits(Texts.elements(residual(0, 3, 0, -1, 1))));
    figures.put("6.6", () -> {
      int pattern = BookStreams.macroblockPicture().mbs[0].codedBlockPattern;
      return Texts.list(pattern & 15, pattern >> 4);
    });
  }

  private record Block(String name, String nC, List<String[]> elements) {}

  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    List<String> lines = Texts.trace(PredictionFigures.STREAM, "--mb", 0);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("  residual_block_cavlc")) {
        String[] head = lines.get(i).strip().split(" ");
        blocks.add(new Block(head[1], head[5], Texts.elements(lines.subList(i + 1, lines.size()).stream()
            .takeWhile(line -> !line.contains("residual_block")).toList())));
      }
    }
    return blocks;
  }

  private static String bits(List<String[]> elements) {
    return elements.stream().map(element -> element[4]).collect(Collectors.joining(" "));
  }

  /** Number of levels that a block is expected to have, by those beside it; -1 for a block that is not available. */
  private static int nC(int nA, int nB) {
    return nA >= 0 && nB >= 0 ? (nA + nB + 1) >> 1 : Math.max(0, Math.max(nA, nB));
  }

  /** Lines of the first residual block of a macroblock that has these levels alone. */
  private static List<String> residual(int... levels) {
    return Texts.trace(BookStreams.withLevels(false, levels)).stream().dropWhile(line -> !line.contains("residual_block")).skip(1)
        .takeWhile(line -> !line.contains("residual_block")).toList();
  }
}
