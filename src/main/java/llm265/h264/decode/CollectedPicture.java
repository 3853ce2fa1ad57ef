package llm265.h264.decode;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceOpening;

/** A frame or field while its slices are being read. */
final class CollectedPicture {
  private static final int SLICE_TYPES = 5;
  private static final int I_ONLY = 1 << 2;

  final SeqParameterSet sps;
  final List<CodedPicture.Slice> slices = new ArrayList<>();
  private final List<Sei.Message> sei;
  private final NalUnit firstNalUnit;
  private final SliceOpening first;
  private final DecRefPicMarking marking;
  private SliceOpening last;
  private int sliceCount;
  /** Bit slice_type % 5 of each slice. */
  private int sliceTypes;
  /** first_mb_in_slice of the last slice of each colour plane; -1 before the first. */
  private final int[] lastFirstMb = {-1, -1, -1};
  /** first_mb_in_slice of all slices, by colour plane; null if they come in order. */
  private final BitSet[] firstMbs;

  private CodedPicture.Faults faults = CodedPicture.Faults.NONE;

  /**
   * A picture without slices.
   *
   * @param sei the SEI messages before it
   * @param first the opening of the slice that will be its first
   * @param marking the dec_ref_pic_marking() of that slice
   */
  CollectedPicture(
      SeqParameterSet sps, List<Sei.Message> sei, NalUnit firstNalUnit, SliceOpening first, DecRefPicMarking marking) {
    this.sps = sps;
    this.sei = sei;
    this.firstNalUnit = firstNalUnit;
    this.first = first;
    this.marking = marking;
    firstMbs = sps.allowsArbitrarySliceOrder() ? new BitSet[] {new BitSet(), new BitSet(), new BitSet()} : null;
  }

  /**
   * Adds the next slice.
   *
   * @param slice null if it is no I slice
   */
  void add(SliceOpening opening, CodedPicture.Slice slice) {
    if (sliceCount++ >= sps.format().sizeInMbs() * (sps.separateColourPlaneFlag() ? 3 : 1)) {
      throw new MalformedStreamException("first_mb_in_slice", "7.4.3", "more slices than the picture has macroblocks");
    }
    last = opening;
    sliceTypes |= 1 << opening.sliceType() % SLICE_TYPES;
    lastFirstMb[opening.colourPlaneId()] = opening.firstMbInSlice();
    if (firstMbs != null) {
      firstMbs[opening.colourPlaneId()].set(opening.firstMbInSlice());
    }
    if (slice != null) {
      slices.add(slice);
    }
  }

  /** Remembers a fault, unless one of its kind is known already. */
  void add(CodedPicture.Faults more) {
    faults = faults.and(more);
  }

  StreamException lostSlice() {
    return faults.lostSlice();
  }

  /** 7.4.1.2.4 Detection of the first VCL NAL unit of a primary coded picture: whether a slice belongs to the next one. */
  boolean endsBefore(SliceOpening next, SeqParameterSet spsOfNext) {
    return spsOfNext != sps || next.isOfOtherPictureThan(last) || comesAgain(next);
  }

  /**
   * Whether the picture already has such a slice. Macroblocks are coded once, and for encoders that never change idr_pic_id
   * nothing else separates pictures. If slices come in order, a slice that goes back is a sign of the next picture, too.
   * Another pic_parameter_set_id is no sign: in some streams the slices of a picture have several.
   */
  private boolean comesAgain(SliceOpening next) {
    int plane = next.colourPlaneId();
    return firstMbs == null ? next.firstMbInSlice() <= lastFirstMb[plane] : firstMbs[plane].get(next.firstMbInSlice());
  }

  boolean isField() {
    return first.fieldPicFlag();
  }

  /** Whether all slices are I slices. */
  boolean isIntra() {
    return sliceTypes == I_ONLY;
  }

  /**
   * 3.30: whether two fields, the second of them in the next access unit, form a complementary field pair, either a reference
   * or a non-reference one.
   */
  boolean isPairWith(CollectedPicture second) {
    return sps == second.sps
        && second.isField()
        && first.bottomFieldFlag() != second.first.bottomFieldFlag()
        && first.frameNum() == second.first.frameNum()
        && !second.first.idrPicFlag()
        && (first.nalRefIdc() == 0) == (second.first.nalRefIdc() == 0);
  }

  OutputOrder order(PictureOrderCounts counts) {
    return counts.next(first, marking, sps);
  }

  CodedPicture toCoded(int index, OutputOrder order) {
    return new CodedPicture(index, sps, slices, sei, order, faults);
  }

  CodedPicture toCodedFrame(CollectedPicture second, int index, OutputOrder order) {
    List<CodedPicture.Slice> allSlices = new ArrayList<>(slices);
    allSlices.addAll(second.slices);
    List<Sei.Message> allSei = new ArrayList<>(sei);
    allSei.addAll(second.sei);
    return new CodedPicture(index, sps, allSlices, allSei, order, faults.and(second.faults));
  }

  LeftOutPicture toLeftOut(int index) {
    List<String> names = new ArrayList<>();
    for (int type = 0; type < SLICE_TYPES; type++) {
      if ((sliceTypes & (1 << type)) != 0) {
        names.add(SliceOpening.typeName(type));
      }
    }
    return new LeftOutPicture(index, firstNalUnit.offset(), isField(), names);
  }
}
