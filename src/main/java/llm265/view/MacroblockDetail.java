package llm265.view;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.reconstruct.TracedBlock;
import llm265.h264.trace.SyntaxElement;

/** One macroblock as JSON: syntax elements with bins, neighbours, and the numbers of each block. */
final class MacroblockDetail {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final int place;
  private final StringWriter elementText = new StringWriter();
  private final StringWriter blockText = new StringWriter();
  private final JsonGenerator elements;
  private final JsonGenerator blocks;
  private final BlockJson blockJson;
  private String head = "";
  private boolean alternates;

  MacroblockDetail(int place) {
    this.place = place;
    try {
      elements = FACTORY.createGenerator(elementText);
      blocks = FACTORY.createGenerator(blockText);
      elements.writeStartArray();
      blocks.writeStartArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    blockJson = new BlockJson(blocks);
  }

  /**
   * Takes down a syntax element.
   *
   * @param residualBlock the list of levels that it belongs to, null for none
   * @param colourPlane colour_plane_id
   */
  void element(SyntaxElement element, String residualBlock, int colourPlane) {
    try {
      elements.writeStartObject();
      elements.writeStringField("n", element.name());
      elements.writeStringField("s", element.structure());
      elements.writeStringField("c", element.clause());
      elements.writeNumberField("p", element.bitPosition());
      elements.writeNumberField("b", element.bits());
      if (element.isCoeffToken()) {
        elements.writeStringField("v", element.trailingOnes() + "/" + element.totalCoeff());
      } else {
        elements.writeNumberField("v", element.value());
      }
      elements.writeStringField("x", element.code());
      if (residualBlock != null) {
        elements.writeStringField("r", residualBlock);
      }
      if (colourPlane > 0) {
        elements.writeNumberField("cp", colourPlane);
      }
      if (!element.bins().isEmpty()) {
        writeBins(element);
      }
      elements.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeBins(SyntaxElement element) throws IOException {
    elements.writeArrayFieldStart("bins");
    for (SyntaxElement.Bin bin : element.bins()) {
      elements.writeArray(
          new int[] {
            bin.binVal(), bin.ctxIdx(), bin.pStateIdx(), bin.valMps(), bin.codIRange(), bin.codIOffset(),
            (int) bin.bitPosition()
          },
          0, 7);
    }
    elements.writeEndArray();
  }

  /**
   * Takes down what all elements together say.
   *
   * @param neighbours of the macroblock, as JSON
   */
  void macroblock(Macroblock mb, int slice, int nalUnit, boolean rowsAlternate, String neighbours) {
    alternates = rowsAlternate;
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("mb", mb.mbAddr);
      json.writeNumberField("place", place);
      json.writeStringField("type", MbType.name(mb.mbType));
      json.writeNumberField("slice", slice);
      json.writeNumberField("nal", nalUnit);
      json.writeNumberField("qp", mb.qpY);
      json.writeNumberField("cbp", mb.codedBlockPattern);
      json.writeBooleanField("field", rowsAlternate);
      json.writeBooleanField("pcm", mb.isPcm());
      json.writeFieldName("neighbours");
      json.writeRawValue(neighbours);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    head = text.toString();
  }

  /** Takes down a block. */
  void block(TracedBlock block, Macroblock mb, int plane, boolean fieldScan) {
    try {
      blockJson.write(block, mb, plane, fieldScan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The object, with the samples of the finished picture; {@code null} as JSON if a fault came before the macroblock ended. */
  String finish(Picture picture) {
    try {
      elements.close();
      blocks.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (head.isEmpty()) {
      return "{\"mb\":-1,\"place\":" + place + ",\"elements\":" + elementText + ",\"blocks\":[]}";
    }
    return head.substring(0, head.length() - 1) + ",\"elements\":" + elementText + ",\"blocks\":" + blockText
        + ",\"final\":" + samples(picture) + "}";
  }

  private String samples(Picture picture) {
    PictureFormat format = picture.format();
    StringBuilder text = new StringBuilder("{");
    for (int plane = 0; plane < format.planes(); plane++) {
      int width = plane == 0 ? 16 : format.chroma().mbWidthC();
      int height = plane == 0 ? 16 : format.chroma().mbHeightC();
      text.append(plane == 0 ? "\"Y\":[" : plane == 1 ? ",\"Cb\":[" : ",\"Cr\":[");
      for (int y = 0; y < height; y++) {
        int row = MacroblockPlaces.row(place, format.widthInMbs(), alternates, y, height);
        int from = row * picture.stride(plane) + place % format.widthInMbs() * width;
        for (int x = 0; x < width; x++) {
          text.append(x + y == 0 ? "" : ",").append(picture.samples(plane)[from + x]);
        }
      }
      text.append(']');
    }
    return text.append('}').toString();
  }
}
