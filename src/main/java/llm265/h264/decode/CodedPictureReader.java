package llm265.h264.decode;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.InterSliceHeader;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;

/**
 * 7.4.1.2 Order of NAL units: collects the slices of one picture after another.
 *
 * <p>Skips redundant slices and the NAL unit types that a decoder of the profiles in Annex A ignores (extensions, auxiliary
 * pictures, filler data, reserved types).
 */
public final class CodedPictureReader {
  /** Receives pictures in decoding order, their data not decoded yet. */
  @FunctionalInterface
  public interface Sink {
    void picture(CodedPicture picture);

    /** A picture with slices other than I slices; only in intra-only decoding. */
    default void leftOut(LeftOutPicture picture, SeqParameterSet sps, OutputOrder order) {}

    /** A NAL unit that cannot be read and belongs to no known picture; only if decoding keeps going. */
    default void damaged(StreamException fault) {}

    /** A NAL unit that cannot be read and that no picture needs. */
    default void noted(StreamException fault) {}
  }

  private final DecoderLimits limits;
  private final DecodingMode mode;
  private final DecodingMemory memory;
  private final ParameterSets parameterSets;
  private final PictureOrderCounts orderCounts = new PictureOrderCounts();
  private final Sink sink;
  /** The frame or field whose slices are being read, or null. */
  private CollectedPicture current;
  /** The first field of a frame whose second may follow, and its place in output order; or null. */
  private CollectedPicture firstField;

  private OutputOrder firstFieldOrder;
  private List<Sei.Message> sei = new ArrayList<>();
  /** Whether the last NAL unit was a partition A, and its contents; null if its partition B is of no use. */
  private boolean behindPartitionA;

  private DataPartitions partitions;
  /** The access unit of the last NAL unit. */
  private int accessUnit = NalUnit.NOT_TOLD;

  private int pictures;

  public CodedPictureReader(DecoderLimits limits, DecodingMode mode, Sink sink) {
    this(limits, mode, new DecodingMemory(), sink);
  }

  /**
   * A reader.
   *
   * @param memory holds the payloads of slices; the code that decodes a picture may give them back
   */
  public CodedPictureReader(DecoderLimits limits, DecodingMode mode, DecodingMemory memory, Sink sink) {
    this.limits = limits;
    this.mode = mode;
    this.memory = memory;
    this.parameterSets = new ParameterSets(limits);
    this.sink = sink;
  }

  /** Reads the NAL units of a stream, or of a part of it. */
  public void read(Iterable<NalUnit> nalUnits) {
    Iterator<NalUnit> units = nalUnits.iterator();
    while (units.hasNext()) {
      NalUnit nalUnit;
      try {
        nalUnit = units.next();
      } catch (StreamException e) {
        if (!mode.keepGoing()) {
          throw e;
        }
        sink.damaged(e);
        continue;
      }
      accept(nalUnit);
    }
    endPicture();
    handOnFirstField();
    parameterSets.checkNotParsed(sink::noted);
  }

  /** Reads the next NAL unit of the stream. */
  private void accept(NalUnit nalUnit) {
    int type = nalUnit.nalUnitType();
    if (type != NalUnit.SLICE_DATA_PARTITION_B) {
      behindPartitionA = type == NalUnit.SLICE_DATA_PARTITION_A;
      partitions = null;
    }
    try {
      if (nalUnit.accessUnit() != accessUnit) {
        accessUnit = nalUnit.accessUnit();
        endPicture();
      }
      switch (type) {
        case NalUnit.SLICE_NON_IDR, NalUnit.SLICE_IDR, NalUnit.SLICE_DATA_PARTITION_A -> slice(nalUnit);
        case NalUnit.SLICE_DATA_PARTITION_B -> partitionB(nalUnit);
        case NalUnit.SEI, NalUnit.SPS, NalUnit.PPS, NalUnit.ACCESS_UNIT_DELIMITER, NalUnit.END_OF_SEQUENCE,
            NalUnit.END_OF_STREAM -> {
          endPicture();
          readBesidePictures(nalUnit);
        }
        default -> readBesidePictures(nalUnit);
      }
    } catch (StreamException e) {
      StreamException fault = e.position().equals(StreamPosition.UNKNOWN) ? e.at(nalUnit.position()) : e;
      if (!mode.keepGoing() || pictures > limits.maxPictures()) {
        throw fault;
      }
      goOnBehind(type, fault);
    }
  }

  /**
   * Reads a NAL unit that is no slice. If it cannot be read, pictures are decoded all the same. Samples depend only on
   * parameter sets, and a slice shows which it needs.
   */
  private void readBesidePictures(NalUnit nalUnit) {
    MalformedStreamException fault;
    try {
      switch (nalUnit.nalUnitType()) {
        case NalUnit.SEI -> Sei.parse(nalUnit.rbsp().reader(), message -> {
          Sei.requireFewMessages(sei.size() + 1);
          sei.add(message);
        });
        case NalUnit.SPS -> parameterSets.addSps(nalUnit.rbsp());
        case NalUnit.PPS -> parameterSets.addPps(nalUnit.rbsp(), nalUnit.position());
        default -> nalUnit.requireHeader();
      }
      return;
    } catch (MalformedStreamException e) {
      fault = e.at(nalUnit.position());
    }
    if (nalUnit.nalUnitType() == NalUnit.SPS) {
      parameterSets.forgetSps(nalUnit, fault);
    } else if (nalUnit.nalUnitType() == NalUnit.PPS) {
      parameterSets.forgetPps(fault);
    }
    sink.noted(fault);
  }

