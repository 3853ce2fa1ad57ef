package llm265.h264.trace;

import java.util.Arrays;
import java.util.function.Function;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.deblock.StrengthListener;
import llm265.h264.decode.CodedPicture;
import llm265.h264.decode.FieldOrFrameDecoder;
import llm265.h264.decode.PictureDecoder;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.syntax.SeqParameterSet;

/**
 * Clause 8 for one picture, slice by slice in bitstream order, for the trace of its syntax. It differs from {@link
 * PictureDecoder}, which takes fields and colour planes one after another; a stream may mix their slices. Samples are made,
 * since this finds faults; who does not want them gives no picture for them.
 *
 * <p>Is reused for picture after picture.
 */
public final class PictureTracer {
  private static final int PLANES = 3;

  private final Function<PictureFormat, MacroblockReconstructor> reconstructors;

  /** Indexed by {@code PLANES * bottom_field_flag + colour_plane_id}. */
  private final FieldOrFrameDecoder[] arrays = new FieldOrFrameDecoder[2 * PLANES];

  /** The first slice of each array, null before it. */
  private final CodedPicture.Slice[] firstSlices = new CodedPicture.Slice[2 * PLANES];

  private SeqParameterSet sps;
  private Picture target;

  public PictureTracer() {
    this(MacroblockReconstructor::new);
  }

  /** @param reconstructors makes what makes the samples of a format, such as one that traces */
  public PictureTracer(Function<PictureFormat, MacroblockReconstructor> reconstructors) {
    this.reconstructors = reconstructors;
  }

  /**
   * Begins a picture.
   *
   * @param sequence its sequence parameter set
   * @param samples receives the samples: a frame, or a field if that stands alone; null to drop them
   */
  public void begin(SeqParameterSet sequence, Picture samples) {
    sps = sequence;
    target = samples;
    Arrays.fill(firstSlices, null);
  }

  private static int arrayOf(CodedPicture.Slice slice) {
    return (slice.header().bottomFieldFlag() ? PLANES : 0) + slice.header().colourPlaneId();
  }

  /** Index of the next slice in its frame, field or colour plane. */
  public int sliceIndex(CodedPicture.Slice slice) {
    int array = arrayOf(slice);
    return firstSlices[array] == null ? 0 : arrays[array].slicesDecoded();
  }

  /** Parses and decodes the next slice. */
  public void decodeSlice(CodedPicture.Slice slice, SyntaxTrace trace) {
    int array = arrayOf(slice);
    int colourPlaneId = slice.header().colourPlaneId();
    if (arrays[array] == null) {
      arrays[array] = new FieldOrFrameDecoder(reconstructors);
    }
    FieldOrFrameDecoder decoder = arrays[array];
    if (firstSlices[array] == null) {
      firstSlices[array] = slice;
      Picture picture = pictureOf(slice);
      decoder.begin(sps.separateColourPlaneFlag() ? picture.plane(colourPlaneId) : picture, sps, slice, colourPlaneId);
    }
    decoder.setTrace(trace);
    decoder.decodeSlice(slice, sps, colourPlaneId, null);
  }

  /** The frame or field that a slice belongs to. */
  private Picture pictureOf(CodedPicture.Slice slice) {
    boolean field = slice.header().fieldPicFlag();
    PictureFormat format = PictureDecoder.format(sps);
    if (target == null) {
      return new Picture(field ? format.field() : format);
    }
    return field && target.format().equals(format) ? target.field(slice.header().bottomFieldFlag()) : target;
  }

  /** Ends a picture after all of its slices. */
  public void end() {
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

  /**
   * 8.7, after all slices; macroblocks that are missing stay as they are.
   *
   * @param listeners gives who receives the strengths of the frame, field or colour plane with a first slice; it may give null
   */
  public void deblock(Function<CodedPicture.Slice, StrengthListener> listeners) {
    for (int array = 0; array < arrays.length; array++) {
      if (firstSlices[array] != null) {
        arrays[array].deblock(listeners.apply(firstSlices[array]));
      }
    }
  }
}
