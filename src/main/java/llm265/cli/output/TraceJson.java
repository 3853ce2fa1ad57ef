package llm265.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;

/**
 * Writes a {@link StreamTrace} as JSON lines: an object for each line of the text, with bins inside the object of their element.
 */
final class TraceJson implements SyntaxListener {
  private final Consumer<String> lines;
  private final JsonFactory factory = new JsonFactory();

  TraceJson(Consumer<String> lines) {
    this.lines = lines;
  }

  /** Writes the members of an object. */
  private interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  private void line(Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = factory.createGenerator(text)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lines.accept(text.toString());
  }

  @Override
  public void nalUnit(NalUnit nalUnit) {
    line(json -> {
      json.writeNumberField("nal_unit", nalUnit.index());
      json.writeNumberField("byte", nalUnit.offset());
      json.writeNumberField("bytes", nalUnit.length());
      json.writeNumberField("nal_ref_idc", nalUnit.nalRefIdc());
      json.writeNumberField("nal_unit_type", nalUnit.nalUnitType());
    });
  }

  @Override
  public void sliceData(TracedSlice slice) {
    line(json -> {
      json.writeNumberField("picture", slice.picture());
      json.writeStringField("coded_as", slice.pictureStructure());
      if (slice.sps().separateColourPlaneFlag()) {
        json.writeNumberField("colour_plane_id", slice.header().colourPlaneId());
      }
      json.writeNumberField("slice", slice.index());
    });
  }

  @Override
  public void macroblock(int mbAddr) {
    line(json -> json.writeNumberField("macroblock", mbAddr));
  }

  @Override
  public void residualBlock(String structure, String levels, int maxNumCoeff, int nC) {
    line(json -> {
      json.writeStringField(structure, levels);
      json.writeNumberField("maxNumCoeff", maxNumCoeff);
      if (structure.equals(SyntaxTrace.RESIDUAL_BLOCK_CAVLC)) {
        json.writeNumberField("nC", nC);
      }
    });
  }

  @Override
  public void element(SyntaxElement element) {
    line(json -> {
      json.writeStringField("name", element.name());
      json.writeStringField("structure", element.structure());
      json.writeStringField("clause", element.clause());
      json.writeNumberField("bit", element.bitPosition());
      json.writeNumberField("bits", element.bits());
      if (element.isCoeffToken()) {
        json.writeNumberField("TrailingOnes", element.trailingOnes());
        json.writeNumberField("TotalCoeff", element.totalCoeff());
      } else {
        json.writeNumberField("value", element.value());
      }
      json.writeStringField("code", element.code());
      if (!element.bins().isEmpty()) {
        writeBins(json, element.bins());
      }
    });
  }

  @Override
  public void unfinished(List<SyntaxElement.Bin> bins) {
    line(json -> writeBins(json, bins));
  }

  private static void writeBins(JsonGenerator json, List<SyntaxElement.Bin> bins) throws IOException {
    json.writeArrayFieldStart("bins");
    for (SyntaxElement.Bin bin : bins) {
      json.writeStartObject();
      json.writeNumberField("bin", bin.binVal());
      json.writeNumberField("bit", bin.bitPosition());
      if (bin.ctxIdx() != SyntaxTrace.BYPASS) {
        json.writeNumberField("ctxIdx", bin.ctxIdx());
      }
      if (bin.hasContext()) {
        json.writeNumberField("pStateIdx", bin.pStateIdx());
        json.writeNumberField("valMPS", bin.valMps());
      }
      json.writeNumberField("codIRange", bin.codIRange());
      json.writeNumberField("codIOffset", bin.codIOffset());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  @Override
  public void leftOut(String sentence) {
    line(json -> json.writeStringField("left_out", sentence));
  }

  @Override
  public void fault(StreamException fault) {
    line(json -> json.writeStringField("fault", fault.getMessage()));
  }
}
