package llm265.book;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.PictureSyntax;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;

/** The streams of docs/book/streams: pictures of one or two macroblocks, small enough to be read bit by bit. */
final class BookStreams {
  /** QP of all slices: LevelScale is a multiple of 16 there, and shifts are by 4. */
  static final int QP = 28;

  private static final int LEVEL_1 = 10;

  private static final Map<String, byte[]> ALL = written();

  private BookStreams() {}

  /** Bytes of each stream by the name of its file. */
  static Map<String, byte[]> all() {
    return ALL;
  }

  private static Map<String, byte[]> written() {
    Map<String, byte[]> streams = new LinkedHashMap<>();
    streams.put("flat.264", stream(false, 1, true, BookStreams::flat));
    streams.put("pcm.264", stream(false, 1, true, BookStreams::pcm));
    streams.put("macroblock-cavlc.264", stream(false, 1, false, BookStreams::macroblock));
    streams.put("macroblock-cabac.264", stream(true, 1, false, BookStreams::macroblock));
    streams.put("edge.264", stream(false, 2, true, BookStreams::edge));
    return streams;
  }

  static byte[] get(String name) {
    return ALL.get(name);
  }

  /** A picture of one row of macroblocks, as Constrained Baseline with CAVLC or Main with CABAC. */
  private static byte[] stream(boolean cabac, int macroblocks, boolean deblocked, Consumer<PictureSyntax> content) {
    PictureFormat format = new PictureFormat(macroblocks, 1, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    int profile = cabac ? ProfileLevel.MAIN : 66;
    SeqParameterSet sps = new SeqParameterSet(
        profile, 0x40, LEVEL_1, 0, false, false, null, 4, PicOrderCnt.TYPE_2, 0, false, true, false, true, format, null);
    PicParameterSet pps = new PicParameterSet(
        0, 0, cabac, false, null, 1, 1, false, 0, 26, 26, 0, true, false, false, false, null, 0);
    PictureSyntax picture = picture(macroblocks, content);
    SliceHeader header = new SliceHeader(new SliceOpening(3, true, 0, 7, 0, 0, 0, false, false, 0, 0, 0, 0, 0, 0),
        DecRefPicMarking.NONE, QP, deblocked ? 0 : 1, 0, 0, 0, 0);
    int[] addresses = new int[macroblocks];
    Arrays.setAll(addresses, i -> i);
    return new SyntaxStream(sps, List.of(pps),
        List.of(new SyntaxStream.Coded(picture, List.of(new SliceSyntax(0, addresses, header, pps))))).write();
  }

  private static PictureSyntax picture(int macroblocks, Consumer<PictureSyntax> content) {
    PictureSyntax picture = new PictureSyntax(macroblocks, 1, false, ChromaFormat.YUV420);
    for (int i = 0; i < macroblocks; i++) {
      picture.mbs[i] = new MacroblockSyntax();
      picture.mbs[i].qpY = QP;
    }
    content.accept(picture);
    return picture;
  }

  /** What macroblock-cavlc.264 and macroblock-cabac.264 say. */
  static PictureSyntax macroblockPicture() {
    return picture(1, BookStreams::macroblock);
  }

  /** A stream like these whose first block has given levels, in scan order, and no other block has any. */
  static byte[] withLevels(boolean cabac, int... levels) {
    return stream(cabac, 1, false, picture -> {
      MacroblockSyntax mb = picture.mbs[0];
      mb.mbType = MbType.I_NXN;
      mb.codedBlockPattern = 1;
      Arrays.fill(mb.intraPredModes, 2);
      System.arraycopy(levels, 0, mb.levels[0][0], 0, levels.length);
    });
  }

  /** edge.264 with the deblocking filter switched off. */
  static byte[] edgeWithoutDeblocking() {
    return stream(false, 2, false, BookStreams::edge);
  }

  /** A stream like these of one Intra_16x16 macroblock without levels. */
  static byte[] withType(int mbType) {
    return stream(true, 1, false, picture -> {
      picture.mbs[0].mbType = mbType;
      picture.mbs[0].codedBlockPattern = MbType.codedBlockPattern(mbType);
    });
  }

  /** Intra_16x16, predicted by the mean of nothing, without a level: 128 throughout. */
  private static void flat(PictureSyntax picture) {
    setIntra16x16(picture.mbs[0]);
  }

  /** A ramp: row y begins with 16 y, stays there for four samples, and goes on by one a sample. Chroma is 128. */
  private static void pcm(PictureSyntax picture) {
    MacroblockSyntax mb = picture.mbs[0];
    mb.mbType = MbType.I_PCM;
    Arrays.fill(mb.pcmSamples, 128);
    for (int i = 0; i < 256; i++) {
      mb.pcmSamples[i] = i % 16 < 4 ? i - i % 16 : i;
    }
  }

  /** The macroblock of the book: 4x4 blocks, four of them with modes that are not the expected ones, levels in three. */
  private static void macroblock(PictureSyntax picture) {
    MacroblockSyntax mb = picture.mbs[0];
    mb.mbType = MbType.I_NXN;
    mb.codedBlockPattern = 1 + (1 << 4);
    int[] chosen = {2, 1, 0, 4, -1, 1, -1, -1, 3, -1, -1, -1, -1, -1, -1, -1};
    picture.slice[0] = 0;
    for (int block = 0; block < 16; block++) {
      mb.intraPredModes[block] = chosen[block] < 0 ? picture.predIntraPredMode(0, block) : chosen[block];
    }
    System.arraycopy(new int[] {3, -2, 1, 0, 0, 1}, 0, mb.levels[0][0], 0, 6);
    mb.levels[0][1][0] = -1;
    mb.levels[0][3][1] = 1;
    mb.chromaDcLevels[1][0] = 1;
    mb.chromaDcLevels[2][2] = -1;
  }

  /** Two macroblocks of the mean of their left side: 128, and 8 more, with a step of 4 in the middle of the second. */
  private static void edge(PictureSyntax picture) {
    setIntra16x16(picture.mbs[0]);
    setIntra16x16(picture.mbs[1]);
    picture.mbs[1].dcLevels[0][0] = 8;
    picture.mbs[1].dcLevels[0][1] = 2;
  }

  private static void setIntra16x16(MacroblockSyntax mb) {
    mb.mbType = MbType.ofI16x16(2, 0, false);
    mb.codedBlockPattern = MbType.codedBlockPattern(mb.mbType);
  }
}
