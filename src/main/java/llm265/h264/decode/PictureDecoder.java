package llm265.h264.decode;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamPosition;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.deblock.DeblockingFilter;
import llm265.h264.deblock.DeblockingParameters;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ScalingLists;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.transform.LevelScale;

/**
 * Clause 8 for one picture: its slices in turn, then the deblocking filter.
 *
 * <p>Used again for picture after picture; only the {@link Picture} itself is allocated for each.
 */
final class PictureDecoder {
  private final SliceDecoder sliceDecoder = new SliceDecoder();
  private PictureFormat format;
  private PictureMbState state;
  private MacroblockReconstructor reconstructor;
  private PicParameterSet pps;
  private SeqParameterSet sps;

  /** Decodes a picture all of whose slices are given. */
  DecodedPicture decode(CodedPicture coded, MacroblockListener listener) {
    prepare(coded.sps().format());
    Picture picture = new Picture(format);
    reconstructor.begin(picture);
    List<SliceHeader> headers = new ArrayList<>(coded.slices().size());
    List<DeblockingParameters> deblocking = new ArrayList<>(coded.slices().size());
    int decoded = 0;
    for (CodedPicture.Slice slice : coded.slices()) {
      useParameters(slice.pps(), coded.sps());
      decoded += sliceDecoder.decode(slice, format, state, reconstructor, listener, headers.size());
      headers.add(slice.header());
      deblocking.add(deblockingParameters(slice));
    }
    if (decoded < format.sizeInMbs()) {
      NalUnit first = coded.slices().getFirst().nalUnit();
      throw new MalformedStreamException(
          "slice_data", "7.4.1.2.4", (format.sizeInMbs() - decoded) + " macroblocks of the picture are in no slice")
          .at(new StreamPosition(first.index(), first.offset(), firstMissing()));
    }
    DeblockingFilter.filter(picture, state, deblocking);
    return new DecodedPicture(
        picture, coded.index(), coded.byteOffset(), coded.sei(), coded.sps(), coded.slices().getFirst().pps(), headers);
  }

  private static DeblockingParameters deblockingParameters(CodedPicture.Slice slice) {
    SliceHeader header = slice.header();
    return new DeblockingParameters(
        header.disableDeblockingFilterIdc(),
        header.filterOffsetA(),
        header.filterOffsetB(),
        slice.pps().chromaQpIndexOffset(),
        slice.pps().secondChromaQpIndexOffset());
  }

  private int firstMissing() {
    int address = 0;
    while (state.sliceIndex[address] >= 0) {
      address++;
    }
    return address;
  }

  private void prepare(PictureFormat wanted) {
    if (wanted.equals(format)) {
      state.clear();
      return;
    }
    format = wanted;
    state = new PictureMbState(format.widthInMbs(), format.heightInMbs());
    reconstructor = new MacroblockReconstructor(format);
    pps = null;
  }

  private void useParameters(PicParameterSet picture, SeqParameterSet sequence) {
    if (picture != pps || sequence != sps) {
      ScalingLists lists = picture.scalingLists(sequence);
      reconstructor.useParameters(
          new LevelScale(lists.lists4x4(), lists.lists8x8()),
          picture.chromaQpIndexOffset(),
          picture.secondChromaQpIndexOffset());
      reconstructor.useTransformBypass(sequence.qpprimeYZeroTransformBypassFlag());
      pps = picture;
      sps = sequence;
    }
  }
}
