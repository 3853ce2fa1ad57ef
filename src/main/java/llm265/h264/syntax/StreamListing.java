package llm265.h264.syntax;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.Sei;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.container.NalUnits;

/**
 * 7.3 Syntax in tabular form, as a list: the NAL units of a stream with every element of their headers, parameter sets and SEI
 * messages, under its name in the standard, in bitstream order. Slice data is not listed.
 */
public final class StreamListing {
  /** More than any slice header takes: no more bytes of a slice are copied. */
  private static final int SLICE_HEADER_BYTES = 4096;

  private static final String SLICE_ID_CLAUSE = "7.4.2.9";

  /** The number of bytes listed, at most, where no finer syntax is known. */
  private static final int BYTES_LISTED = 64;

  /**
   * A NAL unit.
   *
   * @param nalUnit where it is, its type and nal_ref_idc; null if the fault lies in the file around the stream
   * @param elements its syntax elements in bitstream order, as far as they could be read
   * @param fault why they could not be read to the end, or what had to be left out; null if there is no fault
   */
  public record Unit(NalUnit nalUnit, List<Element> elements, String fault) {}

  /**
   * A syntax element.
   *
   * @param structure the structures around it, outermost first, separated by spaces, such as {@code vui_parameters
   *     hrd_parameters}; empty if that is the RBSP itself
   * @param name name in the standard
   * @param bitPosition position of its first bit in the RBSP
   * @param bits number of its bits
   * @param value its value; for a row of bytes, their number
   * @param bytes a row of bytes in hexadecimal digits, cut short with an ellipsis; null for a number
   */
  public record Element(String structure, String name, long bitPosition, long bits, long value, String bytes) {}

  private final SeqParameterSet[] sps = new SeqParameterSet[32];
  private final NalUnit.Rbsp[] ppsPayloads = new NalUnit.Rbsp[256];
  private final PicParameterSet[] pps = new PicParameterSet[256];
  /** The sequence parameter set for reading SEI messages: the one that was sent or referred to last. */
  private SeqParameterSet active;

  /**
   * Lists a stream. A fault ends the listing of its NAL unit, not of the stream.
   *
   * @param stream an Annex B byte stream, or an .mp4 or .mov file, of any size
   * @param limits larger NAL units are skipped
   * @param units receives the NAL units in the order of the stream
   * @throws StreamException if it is a file in which no stream is found
   */
  public static void list(MemorySegment stream, DecoderLimits limits, Consumer<Unit> units) {
    StreamListing listing = new StreamListing();
    Iterator<NalUnit> nalUnits = NalUnits.of(stream, limits, note -> units.accept(new Unit(null, List.of(), note.getMessage())))
        .iterator();
    while (nalUnits.hasNext()) {
      NalUnit nalUnit;
      String fault = null;
      try {
        nalUnit = nalUnits.next();
      } catch (MalformedStreamException e) {
        units.accept(new Unit(null, List.of(), e.getMessage()));
        continue;
      } catch (UnsupportedStreamException e) {
        // Too large to be read, but its header can be shown
        nalUnit = new NalUnit(stream, e.position().byteOffset(), 1, e.position().nalIndex());
        fault = e.getMessage();
      }
      units.accept(fault == null ? listing.unit(nalUnit) : new Unit(nalUnit, List.of(), fault));
    }
  }

  /** Lists the next NAL unit of a stream. All parameter sets before it must have been listed. */
  public Unit unit(NalUnit nalUnit) {
    Collector collector = new Collector();
    try {
      read(nalUnit, collector);
    } catch (StreamException e) {
      collector.fault(e.getMessage());
    }
    return new Unit(nalUnit, List.copyOf(collector.elements), collector.fault);
  }

  private void read(NalUnit nalUnit, Collector collector) {
    switch (nalUnit.nalUnitType()) {
      case NalUnit.SPS -> readSps(nalUnit.rbsp(), collector);
      case NalUnit.PPS -> readPps(nalUnit.rbsp(), collector);
      case NalUnit.SLICE_NON_IDR, NalUnit.SLICE_IDR, NalUnit.SLICE_DATA_PARTITION_A, NalUnit.AUXILIARY_SLICE ->
          readSliceHeader(nalUnit, collector);
      case NalUnit.SLICE_DATA_PARTITION_B, NalUnit.SLICE_DATA_PARTITION_C ->
          traced(nalUnit.rbspPrefix(SLICE_HEADER_BYTES), collector)
              .readUe("slice_id", SLICE_ID_CLAUSE, PictureFormat.MAX_SIZE_IN_MBS - 1);
      case NalUnit.SEI -> readSei(nalUnit.rbsp(), collector);
      case NalUnit.ACCESS_UNIT_DELIMITER -> traced(nalUnit.rbsp(), collector).readInt(3, "primary_pic_type");
      default -> { }
    }
  }

