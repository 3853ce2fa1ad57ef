package llm265.oracle;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.MacroblockListener;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.SliceHeader;

/** 6.4: finds the macroblock that contains a sample of a picture, with its syntax elements, by decoding the stream again. */
final class MacroblockAt implements MacroblockListener {
  /** Ends the decoding once the macroblock is found. */
  private static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Found() {
      super(null, null, false, false);
    }
  }

  private final DecodedPicture picture;
  private final int plane;
  private final int column;
  private final int row;
  private final boolean fieldPair;
  private final int mbWidth;
  private final int mbHeight;
  /** Whether the current macroblocks belong to the array that contains the sample. */
  private boolean inArray;

  private boolean bottomField;
  private int mbAddr;
  private String place;
  private List<String> syntax = List.of();

  private MacroblockAt(DecodedPicture picture, int plane, int x, int y) {
    this.picture = picture;
    this.plane = plane;
    column = picture.picture().format().left(plane) + x;
    row = picture.picture().format().top(plane) + y;
    List<SliceHeader> slices = picture.slices();
    fieldPair = slices.stream().anyMatch(slice -> slice.bottomFieldFlag() != slices.getFirst().bottomFieldFlag());
    ChromaFormat chroma = picture.picture().format().chroma();
    mbWidth = plane == 0 ? 16 : chroma.mbWidthC();
    mbHeight = plane == 0 ? 16 : chroma.mbHeightC();
  }

  /**
   * Finds a macroblock.
   *
   * @param picture a picture of the stream, which is decoded up to it
   * @param x column of the sample in the output rectangle of its plane
   * @param y row of the sample there
   */
  static Optional<MacroblockAt> find(MemorySegment stream, DecodingMode mode, DecodedPicture picture, int plane, int x, int y) {
    MacroblockAt wanted = new MacroblockAt(picture, plane, x, y);
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT, mode);
    decoder.setMacroblockListener(wanted);
    try {
      decoder.decode(stream, PictureReceiver.passing(decoded -> { }));
    } catch (Found e) {
      return Optional.of(wanted);
    }
    return Optional.empty();
  }

  @Override
  public void begin(int pictureIndex, boolean isBottomField, int colourPlane) {
    bottomField = isBottomField;
    inArray = pictureIndex == picture.index()
        && (!fieldPair || isBottomField == ((row & 1) == 1))
        && (!picture.sps().separateColourPlaneFlag() || colourPlane == plane);
  }

  @Override
  public void macroblock(Macroblock mb, int sliceIndex) {
    if (inArray && covers(mb)) {
      mbAddr = mb.mbAddr;
      place = place(mb, sliceIndex);
      syntax = describe(mb, picture.picture().format().chroma());
      throw new Found();
    }
  }

  /** Whether a macroblock of the array contains the sample. */
  private boolean covers(Macroblock mb) {
    if (column / mbWidth != mb.mbX) {
      return false;
    }
    int rowOfArray = fieldPair ? row >> 1 : row;
    if (!mb.mbFieldDecodingFlag) {
      return rowOfArray / mbHeight == mb.mbY;
    }
    // A field macroblock has every other row of its pair.
    return rowOfArray / (2 * mbHeight) == mb.mbY >> 1 && (rowOfArray & 1) == (mb.mbAddr & 1);
  }

  /** Address and location of the macroblock's upper left luma sample (6.4.1). */
  private String place(Macroblock mb, int sliceIndex) {
    int y = mb.mbFieldDecodingFlag ? 32 * (mb.mbY >> 1) + (mb.mbAddr & 1) : 16 * mb.mbY;
    boolean field = picture.slices().getFirst().fieldPicFlag();
    return "macroblock " + mb.mbAddr + " at " + 16 * mb.mbX + "," + y
        + (field ? bottomField ? " of the bottom field" : " of the top field"
            : mb.mbFieldDecodingFlag ? " (field macroblock)" : "")
        + ", slice " + sliceIndex;
  }

  /** Its address: in a field, the address in the field; in an MBAFF frame, that of one macroblock of its pair. */
  int mbAddr() {
    return mbAddr;
  }

  /** Its place: {@code macroblock ADDRESS at X,Y, slice NUMBER}. */
  String place() {
    return place;
  }

  /** Its syntax elements, one per line. */
  List<String> syntax() {
    return syntax;
  }

  /** The syntax elements of a macroblock, named as in the standard; levels come block by block, rows separated by bars. */
  private static List<String> describe(Macroblock mb, ChromaFormat chroma) {
    List<String> lines = new ArrayList<>();
    lines.add("mb_type " + mb.mbType + " (" + MbType.name(mb.mbType) + "), mb_qp_delta " + mb.mbQpDelta + ", QPY " + mb.qpY);
    if (mb.isPcm()) {
      return lines;
    }
    lines.add("coded_block_pattern " + mb.codedBlockPattern + " (luma " + (mb.codedBlockPattern & 15) + ", chroma "
        + (mb.codedBlockPattern >> 4) + "), transform_size_8x8_flag " + (mb.transformSize8x8Flag ? 1 : 0));
    if (mb.isI16x16()) {
      lines.add("Intra16x16PredMode " + mb.intra16x16PredMode);
    } else {
      StringBuilder modes = new StringBuilder(mb.transformSize8x8Flag ? "Intra8x8PredMode" : "Intra4x4PredMode");
      for (int i = 0; i < 16; i += mb.transformSize8x8Flag ? 4 : 1) {
        modes.append(' ').append(mb.intraPredModes[i]);
      }
      lines.add(modes.toString());
    }
    boolean chromaOfItsOwn = chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.YUV422;
    if (chromaOfItsOwn) {
      lines.add("intra_chroma_pred_mode " + mb.intraChromaPredMode);
    }
    for (int plane = 0; plane < 3; plane++) {
      addLevels(lines, mb, plane, plane > 0 && chromaOfItsOwn);
    }
    return lines;
  }

  private static void addLevels(List<String> lines, Macroblock mb, int plane, boolean chroma) {
    String name = List.of("luma", "Cb", "Cr").get(plane);
    int dcBit = chroma ? Macroblock.CHROMA_DC_FLAG_BIT + plane - 1 : Macroblock.DC_FLAG_BIT + plane;
    if (((mb.codedBlockFlags >>> dcBit) & 1) != 0) {
      int width = chroma ? 2 : 4;
      lines.add(name + " DC levels " + levels(mb.dcLevels, 16 * plane, width, chroma ? 8 : 16));
    }
    boolean large = mb.transformSize8x8Flag && !chroma;
    for (int block = 0; block < 16; block += large ? 4 : 1) {
      if (((mb.codedBlockFlags >>> (16 * plane + block)) & 1) != 0) {
        lines.add(name + (large ? " 8x8 block " + block / 4 : " 4x4 block " + block) + " levels "
            + levels(mb.levels, 256 * plane + 16 * block, large ? 8 : 4, large ? 64 : 16));
      }
    }
  }

  private static String levels(int[] levels, int from, int width, int count) {
    int end = count;
    while (end > width && Arrays.stream(levels, from + end - width, from + end).allMatch(level -> level == 0)) {
      end -= width;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < end; i++) {
      text.append(i == 0 ? "" : i % width == 0 ? " | " : " ").append(levels[from + i]);
    }
    return text.toString();
  }
}
