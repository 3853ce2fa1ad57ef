package llm265.h264.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * 7.4.1.2 Order of NAL units: collects the slices of one picture after another.
 *
 * <p>NAL unit types that a decoder of the profiles in Annex A ignores (extensions, auxiliary pictures, filler data, reserved types)
 * are skipped, as are redundant slices.
 */
final class CodedPictureReader {
  private final DecoderLimits limits;
  private final ParameterSets parameterSets;
  private final Consumer<CodedPicture> sink;
  private List<CodedPicture.Slice> slices = new ArrayList<>();
  /** The first field of a frame whose second may follow, or null. Its slices are not in {@link #slices}. */
  private CodedPicture firstField;
  private List<Sei.Message> sei = new ArrayList<>();
  private SeqParameterSet sps;
  private int pictures;

  CodedPictureReader(DecoderLimits limits, Consumer<CodedPicture> sink) {
    this.limits = limits;
    this.parameterSets = new ParameterSets(limits);
    this.sink = sink;
  }

  /** Takes the next NAL unit of the stream. */
  void accept(NalUnit nalUnit) {
    try {
      switch (nalUnit.nalUnitType()) {
        case NalUnit.SLICE_NON_IDR, NalUnit.SLICE_IDR -> slice(nalUnit);
        case NalUnit.SLICE_DATA_PARTITION_A -> throw new UnsupportedStreamException(
            "nal_unit_type", "7.4.1", "slice data partitions are not decoded");
        case NalUnit.SEI -> {
          endPicture();
          sei.addAll(Sei.parse(nalUnit.rbsp()));
          Sei.requireFewMessages(sei.size());
        }
        case NalUnit.SPS -> {
          endPicture();
          parameterSets.addSps(nalUnit.rbsp());
        }
        case NalUnit.PPS -> {
          endPicture();
          parameterSets.addPps(nalUnit.rbsp());
        }
        case NalUnit.ACCESS_UNIT_DELIMITER, NalUnit.END_OF_SEQUENCE, NalUnit.END_OF_STREAM -> endPicture();
        default -> { }
      }
    } catch (StreamException e) {
      throw e.position().equals(StreamPosition.UNKNOWN) ? e.at(nalUnit.position()) : e;
    }
  }

  private void slice(NalUnit nalUnit) {
    NalUnit.Rbsp rbsp = nalUnit.rbsp();
    RbspReader reader = rbsp.reader();
    SliceHeader header = SliceHeader.parse(nalUnit, reader, parameterSets::pps, parameterSets::sps);
    if (header.redundantPicCnt() > 0) {
      return;
    }
    PicParameterSet pps = parameterSets.pps(header.ppsId());
    SeqParameterSet active = parameterSets.sps(pps.spsId());
    parameterSets.requireSupported(active);
    if (!slices.isEmpty() && (active != sps || startsPicture(slices.getLast().header(), header))) {
      endPicture();
    }
    if (slices.size() >= active.format().sizeInMbs() * (active.separateColourPlaneFlag() ? 3 : 1)) {
      throw new MalformedStreamException("first_mb_in_slice", "7.4.3", "more slices than the picture has macroblocks");
    }
    sps = active;
    slices.add(new CodedPicture.Slice(nalUnit, rbsp, header, pps));
  }

  /** 7.4.1.2.4 Detection of the first VCL NAL unit of a primary coded picture. */
  private static boolean startsPicture(SliceHeader last, SliceHeader next) {
    return last.frameNum() != next.frameNum()
        || last.ppsId() != next.ppsId() && next.firstMbInSlice() == 0
        || last.fieldPicFlag() != next.fieldPicFlag()
        || last.bottomFieldFlag() != next.bottomFieldFlag()
        || last.nalRefIdc() != next.nalRefIdc() && (last.nalRefIdc() == 0 || next.nalRefIdc() == 0)
        || last.picOrderCntLsb() != next.picOrderCntLsb()
        || last.deltaPicOrderCntBottom() != next.deltaPicOrderCntBottom()
        || last.deltaPicOrderCnt0() != next.deltaPicOrderCnt0()
        || last.deltaPicOrderCnt1() != next.deltaPicOrderCnt1()
        || last.idrPicFlag() != next.idrPicFlag()
        || last.idrPicId() != next.idrPicId();
  }

  /** The access unit is at its end: hands on the picture collected so far, unless it is a field that another may join. */
  private void endPicture() {
    if (slices.isEmpty()) {
      return;
    }
    List<CodedPicture.Slice> collected = slices;
    List<Sei.Message> messages = sei;
    slices = new ArrayList<>();
    sei = new ArrayList<>();
    if (firstField != null && sps == firstField.sps() && arePair(firstField, collected)) {
      CodedPicture first = firstField;
      firstField = null;
      collected.addAll(0, first.slices());
      messages.addAll(0, first.sei());
      handOn(new CodedPicture(first.index(), sps, collected, messages));
      return;
    }
    handOnFirstField();
    CodedPicture picture = new CodedPicture(pictures++, sps, collected, messages);
    if (picture.isField()) {
      firstField = picture;
    } else {
      handOn(picture);
    }
  }

  /**
   * 3.30: whether two fields, the second of them in the next access unit, make a complementary field pair, either a reference or a
   * non-reference one.
   */
  private static boolean arePair(CodedPicture firstField, List<CodedPicture.Slice> second) {
    SliceHeader a = firstField.slices().getFirst().header();
    SliceHeader b = second.getFirst().header();
    return b.fieldPicFlag()
        && a.bottomFieldFlag() != b.bottomFieldFlag()
        && a.frameNum() == b.frameNum()
        && !b.idrPicFlag()
        && (a.nalRefIdc() == 0) == (b.nalRefIdc() == 0);
  }

  /** Hands on the pictures collected so far: the stream, or what the caller has of it, is at its end. */
  void flush() {
    endPicture();
    handOnFirstField();
  }

  private void handOnFirstField() {
    if (firstField != null) {
      CodedPicture field = firstField;
      firstField = null;
      handOn(field);
    }
  }

  private void handOn(CodedPicture picture) {
    if (pictures > limits.maxPictures()) {
      throw new UnsupportedStreamException(
          "primary_coded_picture", "7.4.1.2", "more pictures than the decoder's limit of " + limits.maxPictures());
    }
    sink.accept(picture);
  }

  /** Forgets the picture collected so far. */
  void discard() {
    slices = new ArrayList<>();
    sei = new ArrayList<>();
    firstField = null;
  }
}
