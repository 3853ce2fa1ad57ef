package llm265.h264.trace;

import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.decode.CodedPicture;
import llm265.h264.decode.FieldOrFrameDecoder;
import llm265.h264.decode.PictureDecoder;
import llm265.h264.syntax.SeqParameterSet;

/**
 * Clause 8 for one picture, slice by slice in bitstream order, for the trace of its syntax. It differs from {@link
 * PictureDecoder}, which takes fields and colour planes one after another; a stream may mix their slices. Samples are made,
 * since this finds faults, and dropped; nothing is deblocked.
 *
 * <p>Is reused for picture after picture.
 */
final class PictureTracer {
  private static final int PLANES = 3;

  /** Indexed by {@code PLANES * bottom_field_flag + colour_plane_id}. */
  private final FieldOrFrameDecoder[] arrays = new FieldOrFrameDecoder[2 * PLANES];

  /** The first slice of each array, null before it. */
  private final CodedPicture.Slice[] firstSlices = new CodedPicture.Slice[2 * PLANES];

  private SeqParameterSet sps;

  /** Begins a picture. */
  void begin(CodedPicture coded) {
    sps = coded.sps();
    Arrays.fill(firstSlices, null);
  }

  private static int arrayOf(CodedPicture.Slice slice) {
    return (slice.header().bottomFieldFlag() ? PLANES : 0) + slice.header().colourPlaneId();
  }

  /** Index of the next slice in its frame, field or colour plane. */
  int sliceIndex(CodedPicture.Slice slice) {
    int array = arrayOf(slice);
    return firstSlices[array] == null ? 0 : arrays[array].slicesDecoded();
  }

  /** Parses and decodes the next slice. */
  void decodeSlice(CodedPicture.Slice slice, SyntaxTrace trace) {
    int array = arrayOf(slice);
    int colourPlaneId = slice.header().colourPlaneId();
    if (arrays[array] == null) {
      arrays[array] = new FieldOrFrameDecoder();
    }
    FieldOrFrameDecoder decoder = arrays[array];
    if (firstSlices[array] == null) {
      firstSlices[array] = slice;
      PictureFormat format = PictureDecoder.format(sps);
      Picture picture = new Picture(slice.header().fieldPicFlag() ? format.field() : format);
      decoder.begin(sps.separateColourPlaneFlag() ? picture.plane(colourPlaneId) : picture, sps, slice, colourPlaneId);
    }
    decoder.setTrace(trace);
    decoder.decodeSlice(slice, sps, colourPlaneId, null);
  }

  /** Ends a picture after all of its slices. */
  void end() {
    for (int field = 0; field < arrays.length; field += PLANES) {
      CodedPicture.Slice first = null;
      for (int plane = 0; plane < PLANES; plane++) {
        first = first == null ? firstSlices[field + plane] : first;
      }
      for (int plane = 0; first != null && plane < (sps.separateColourPlaneFlag() ? PLANES : 1); plane++) {
        if (firstSlices[field + plane] == null) {
          throw PictureDecoder.missingPlane(plane, first);
        }
        arrays[field + plane].requireComplete(firstSlices[field + plane]);
      }
    }
  }
}
