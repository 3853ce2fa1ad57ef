package llm265.view;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import llm265.h264.intra.IntraEdge;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.reconstruct.TracedBlock;

/** Writes the numbers of blocks: edge, prediction, levels, coefficients, residual, constructed samples. */
final class BlockJson {
  private static final String[] KINDS = {"4x4", "8x8", "16x16", "chroma"};
  private static final String[] NXN = {
    "Vertical", "Horizontal", "DC", "Diagonal_Down_Left", "Diagonal_Down_Right", "Vertical_Right", "Horizontal_Down",
    "Vertical_Left", "Horizontal_Up"
  };
  private static final String[] OF_16X16 = {"Vertical", "Horizontal", "DC", "Plane"};
  private static final String[] OF_CHROMA = {"DC", "Horizontal", "Vertical", "Plane"};

  private final JsonGenerator json;

  BlockJson(JsonGenerator json) {
    this.json = json;
  }

  /** The name of a prediction mode in Table 8-2, 8-3, 8-4 or 8-5. */
  static String modeName(TracedBlock.Kind kind, int mode) {
    return switch (kind) {
      case INTRA_4X4 -> "Intra_4x4_" + NXN[mode];
      case INTRA_8X8 -> "Intra_8x8_" + NXN[mode];
      case INTRA_16X16 -> "Intra_16x16_" + OF_16X16[mode];
      case CHROMA -> "Intra_Chroma_" + OF_CHROMA[mode];
    };
  }

  /**
   * Writes a block.
   *
   * @param plane plane of the picture
   * @param fieldScan whether levels come in field scan order
   */
  void write(TracedBlock block, Macroblock mb, int plane, boolean fieldScan) throws IOException {
    json.writeStartObject();
    json.writeNumberField("plane", plane);
    json.writeNumberField("x", block.x);
    json.writeNumberField("y", block.y);
    json.writeNumberField("width", block.width);
    json.writeNumberField("height", block.height);
    json.writeNumberField("size", block.width);
    json.writeStringField("kind", KINDS[block.kind.ordinal()]);
    json.writeNumberField("blk", block.blkIdx);
    json.writeNumberField("mode", block.mode);
    json.writeStringField("modeName", modeName(block.kind, block.mode));
    json.writeNumberField("qP", block.qP);
    json.writeBooleanField("bypass", block.bypass);
    writeEdge("edge", block, block.edge.samples);
    if (block.kind == TracedBlock.Kind.INTRA_8X8) {
      writeEdge("filtered", block, block.filteredEdge);
    }
    switch (block.kind) {
      case INTRA_4X4 -> writeLevels(block, mb, 16 * block.blkIdx, fieldScan ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4);
      case INTRA_8X8 -> writeLevels(block, mb, 64 * block.blkIdx, fieldScan ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8);
      default -> writeParts(block, mb, fieldScan ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4);
    }
    write("prediction", block.prediction, block.samples());
    write("residual", block.residual, 0, block.samples());
    write("sum", block.sum, block.samples());
    json.writeEndObject();
  }

  private void writeEdge(String name, TracedBlock block, short[] samples) throws IOException {
    IntraEdge edge = block.edge;
    json.writeObjectFieldStart(name);
    if (edge.left) {
      json.writeArrayFieldStart("left");
      for (int y = 0; y < block.height; y++) {
        json.writeNumber(samples[IntraEdge.CORNER - 1 - y]);
      }
      json.writeEndArray();
    } else {
      json.writeNullField("left");
    }
    boolean hasAboveRight = block.kind == TracedBlock.Kind.INTRA_4X4 || block.kind == TracedBlock.Kind.INTRA_8X8;
    if (edge.above) {
      json.writeArrayFieldStart("top");
      for (int x = 0; x < block.width * (hasAboveRight ? 2 : 1); x++) {
        json.writeNumber(samples[IntraEdge.CORNER + 1 + x]);
      }
      json.writeEndArray();
    } else {
      json.writeNullField("top");
    }
    if (edge.corner) {
      json.writeNumberField("corner", samples[IntraEdge.CORNER]);
    } else {
      json.writeNullField("corner");
    }
    json.writeBooleanField("aboveRight", edge.aboveRight);
    json.writeEndObject();
  }

  private void writeLevels(TracedBlock block, Macroblock mb, int offset, int[] scan) throws IOException {
    int from = 256 * block.plane + offset;
    if (isZero(mb.levels, from, scan.length)) {
      return;
    }
    write("levels", scanned(mb.levels, from, scan, 0), 0, scan.length);
    if (!block.bypass) {
      write("coefficients", block.coefficients, 0, scan.length);
    }
  }

  /** DC and AC levels of blocks whose DC coefficients have a transform of their own. */
  private void writeParts(TracedBlock block, Macroblock mb, int[] scan) throws IOException {
    boolean chroma = block.kind == TracedBlock.Kind.CHROMA;
    int count = block.samples() / 16;
    int dcFrom = 16 * block.plane;
    boolean hasDc = !isZero(mb.dcLevels, dcFrom, count);
    if (hasDc) {
      int[] dcScan = !chroma ? scan : count == 4 ? BlockScan.CHROMA_DC_420 : BlockScan.CHROMA_DC_422;
      json.writeObjectFieldStart("dc");
      write("levels", scanned(mb.dcLevels, dcFrom, dcScan, 0), 0, count);
      write("matrix", mb.dcLevels, dcFrom, count);
      if (!block.bypass) {
        write("coefficients", block.dc, 0, count);
      }
      json.writeEndObject();
    }
    json.writeArrayFieldStart("parts");
    for (int b = 0; b < count; b++) {
      int from = 256 * block.plane + 16 * b;
      boolean zero = isZero(mb.levels, from, 16);
      if (zero && (block.bypass || isZero(block.coefficients, 16 * b, 16))) {
        continue;
      }
      json.writeStartObject();
      json.writeNumberField("blk", b);
      json.writeNumberField("x", 4 * (chroma ? b & 1 : BlockScan.BLOCK_COLUMN[b]));
      json.writeNumberField("y", 4 * (chroma ? b >> 1 : BlockScan.BLOCK_ROW[b]));
      if (!zero) {
        write("levels", scanned(mb.levels, from, scan, 1), 0, 15);
      }
      if (!block.bypass) {
        write("coefficients", block.coefficients, 16 * b, 16);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static boolean isZero(int[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (values[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int[] scanned(int[] levels, int from, int[] scan, int first) {
    int[] list = new int[scan.length - first];
    for (int k = first; k < scan.length; k++) {
      list[k - first] = levels[from + scan[k]];
    }
    return list;
  }

  private void write(String name, int[] values, int from, int count) throws IOException {
    json.writeFieldName(name);
    json.writeArray(values, from, count);
  }

  private void write(String name, short[] values, int count) throws IOException {
    json.writeArrayFieldStart(name);
    for (int i = 0; i < count; i++) {
      json.writeNumber(values[i]);
    }
    json.writeEndArray();
  }
}
