package llm265.oracle.suite;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.syntax.SliceHeader;

/** What our decoder makes of a stream; where that has P or B pictures, of its I pictures. */
final class OwnDecoding implements PictureReceiver {
  private final SampleDigest digest;
  private boolean others;
  private boolean loneFields;
  private boolean partlyIntra;
  private StreamException fault;
  private StreamException note;

  private OwnDecoding(String algorithm) {
    digest = new SampleDigest(algorithm);
  }

  /**
   * Decodes a stream on the calling thread.
   *
   * @param algorithm of the digests
   */
  static OwnDecoding of(MemorySegment stream, String algorithm) {
    OwnDecoding all = new OwnDecoding(algorithm);
    all.decode(stream, DecodingMode.STRICT);
    if (!(all.fault instanceof UnsupportedStreamException) || !all.fault.syntaxElement().equals("slice_type")) {
      return all;
    }
    OwnDecoding intra = new OwnDecoding(algorithm);
    intra.others = true;
    intra.decode(stream, DecodingMode.INTRA_ONLY);
    return intra;
  }

  private void decode(MemorySegment stream, DecodingMode mode) {
    try {
      new H264IntraDecoder(DecoderLimits.DEFAULT, mode).decode(stream, this);
    } catch (StreamException e) {
      fault = e;
    }
  }

  @Override
  public void picture(DecodedPicture decoded) {
    List<SliceHeader> slices = decoded.slices();
    boolean bottom = slices.getFirst().bottomFieldFlag();
    loneFields |= slices.getFirst().fieldPicFlag() && slices.stream().allMatch(slice -> slice.bottomFieldFlag() == bottom);
    digest.add(decoded.picture());
  }

  @Override
  public boolean keepsPictures() {
    return false;
  }

  @Override
  public void leftOut(LeftOutPicture picture) {
    partlyIntra |= picture.sliceTypes().contains("I");
  }

  @Override
  public void noted(StreamException e) {
    note = note == null ? e : note;
  }

  SampleDigest digest() {
    return digest;
  }

  /** The fault that ended the decoding; null without one. */
  StreamException fault() {
    return fault;
  }

  /** The first fault that no picture needs to care about; null without one. */
  StreamException note() {
    return note;
  }

  /** Whether the stream has slices other than I slices, whose pictures were left out. */
  boolean hasOthers() {
    return others;
  }

  DecodingMode mode() {
    return others ? DecodingMode.INTRA_ONLY : DecodingMode.STRICT;
  }

  /** Whether a field came without the other field of its frame: decoders differ in what they make of one. */
  boolean hasLoneFields() {
    return loneFields;
  }

  /** Whether I pictures by other decoders' reckoning are not among these: frames with I slices and others, or one I field. */
  boolean isPartlyIntra() {
    return partlyIntra || loneFields;
  }
}
