package llm265.book;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.MbType;

/** Chapters 2 and 3. */
final class SyntaxFigures {
  private SyntaxFigures() {}

  static void addTo(Figures figures) {
    figures.put("2.sps", () -> nalUnit("flat.264", 0));
    figures.put("2.pps", () -> nalUnit("flat.264", 1));
    figures.put("2.slice", () -> nalUnit("flat.264", 2));
    figures.put("2.1", () -> size(new PictureFormat(120, 68, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 2 * 4)));
    figures.put("2.2", () -> Integer.toString(26 - 3 + 7));
    figures.put("2.3", () -> Texts.se(-5));
    figures.put("2.4", () -> size(H264IntraDecoder.decodeAll(Files.readAllBytes(Path.of("golden-vectors/enc-cropped-right.264")))
        .getFirst().format()));
    figures.put("2.5", () -> String.format("%02x", BookStreams.get("macroblock-cabac.264")[15]));
    figures.put("2.6", () -> Integer.toString(Texts.ue(99).length()));
    figures.put("3.flat", () -> Texts.codes(Texts.elements(Texts.trace("flat.264", "--mb", 0))));
    figures.put("3.ramp", () -> Texts.matrix(16, Texts.samples("pcm.264", 0)));
    figures.put("3.blocks", () -> Texts.matrix(4, BlockScan.BLOCK_INDEX));
    figures.put("3.1", () -> Integer.toString(8 * (256 + 2 * 64)));
    figures.put("3.2", () -> Integer.toString(MbType.ofI16x16(1, 2, true)));
    figures.put("3.3", () -> Texts.list(
        MbType.intra16x16PredMode(18), MbType.codedBlockPattern(18) >> 4, MbType.codedBlockPattern(18) & 15));
    figures.put("3.4", () -> Integer.toString(Texts.samples("pcm.264", 0)[9 * 16 + 5]));
    figures.put("3.5", () -> 4 * BlockScan.BLOCK_COLUMN[11] + " " + 4 * BlockScan.BLOCK_ROW[11]);
    figures.put("3.6", () -> Integer.toString(offsetOf(BookStreams.get("pcm.264"), (byte) 0x10)));
  }

  /** Codes, names and values of the elements of a NAL unit, up to slice data or trailing bits. */
  private static String nalUnit(String stream, int index) {
    List<String> lines = Texts.trace(stream).stream().dropWhile(line -> !line.startsWith("nal_unit " + index)).skip(1)
        .takeWhile(line -> !line.startsWith("nal_unit") && !line.startsWith("slice_data") && !line.contains(" rbsp_")).toList();
    return Texts.codes(Texts.elements(lines));
  }

  private static String size(PictureFormat format) {
    return (16 * format.widthInMbs() - format.cropLeft() - format.cropRight())
        + "x" + (16 * format.heightInMbs() - format.cropTop() - format.cropBottom());
  }

  private static int offsetOf(byte[] bytes, byte wanted) {
    for (int i = 22; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw new AssertionError();
  }
}
