package llm265.reference.decoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import llm265.reference.decoder.NalUnits.NalUnit;

/**
 * Clause 8 Decoding process, from the top: NAL units in, pictures out. Parameter sets are kept by their numbers; slices form
 * pictures (7.4.1.2.4); a picture is deblocked after its last slice; two fields form a frame.
 */
public final class ReadableDecoder {
  private final Watcher watcher;
  private final SequenceParameters[] sequences = new SequenceParameters[32];
  private final PictureParameters[] pictures = new PictureParameters[256];

  /** The picture that is being decoded, or null: one for each colour plane with separate_colour_plane_flag, otherwise one. */
  private Picture[] current;

  /** The slice before. */
  private SliceHeader lastSlice;

  /** A field that may become a frame with the next one, or null. */
  private Picture[] firstField;

  /** 7.3.2.9: a slice data partition A whose partition B may follow, or null. */
  private NalUnit partitionA;

  private final List<DecodedPicture> decoded = new ArrayList<>();

  private ReadableDecoder(Watcher watcher) {
    this.watcher = watcher;
  }

  /**
   * Decodes a stream.
   *
   * @param stream an Annex B byte stream
   * @return its pictures in decoding order
   * @throws DecodingException if the stream breaks the standard, or needs something that is left out here
   */
  public static List<DecodedPicture> decode(byte[] stream) {
    return decode(stream, Watcher.NONE);
  }

  /** Like {@link #decode(byte[])}; the watcher is told of every step. */
  public static List<DecodedPicture> decode(byte[] stream, Watcher watcher) {
    ReadableDecoder decoder = new ReadableDecoder(watcher);
    for (NalUnit nalUnit : NalUnits.byteStream(stream)) {
      decoder.nalUnit(nalUnit);
    }
    decoder.endPartitionA();
    decoder.endPicture();
    decoder.outputUnpairedField();
    return decoder.decoded;
  }

  /** 7.4.1: what a NAL unit holds. Types that decoding does not need are passed by. */
  private void nalUnit(NalUnit nalUnit) {
    int type = nalUnit.nalUnitType();
    if (type != NalUnits.PARTITION_B) {
      endPartitionA();
    }
    watcher.nalUnit(nalUnit.nalRefIdc(), type);
    Bits bits = new Bits(nalUnit.rbsp(), watcher);
    if (type >= NalUnits.SEI && type <= NalUnits.ACCESS_UNIT_DELIMITER) {
      // 7.4.1.2.3: these come before the first slice of a picture.
      endPicture();
    }
    if (type == NalUnits.SEQUENCE_PARAMETERS) {
      SequenceParameters sps = SequenceParameters.seqParameterSetRbsp(bits, watcher);
      sequences[sps.seqParameterSetId] = sps;
    } else if (type == NalUnits.PICTURE_PARAMETERS) {
      PictureParameters pps = PictureParameters.picParameterSetRbsp(bits, watcher, sequences);
      if (pps != null) {
        pictures[pps.picParameterSetId] = pps;
      }
    } else if (type == NalUnits.SLICE || type == NalUnits.IDR_SLICE) {
      // 7.3.2.8: slice_layer_without_partitioning_rbsp( ).
      SliceHeader slice = SliceHeader.sliceHeader(nalUnit, bits, watcher, sequences, pictures);
      slice(slice, bits, bits);
    } else if (type == NalUnits.PARTITION_A) {
      partitionA = nalUnit;
    } else if (type == NalUnits.PARTITION_B && partitionA != null) {
      partitions(partitionA, bits);
      partitionA = null;
    }
  }

  private void endPartitionA() {
    if (partitionA != null) {
      partitions(partitionA, new Bits(new byte[0], watcher));
      partitionA = null;
    }
  }

  /** 7.3.2.9: slice_data_partition_a_layer_rbsp( ) and, if there is one, slice_data_partition_b_layer_rbsp( ). */
  private void partitions(NalUnit a, Bits bitsOfB) {
    Bits bits = new Bits(a.rbsp(), watcher);
    SliceHeader slice = SliceHeader.sliceHeader(a, bits, watcher, sequences, pictures);
    watcher.begin("slice_data_partition_a_layer_rbsp", "7.3.2.9.1");
    int sliceId = bits.ue("slice_id", slice.picSizeInMbs() - 1);
    watcher.end();
    if (bitsOfB.moreRbspData()) {
      watcher.begin("slice_data_partition_b_layer_rbsp", "7.3.2.9.2");
      int sliceIdOfB = bitsOfB.ue("slice_id", slice.picSizeInMbs() - 1);
      Bits.require("slice_id", sliceIdOfB, sliceId, sliceId);
      if (slice.sps.separateColourPlaneFlag) {
        bitsOfB.u(2, "colour_plane_id");
      }
      if (slice.pps.redundantPicCntPresentFlag) {
        bitsOfB.ue("redundant_pic_cnt", 127);
      }
      watcher.end();
    }
    slice(slice, bits, bitsOfB);
  }

