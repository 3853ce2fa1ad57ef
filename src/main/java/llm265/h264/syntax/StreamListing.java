package llm265.h264.syntax;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.Sei;

/**
 * 7.3 Syntax in tabular form, as a list: the NAL units of a stream with every element of their headers and parameter sets under its
 * name in the standard. Slice data is not entered.
 */
public final class StreamListing {
  /**
   * A NAL unit.
   *
   * @param nalUnit where it is, its type and nal_ref_idc
   * @param elements its syntax elements in bitstream order, as far as they could be read
   * @param fault why they could not be read to the end; null if they could
   */
  public record Unit(NalUnit nalUnit, List<Element> elements, String fault) {}

  /**
   * A syntax element.
   *
   * @param name name in the standard
   * @param bitPosition position of its first bit in the RBSP
   * @param bits number of its bits
   * @param value its value
   */
  public record Element(String name, long bitPosition, int bits, long value) {}

  private final Map<Integer, SeqParameterSet> spsById = new HashMap<>();
  private final Map<Integer, NalUnit.Rbsp> ppsById = new HashMap<>();

  private StreamListing() {}

  /**
   * Lists a stream. A fault ends the listing of its NAL unit, not of the stream.
   *
   * @param units receives the NAL units in the order of the stream
   */
  public static void list(MemorySegment stream, DecoderLimits limits, Consumer<Unit> units) {
    StreamListing listing = new StreamListing();
    for (NalUnit nalUnit : new ByteStream(stream, limits)) {
      units.accept(listing.unit(nalUnit));
    }
  }

  private Unit unit(NalUnit nalUnit) {
    List<Element> elements = new ArrayList<>();
    String fault = null;
    try {
      NalUnit.Rbsp rbsp = nalUnit.rbsp();
      RbspReader reader = rbsp.reader();
      reader.setTrace((name, position, bits, value) -> elements.add(new Element(name, position, bits, value)));
      switch (nalUnit.nalUnitType()) {
        case NalUnit.SPS -> {
          SeqParameterSet sps = SeqParameterSet.parse(reader);
          spsById.put(sps.id(), sps);
        }
        case NalUnit.PPS -> ppsById.put(PicParameterSet.parse(reader, spsById::get).id(), rbsp);
        case NalUnit.SLICE_NON_IDR, NalUnit.SLICE_IDR -> SliceHeader.parse(nalUnit, reader, this::pps, spsById::get);
        case NalUnit.SEI -> listMessages(rbsp, elements);
        case NalUnit.ACCESS_UNIT_DELIMITER -> reader.readInt(3, "primary_pic_type");
        default -> { }
      }
    } catch (MalformedStreamException | UnsupportedStreamException e) {
      fault = ((StreamException) e).getMessage();
    }
    return new Unit(nalUnit, elements, fault);
  }

  private PicParameterSet pps(int id) {
    NalUnit.Rbsp rbsp = ppsById.get(id);
    return rbsp == null ? null : PicParameterSet.parse(rbsp.reader(), spsById::get);
  }

  /** The sizes of SEI messages; their payloads are not interpreted. */
  private static void listMessages(NalUnit.Rbsp rbsp, List<Element> elements) {
    long position = 0;
    for (Sei.Message message : Sei.parse(rbsp)) {
      int typeBits = 8 * (message.payloadType() / 255 + 1);
      int sizeBits = 8 * (message.payload().length / 255 + 1);
      elements.add(new Element("payloadType", position, typeBits, message.payloadType()));
      elements.add(new Element("payloadSize", position + typeBits, sizeBits, message.payload().length));
      position += typeBits + sizeBits + 8L * message.payload().length;
    }
  }
}
