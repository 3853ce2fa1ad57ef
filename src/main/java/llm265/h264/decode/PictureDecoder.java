package llm265.h264.decode;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.syntax.SeqParameterSet;

/**
 * Clause 8 for one picture: a frame, the two fields of one, or a field that stands alone.
 *
 * <p>Is reused for picture after picture.
 */
public final class PictureDecoder {
  private final FieldOrFrameDecoder arrayDecoder = new FieldOrFrameDecoder();
  private final DecodingMemory memory;

  PictureDecoder(DecodingMemory memory) {
    this.memory = memory;
  }

  /** Decodes a picture all of whose slices are present, and gives their payloads back. */
  DecodedPicture decode(CodedPicture coded, MacroblockListener listener) {
    try {
      return decodeSlices(coded, listener);
    } finally {
      for (CodedPicture.Slice slice : coded.slices()) {
        memory.release(slice.rbsp().data());
      }
    }
  }

  private DecodedPicture decodeSlices(CodedPicture coded, MacroblockListener listener) {
    if (coded.faults().unsupported() != null) {
      throw coded.faults().unsupported();
    }
    SeqParameterSet sps = coded.sps();
    PictureFormat format = format(sps);
    List<CodedPicture.Slice> firstField = new ArrayList<>();
    List<CodedPicture.Slice> secondField = new ArrayList<>();
    boolean bottomFirst = coded.slices().getFirst().header().bottomFieldFlag();
    for (CodedPicture.Slice slice : coded.slices()) {
      (slice.header().bottomFieldFlag() == bottomFirst ? firstField : secondField).add(slice);
    }
    Picture picture;
    if (!coded.isField()) {
      picture = memory.picture(format);
      decodePlanes(picture, coded.index(), sps, firstField, listener);
    } else if (secondField.isEmpty()) {
      picture = memory.picture(format.field());
      decodePlanes(picture, coded.index(), sps, firstField, listener);
    } else {
      picture = memory.picture(format);
      decodePlanes(picture.field(bottomFirst), coded.index(), sps, firstField, listener);
      decodePlanes(picture.field(!bottomFirst), coded.index(), sps, secondField, listener);
    }
    return new DecodedPicture(
        picture, coded.index(), coded.byteOffset(), coded.sei(), sps, coded.slices().getFirst().pps(),
        coded.slices().stream().map(CodedPicture.Slice::header).toList());
  }

  /** The format of the frames. Colour planes that are coded separately are all decoded as luma, and have its depth. */
  public static PictureFormat format(SeqParameterSet sps) {
    return sps.separateColourPlaneFlag() ? sps.format().withBitDepth(sps.format().bitDepthLuma()) : sps.format();
  }

  /** The fault that a colour plane of a frame or field, whose first slice is given, has no slice. */
  public static MalformedStreamException missingPlane(int colourPlaneId, CodedPicture.Slice first) {
    return new MalformedStreamException("colour_plane_id", "7.4.3", "colour plane " + colourPlaneId + " has no slice")
        .at(first.nalUnit().position());
  }

  /** 7.4.2.1.1, separate_colour_plane_flag: three monochrome pictures, or one picture. */
  private void decodePlanes(
      Picture target, int index, SeqParameterSet sps, List<CodedPicture.Slice> slices, MacroblockListener listener) {
    boolean bottomField = slices.getFirst().header().bottomFieldFlag();
    if (!sps.separateColourPlaneFlag()) {
      if (listener != null) {
        listener.begin(index, bottomField, 0);
      }
      arrayDecoder.decode(target, sps, slices, 0, listener);
      return;
    }
    for (int plane = 0; plane < 3; plane++) {
      int colourPlaneId = plane;
      List<CodedPicture.Slice> slicesOfPlane =
          slices.stream().filter(slice -> slice.header().colourPlaneId() == colourPlaneId).toList();
      if (slicesOfPlane.isEmpty()) {
        throw missingPlane(plane, slices.getFirst());
      }
      if (listener != null) {
        listener.begin(index, bottomField, plane);
      }
      arrayDecoder.decode(target.plane(plane), sps, slicesOfPlane, plane, listener);
    }
  }
}