  private void goOnBehind(int type, StreamException fault) {
    if (current != null
        && (type == NalUnit.SLICE_NON_IDR || type == NalUnit.SLICE_IDR || type == NalUnit.SLICE_DATA_PARTITION_A)) {
      // The slice may belong to this picture or to the next. Decoding this picture will show which.
      current.add(new CodedPicture.Faults(null, fault));
      return;
    }
    sink.damaged(fault);
  }

  private void slice(NalUnit nalUnit) {
    NalUnit.Rbsp rbsp = nalUnit.rbsp(memory::payload);
    RbspReader reader = rbsp.reader();
    SliceOpening opening = mode.intraOnly() || mode.keepGoing()
        ? SliceOpening.parse(nalUnit, reader, parameterSets::pps, parameterSets::sps)
        : SliceOpening.parseIntra(nalUnit, reader, parameterSets::pps, parameterSets::sps);
    PicParameterSet pps = parameterSets.pps(opening.ppsId());
    SeqParameterSet sps = parameterSets.sps(pps.spsId());
    CodedPicture.Slice slice = null;
    DataPartitions own = null;
    DecRefPicMarking marking;
    if (opening.isIntra()) {
      SliceHeader header = SliceHeader.parseRest(opening, reader, sps, pps);
      if (behindPartitionA) {
        own = DataPartitions.parseA(reader, pps, sps);
        header = DataPartitions.behindSliceId(header, reader);
      }
      slice = new CodedPicture.Slice(nalUnit, rbsp, header, pps, own);
      marking = header.decRefPicMarking();
    } else {
      marking = InterSliceHeader.readMarking(opening, reader, sps, pps);
    }
    if (opening.redundantPicCnt() > 0) {
      return;
    }
    parameterSets.requireSupported(sps);
    if (current != null && current.endsBefore(opening, sps)) {
      endPicture();
    }
    if (current == null) {
      current = new CollectedPicture(sps, sei, nalUnit, opening, marking);
      sei = new ArrayList<>();
    }
    if (slice == null && !mode.intraOnly()) {
      StreamException unsupported = SliceOpening.notDecoded(nalUnit, opening.sliceType()).at(nalUnit.position());
      current.add(new CodedPicture.Faults(unsupported, null));
    }
    current.add(opening, slice);
    partitions = own;
  }

  /** Partition B follows its partition A (7.4.1.2.5). If that is redundant or no I slice, partition B is left out too. */
  private void partitionB(NalUnit nalUnit) {
    if (!behindPartitionA) {
      throw new MalformedStreamException("nal_unit_type", "7.4.1.2.5", "slice data partition B does not follow its partition A");
    }
    behindPartitionA = false;
    if (partitions != null) {
      partitions.addB(nalUnit);
    }
  }

  /** Ends the access unit: hands on the picture collected so far, unless it is a field that another may join. */
  private void endPicture() {
    if (current == null) {
      return;
    }
    CollectedPicture ended = current;
    current = null;
    OutputOrder order = ended.order(orderCounts);
    if (firstField != null && firstField.isPairWith(ended)) {
      CollectedPicture first = firstField;
      firstField = null;
      int index = pictures - 1;
      if (first.isIntra() && ended.isIntra() || !mode.intraOnly()) {
        sink.picture(first.toCodedFrame(ended, index, firstFieldOrder.withSecondField(order)));
      } else {
        handOn(first, index, firstFieldOrder);
        handOn(ended, index, order);
      }
      return;
    }
    handOnFirstField();
    requireFewPictures(++pictures);
    if (ended.isField()) {
      firstField = ended;
      firstFieldOrder = order;
    } else {
      handOn(ended, pictures - 1, order);
    }
  }

  private void handOnFirstField() {
    if (firstField != null) {
      CollectedPicture field = firstField;
      firstField = null;
      handOn(field, pictures - 1, firstFieldOrder);
    }
  }

  private void handOn(CollectedPicture picture, int index, OutputOrder order) {
    if (picture.isIntra() || !mode.intraOnly()) {
      sink.picture(picture.toCoded(index, order));
    } else {
      sink.leftOut(picture.toLeftOut(index), picture.sps, order);
      if (picture.lostSlice() != null) {
        sink.damaged(picture.lostSlice());
      }
    }
  }

  private void requireFewPictures(int number) {
    if (number > limits.maxPictures()) {
      throw new UnsupportedStreamException(
          "primary_coded_picture", "7.4.1.2", "more pictures than the decoder's limit of " + limits.maxPictures());
    }
  }

  /** Drops the picture collected so far. */
  void discard() {
    current = null;
    firstField = null;
    behindPartitionA = false;
    accessUnit = NalUnit.NOT_TOLD;
    sei = new ArrayList<>();
  }
}
