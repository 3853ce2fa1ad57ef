package llm265.h264.decode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamPosition;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.deblock.DeblockingFilter;
import llm265.h264.deblock.DeblockingParameters;
import llm265.h264.deblock.MbaffDeblockingFilter;
import llm265.h264.deblock.StrengthListener;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ScalingLists;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;
import llm265.h264.transform.LevelScale;

/**
 * Clause 8 for one array of macroblocks: a frame, a field, or one of the colour planes of either. Decodes its slices in turn,
 * then applies the deblocking filter.
 *
 * <p>Is reused for picture after picture.
 */
public final class FieldOrFrameDecoder {
  private final SliceDecoder sliceDecoder = new SliceDecoder();
  private final Function<PictureFormat, MacroblockReconstructor> reconstructors;
  private PictureFormat format;
  private PictureMbState state;
  private MacroblockReconstructor reconstructor;
  private PicParameterSet pps;
  private SeqParameterSet sps;
  private int colourPlane;
  private Picture target;
  private CodedPicture.Slice first;
  private boolean mbaff;
  private final List<DeblockingParameters> deblocking = new ArrayList<>();
  private int decoded;
  /** NextMbAddress of the picture's slice groups; null if there is only one. */
  private int[] nextMbAddresses;
  /** The picture parameter sets of the picture that are known to have these slice groups. */
  private final Set<PicParameterSet> groupsOf = Collections.newSetFromMap(new IdentityHashMap<>());

  public FieldOrFrameDecoder() {
    this(MacroblockReconstructor::new);
  }

  /** @param reconstructors makes what makes the samples of a format, such as one that traces */
  public FieldOrFrameDecoder(Function<PictureFormat, MacroblockReconstructor> reconstructors) {
    this.reconstructors = reconstructors;
  }

  /**
   * Decodes all slices of an array of macroblocks.
   *
   * @param picture receives the samples
   * @param slices at least one
   * @param colourPlaneId whose scaling lists luma uses: 0, or the colour_plane_id with separate_colour_plane_flag
   * @param listener receives every macroblock; may be null
   */
  void decode(
      Picture picture,
      SeqParameterSet sequence,
      List<CodedPicture.Slice> slices,
      int colourPlaneId,
      MacroblockListener listener) {
    begin(picture, sequence, slices.getFirst(), colourPlaneId);
    for (CodedPicture.Slice slice : slices) {
      decodeSlice(slice, sequence, colourPlaneId, listener);
    }
    requireComplete(slices.getFirst());
    deblock(null);
  }

  /** Begins an array of macroblocks whose first slice is given. */
  public void begin(Picture picture, SeqParameterSet sequence, CodedPicture.Slice firstSlice, int colourPlaneId) {
    prepare(picture.format());
    reconstructor.begin(picture);
    target = picture;
    first = firstSlice;
    mbaff = sequence.mbAdaptiveFrameFieldFlag() && !first.header().fieldPicFlag();
    deblocking.clear();
    decoded = 0;
  }

  /** Decodes the next slice, before deblocking. */
  public void decodeSlice(
      CodedPicture.Slice slice, SeqParameterSet sequence, int colourPlaneId, MacroblockListener listener) {
    useParameters(slice.pps(), sequence, colourPlaneId);
    int[] next = nextMbAddresses(slice, sequence);
    int sliceIndex = slicesDecoded();
    deblocking.add(DeblockingParameters.of(slice.header(), slice.pps()));
    decoded += sliceDecoder.decode(slice, format, mbaff, next, state, reconstructor, listener, sliceIndex);
  }

  /**
   * 8.7, after all slices. Macroblocks that are in no slice stay as they are.
   *
   * @param strengths receives bS of every luma edge that is filtered; null for nobody
   */
  public void deblock(StrengthListener strengths) {
    if (mbaff) {
      MbaffDeblockingFilter.filter(target, state, deblocking, strengths);
    } else {
      DeblockingFilter.filter(target, first.header().fieldPicFlag(), state, deblocking, strengths);
    }
  }

  /** Number of slices so far, the one that is being decoded included, which is the index of the next one. */
  public int slicesDecoded() {
    return deblocking.size();
  }

  /** Reports every element of slice data to a trace from now on; null for no trace. */
  public void setTrace(SyntaxTrace trace) {
    sliceDecoder.setTrace(trace);
  }

  /**
   * To be called after the last slice.
   *
   * @throws MalformedStreamException if macroblocks are in no slice
   */
  public void requireComplete(CodedPicture.Slice firstSlice) {
    if (decoded < format.sizeInMbs()) {
      NalUnit nalUnit = firstSlice.nalUnit();
      throw new MalformedStreamException(
          "slice_data", "7.4.1.2.4", (format.sizeInMbs() - decoded) + " macroblocks of the picture are in no slice")
          .at(new StreamPosition(nalUnit.index(), nalUnit.offset(), firstMissing()));
    }
  }

  private int firstMissing() {
    int address = 0;
    while (state.sliceIndex[address] >= 0) {
      address++;
    }
    return address;
  }

  private void prepare(PictureFormat wanted) {
    groupsOf.clear();
    if (wanted.equals(format)) {
      state.clear();
      return;
    }
    format = wanted;
    state = new PictureMbState(format.widthInMbs(), format.heightInMbs());
    reconstructor = reconstructors.apply(format);
    pps = null;
  }

  private void useParameters(PicParameterSet picture, SeqParameterSet sequence, int plane) {
    if (picture != pps || sequence != sps || plane != colourPlane) {
      reconstructor.useParameters(
          levelScale(picture.scalingLists(sequence), plane),
          picture.chromaQpIndexOffset(),
          picture.secondChromaQpIndexOffset());
      reconstructor.useTransformBypass(sequence.qpprimeYZeroTransformBypassFlag());
      pps = picture;
      sps = sequence;
      colourPlane = plane;
    }
  }

  private static LevelScale levelScale(ScalingLists lists, int plane) {
    int[][] lists4x4 = lists.lists4x4();
    int[][] lists8x8 = lists.lists8x8();
    if (plane == 0) {
      return new LevelScale(lists4x4, lists8x8);
    }
    int[] list4x4 = lists4x4[plane];
    return new LevelScale(new int[][] {list4x4, list4x4, list4x4}, new int[][] {lists8x8[2 * plane]});
  }

  /**
   * Null if there is one slice group.
   *
   * <p>Maps are as large as pictures, and there may be as many slices as macroblocks. So one map is made per picture, and each
   * of its picture parameter sets is compared once with the first.
   */
  private int[] nextMbAddresses(CodedPicture.Slice slice, SeqParameterSet sequence) {
    if (slice.header().sliceGroupChangeCycle() != first.header().sliceGroupChangeCycle()) {
      throw new MalformedStreamException(
          "slice_group_change_cycle", "7.4.3", "differs from that of the picture's first slice")
          .at(slice.nalUnit().position());
    }
    if (groupsOf.isEmpty()) {
      SliceGroups groups = slice.pps().sliceGroups();
      nextMbAddresses = groups == null ? null : SliceGroupMap.nextMbAddresses(groups, sequence, slice.header());
    }
    if (groupsOf.add(slice.pps()) && !Objects.equals(slice.pps().sliceGroups(), first.pps().sliceGroups())) {
      throw new MalformedStreamException(
          "slice_group_map_type", "7.4.2.2", "the slice groups differ from those of the picture's first slice")
          .at(slice.nalUnit().position());
    }
    return nextMbAddresses;
  }
}
