package llm265.view;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.deblock.StrengthListener;
import llm265.h264.decode.CodedPicture;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.reconstruct.TracedBlock;

/** What is shown of a picture without a click: samples before and after deblocking, macroblocks, strengths, sums. */
final class PictureAnalysis {
  /** Directions and edges of a macroblock. */
  private static final int EDGES = 8;

  private static final String ARITHMETIC_CODE = "arithmetic code: start and end";
  private static final String TRAILING_BITS = "rbsp_slice_trailing_bits";

  private final StreamContents.CodedFrame frame;
  private final Picture picture;
  private final byte[] unfiltered;
  private final byte[] strengths;
  private final MacroblockTable table;
  private final ElementSums elements = new ElementSums();
  private final ModeSums modes = new ModeSums();
  private final List<String> faults;

  private PictureAnalysis(StreamContents.CodedFrame frame) {
    this.frame = frame;
    picture = frame.newPicture();
    table = new MacroblockTable(picture.format().sizeInMbs());
    strengths = new byte[EDGES * table.size];
    PictureWalk walk = new PictureWalk(frame, new Visitor());
    walk.decode(picture);
    unfiltered = PlaneBytes.coded(picture);
    walk.deblock();
    faults = walk.faults();
    modes.add(table);
  }

  /** Decodes a picture. */
  static PictureAnalysis of(StreamContents.CodedFrame frame) {
    return new PictureAnalysis(frame);
  }

  /** Fills the table and the sums. */
  private final class Visitor implements PictureVisitor {
    private final Deque<String> structures = new ArrayDeque<>();
    private CodedPicture.Slice slice;
    private int sliceIndex;
    private MacroblockPlaces places;
    private int place;
    /** Where the next element must begin, if no bits lie between. */
    private long expected;
    private boolean ended;

    @Override
    public void slice(CodedPicture.Slice begun, int index, MacroblockPlaces placesOfSlice) {
      slice = begun;
      sliceIndex = index;
      places = placesOfSlice;
      place = -1;
      expected = begun.header().sliceDataBitOffset();
      ended = false;
      structures.clear();
    }

    @Override
    public void macroblock(int mbAddr) {
      place = places.place(mbAddr);
    }

    @Override
    public void begin(String structure) {
      structures.push(structure);
      ended |= structure.equals(TRAILING_BITS);
    }

    @Override
    public void end() {
      structures.pop();
    }

    @Override
    public void element(String name, long bitPosition, int bits, long value) {
      // In data partitions, residuals have positions of their own
      if (bitPosition != expected && slice.partitions() == null) {
        if (slice.pps().entropyCodingModeFlag()) {
          elements.addGap(ARITHMETIC_CODE, "9.3.1.2", bitPosition - expected);
        }
      }
      expected = bitPosition + bits;
      if (ended) {
        return;
      }
      elements.add(structures.element(), name, bits);
      if (place >= 0) {
        table.bits[place] += bits;
        if (table.firstBit[place] < 0) {
          table.firstBit[place] = (int) bitPosition;
        }
      }
    }

    @Override
    public void begin(Macroblock mb, MbNeighbours around) {
      if (slice.header().colourPlaneId() == 0) {
        boolean field = places.alternates(mb.mbFieldDecodingFlag);
        boolean bottom = places.fieldOfFrame() ? places.bottomField()
            : mb.mbFieldDecodingFlag ? (mb.mbAddr & 1) != 0 : slice.header().bottomFieldFlag();
        table.put(place, mb, frame.sps().chromaArrayType(), field, bottom);
        table.mbAddr[place] = mb.mbAddr;
        table.slice[place] = (short) sliceIndex;
        table.nal[place] = (short) slice.nalUnit().index();
      }
    }

    @Override
    public void block(TracedBlock block) {
      if (block.plane == 0 && slice.header().colourPlaneId() == 0) {
        double sum = 0;
        for (int k = 0; k < block.samples(); k++) {
          sum += (double) block.residual[k] * block.residual[k];
        }
        table.residualEnergy[place] += sum;
        table.flags[place] |= (byte) (block.bypass ? MacroblockTable.LOSSLESS : 0);
      }
    }

    @Override
    public StrengthListener strengths(CodedPicture.Slice first, MacroblockPlaces placesOfArray) {
      return first.header().colourPlaneId() > 0 ? null : (mbAddr, verticalEdge, edge, bS) ->
          strengths[EDGES * placesOfArray.place(mbAddr) + (verticalEdge ? 0 : EDGES / 2) + edge] = (byte) bS;
    }
  }

  /** Raster position of the macroblock that holds a coded sample. */
  int placeOf(int plane, int x, int y) {
    ChromaFormat chroma = picture.format().chroma();
    int widthInMbs = picture.format().widthInMbs();
    int mbX = x / (plane == 0 ? 16 : chroma.mbWidthC());
    int mbY = y / (plane == 0 ? 16 : chroma.mbHeightC());
    int place = mbY * widthInMbs + mbX;
    return (table.flags[place] & MacroblockTable.FIELD) == 0 ? place : ((mbY & ~1) + (y & 1)) * widthInMbs + mbX;
  }

  StreamContents.CodedFrame frame() {
    return frame;
  }

  /** The samples after deblocking. */
  Picture picture() {
    return picture;
  }

  /** Coded samples before deblocking. */
  byte[] unfiltered() {
    return unfiltered;
  }

  /** bS by raster position, direction (vertical edges first) and edge; 0 where nothing is filtered. */
  byte[] strengths() {
    return strengths;
  }

  MacroblockTable table() {
    return table;
  }

  ElementSums elements() {
    return elements;
  }

  ModeSums modes() {
    return modes;
  }

  List<String> faults() {
    return faults;
  }

  /** Sums and figures of the picture. */
  ObjectNode statistics() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    long sum = 0;
    long count = 0;
    long levels = 0;
    for (int place = 0; place < table.size; place++) {
      if (table.isDecoded(place)) {
        least = Math.min(least, table.qp[place]);
        most = Math.max(most, table.qp[place]);
        sum += table.qp[place];
        count++;
        levels += table.levels[place];
      }
    }
    json.put("bits", frame.bits());
    if (count > 0) {
      json.putArray("qp").add(least).add((double) sum / count).add(most);
    } else {
      json.putNull("qp");
    }
    json.put("macroblocks", count);
    json.put("levels", levels);
    json.put("md5", md5());
    json.set("elements", elements.toJson());
    json.set("modes", modes.toJson());
    faults.forEach(json.putArray("faults")::add);
    return json;
  }

  private String md5() {
    byte[] bytes = new byte[picture.croppedBytes()];
    picture.writeCropped(bytes, 0);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
