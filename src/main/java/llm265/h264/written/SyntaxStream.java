package llm265.h264.written;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import llm265.h264.PictureFormat;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;

/**
 * A stream as syntax elements. It can be written under other parameter sets or slice headers than it was made up with, which
 * gives two streams of which one may be known to another decoder and the other not.
 *
 * @param pictures frames and fields in decoding order
 */
public record SyntaxStream(SeqParameterSet sps, List<PicParameterSet> pps, List<Coded> pictures) {

  /** A frame or field: its macroblocks and its slices in the order in which they are sent. */
  public record Coded(PictureSyntax picture, List<SliceSyntax> slices) {}

  /** The stream in Annex B form. */
  public byte[] write() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Sets.nalUnit(sps));
    pps.forEach(set -> out.writeBytes(Sets.nalUnit(set, sps)));
    for (Coded coded : pictures) {
      coded.picture.forgetSlices();
      coded.slices.forEach(slice -> out.writeBytes(slice.write(coded.picture, sps)));
    }
    return out.toByteArray();
  }

  public SyntaxStream withSps(SeqParameterSet other) {
    return new SyntaxStream(other, pps, pictures);
  }

  public SyntaxStream withProfile(int profileIdc) {
    return withSps(Sets.with(sps, profileIdc, sps.separateColourPlaneFlag(), sps.format()));
  }

  /** The same with samples of other depths. */
  public SyntaxStream withBitDepths(int luma, int chroma) {
    PictureFormat format = sps.format();
    return withSps(Sets.with(sps, sps.profileIdc(), sps.separateColourPlaneFlag(), new PictureFormat(
        format.widthInMbs(), format.heightInMbs(), format.chroma(), luma, chroma,
        format.cropLeft(), format.cropRight(), format.cropTop(), format.cropBottom())));
  }

  /** The same with other picture parameter sets, in the slices too. */
  public SyntaxStream withPps(UnaryOperator<PicParameterSet> change) {
    return new SyntaxStream(sps, pps.stream().map(change).toList(), pictures)
        .withSlices(slice -> slice.withPps(change.apply(slice.pps())));
  }

  public SyntaxStream withSlices(UnaryOperator<SliceSyntax> change) {
    List<Coded> changed = new ArrayList<>();
    for (Coded coded : pictures) {
      changed.add(new Coded(coded.picture, coded.slices.stream().map(change).toList()));
    }
    return new SyntaxStream(sps, pps, changed);
  }
}