  private static RbspReader traced(NalUnit.Rbsp rbsp, Collector collector) {
    RbspReader reader = rbsp.reader();
    reader.setTrace(collector);
    return reader;
  }

  private void readSps(NalUnit.Rbsp rbsp, Collector collector) {
    SeqParameterSet parsed = SeqParameterSet.parse(traced(rbsp, collector));
    sps[parsed.id()] = parsed;
    active = parsed;
    for (int id = 0; id < pps.length; id++) {
      if (pps[id] != null && pps[id].spsId() == parsed.id()) {
        // It may have to be parsed differently now
        pps[id] = null;
      }
    }
  }

  private void readPps(NalUnit.Rbsp rbsp, Collector collector) {
    int id = rbsp.reader().readUe("pic_parameter_set_id", "7.4.2.2", 255);
    ppsPayloads[id] = rbsp;
    pps[id] = null;
    pps[id] = PicParameterSet.parse(traced(rbsp, collector), spsId -> sps[spsId]);
  }

  private PicParameterSet pps(int id) {
    if (pps[id] == null && ppsPayloads[id] != null) {
      pps[id] = PicParameterSet.parse(ppsPayloads[id].reader(), spsId -> sps[spsId]);
    }
    return pps[id];
  }

  private void readSliceHeader(NalUnit nalUnit, Collector collector) {
    RbspReader reader = traced(nalUnit.rbspPrefix(SLICE_HEADER_BYTES), collector);
    SliceOpening opening = SliceOpening.parse(nalUnit, reader, this::pps, id -> sps[id]);
    PicParameterSet picture = pps(opening.ppsId());
    active = sps[picture.spsId()];
    if (opening.isIntra()) {
      SliceHeader.parseRest(opening, reader, active, picture);
      if (nalUnit.nalUnitType() == NalUnit.SLICE_DATA_PARTITION_A) {
        reader.readUe("slice_id", SLICE_ID_CLAUSE, PictureFormat.MAX_SIZE_IN_MBS - 1);
      }
    } else {
      collector.fault("the rest of the header of a " + SliceOpening.typeName(opening.sliceType())
          + " slice is not listed");
    }
  }

  private void readSei(NalUnit.Rbsp rbsp, Collector collector) {
    Sei.parse(traced(rbsp, collector), message -> {
      // The row of bytes that the trace has just received; its elements follow
      Element payload = collector.elements.removeLast();
      RbspReader reader = new RbspReader(message.payload(), 0, message.payload().length);
      reader.setTrace(collector);
      collector.firstBit = payload.bitPosition();
      collector.begin(payload.structure());
      collector.begin(SeiPayloads.name(message.payloadType()));
      try {
        SeiPayloads.read(message.payloadType(), reader, id -> sps[id], active);
      } catch (StreamException e) {
        collector.fault(e.getMessage());
      }
      collector.end();
      collector.end();
      collector.firstBit = 0;
    });
  }

  /** Collects what a trace receives. */
  private static final class Collector implements SyntaxTrace {
    private final List<Element> elements = new ArrayList<>();
    private final Deque<String> structures = new ArrayDeque<>();
    /** Position in the RBSP of the bit that the reader counts as 0. */
    private long firstBit;

    private String fault;

    Collector() {
      structures.push("");
    }

    void fault(String sentence) {
      fault = fault == null ? sentence : fault + "; " + sentence;
    }

    @Override
    public void element(String name, long bitPosition, int bits, long value) {
      elements.add(new Element(structures.peek(), name, firstBit + bitPosition, bits, value, null));
    }

    @Override
    public void bytes(String name, long bitPosition, byte[] value) {
      String digits = HexFormat.of().formatHex(value, 0, Math.min(value.length, BYTES_LISTED));
      elements.add(
          new Element(
              structures.peek(), name, firstBit + bitPosition, 8L * value.length, value.length,
              value.length > BYTES_LISTED ? digits + "..." : digits));
    }

    @Override
    public void begin(String structure) {
      String outer = structures.peek();
      structures.push(outer.isEmpty() ? structure : outer + " " + structure);
    }

    @Override
    public void end() {
      structures.pop();
    }

    @Override
    public void leftOut(StreamException cause) {
      fault("left out: " + cause.getMessage());
    }
  }
}