  /** The slice data of a slice; the elements of category 3, which are those of residuals, may be in other bits (7.3.1). */
  private void slice(SliceHeader slice, Bits bits, Bits residualBits) {
    if (slice.redundantPicCnt > 0) {
      // 7.4.3: a redundant coded picture is there for decoders that have lost the primary one.
      return;
    }
    if (current == null || slice.isFirstOfPictureAfter(lastSlice)) {
      endPicture();
      current = new Picture[slice.sps.separateColourPlaneFlag ? 3 : 1];
      for (int i = 0; i < current.length; i++) {
        current[i] = new Picture(slice);
      }
    }
    if (slice.sps != current[0].sps) {
      throw new DecodingException("7.4.1.2.1", "the slices of a picture have several sequence parameter sets");
    }
    lastSlice = slice;
    new SliceData(slice, current[slice.colourPlaneId], bits, residualBits, watcher).sliceData();
  }

  private void endPicture() {
    if (current == null) {
      return;
    }
    for (Picture picture : current) {
      picture.requireComplete();
      new Deblocking(picture, watcher).deblock();
    }
    SliceHeader slice = current[0].firstSlice;
    if (!slice.fieldPicFlag) {
      outputUnpairedField();
      decoded.add(DecodedPicture.crop(slice.sps, samples(current), false));
    } else if (firstField != null && isSecondFieldOf(firstField[0].firstSlice, slice)) {
      decoded.add(DecodedPicture.crop(slice.sps, frame(samples(firstField), samples(current), slice), false));
      firstField = null;
    } else {
      outputUnpairedField();
      firstField = current;
    }
    current = null;
  }

  /** 7.4.1.2.4: fields of opposite parity and equal frame_num, of which the second is not an IDR picture. */
  private static boolean isSecondFieldOf(SliceHeader first, SliceHeader second) {
    return first.bottomFieldFlag != second.bottomFieldFlag && first.frameNum == second.frameNum && !second.idrPicFlag
        && first.sps == second.sps;
  }

  private void outputUnpairedField() {
    if (firstField != null) {
      decoded.add(DecodedPicture.crop(firstField[0].sps, samples(firstField), true));
      firstField = null;
    }
  }

  private static int[][][] samples(Picture[] colourPlanes) {
    if (colourPlanes.length == 1) {
      return colourPlanes[0].samples;
    }
    return new int[][][] {colourPlanes[0].samples[0], colourPlanes[1].samples[0], colourPlanes[2].samples[0]};
  }

  /** The rows of a frame are those of its top and of its bottom field in turn. */
  private static int[][][] frame(int[][][] first, int[][][] second, SliceHeader slice) {
    int[][][] top = slice.bottomFieldFlag ? first : second;
    int[][][] bottom = slice.bottomFieldFlag ? second : first;
    int[][][] frame = new int[top.length][][];
    for (int cIdx = 0; cIdx < top.length; cIdx++) {
      frame[cIdx] = new int[2 * top[cIdx].length][];
      for (int y = 0; y < top[cIdx].length; y++) {
        frame[cIdx][2 * y] = top[cIdx][y];
        frame[cIdx][2 * y + 1] = bottom[cIdx][y];
      }
    }
    return frame;
  }

  /** Prints size and MD5 of every picture of a stream; with {@code --watch} also every step before it. */
  public static void main(String[] args) throws IOException, NoSuchAlgorithmException {
    boolean watch = args.length == 2 && args[1].equals("--watch");
    if (args.length != 1 && !watch) {
      System.err.println("usage: ReadableDecoder FILE.264 [--watch]");
      return;
    }
    byte[] stream = Files.readAllBytes(Path.of(args[0]));
    MessageDigest all = MessageDigest.getInstance("MD5");
    for (DecodedPicture picture : decode(stream, watch ? new PrintedSteps(System.out) : Watcher.NONE)) {
      byte[] bytes = picture.bytes();
      all.update(bytes);
      byte[] md5 = MessageDigest.getInstance("MD5").digest(bytes);
      System.out.println(picture.widths()[0] + "x" + picture.heights()[0] + " " + HexFormat.of().formatHex(md5));
    }
    System.out.println("all " + HexFormat.of().formatHex(all.digest()));
  }
}
