package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.InterSliceHeader;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.syntax.VuiParameters;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The I pictures of streams with P and B pictures: their samples and their order are FFmpeg's. */
class IntraOnlyTest {
  private static final int KEYINT = 5;
  private static final int PICTURES = 23;

  private static final class Received implements PictureReceiver {
    private final List<DecodedPicture> pictures = new ArrayList<>();
    private final List<LeftOutPicture> leftOut = new ArrayList<>();

    @Override
    public void picture(DecodedPicture picture) {
      pictures.add(picture);
    }

    @Override
    public void leftOut(LeftOutPicture picture) {
      leftOut.add(picture);
    }
  }

  private static Received decode(byte[] stream, int threads) {
    Received received = new Received();
    H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, DecodingMode.INTRA_ONLY, CommonPool.workers(threads), received);
    return received;
  }

  /** Something that moves, so that x264 has a use for motion and weights. */
  private static byte[] video(String parameters) {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      Picture picture = new Picture(PictureFormat.of8Bit(64, 48, ChromaFormat.YUV420));
      for (int plane = 0; plane < 3; plane++) {
        short[] samples = picture.samples(plane);
        for (int at = 0; at < samples.length; at++) {
          int x = at % picture.stride(plane) + 2 * i;
          int y = at / picture.stride(plane) + i;
          samples[at] = (short) (40 + 4 * i + (x * x / 9 + 5 * y + x * y / 16) % 64);
        }
      }
      pictures.add(picture);
    }
    return X264Oracle.encodeVideo(
        pictures, "keyint=" + KEYINT + ":min-keyint=" + KEYINT + ":scenecut=0:rc-lookahead=10:qp=24:" + parameters);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "bframes=0:ref=1", "bframes=3:b-pyramid=normal:b-adapt=0", "bframes=3:b-adapt=0:open-gop=1:weightp=2",
      "bframes=2:cabac=0:slices=2",
      "tff=1:bframes=2", "bff=1:cabac=0:open-gop=1:bframes=3:b-adapt=0", "weightp=2:weightb=1:ref=4:bframes=4",
      "bframes=3:ref=5:aud=1"})
  void intraPicturesOfX264sVideoAreThoseOfFfmpeg(String parameters) {
    byte[] stream = video(parameters);
    List<OraclePicture> frames = FfmpegOracle.decode(stream);
    assertThat(frames).hasSize(PICTURES);
    for (int threads = 1; threads <= 3; threads++) {
      Received received = decode(stream, threads);
      // With an open GOP the I picture is the last of its GOP in output order, and all keep their distance.
      int first = received.pictures.size() > 1 ? firstMatch(frames, received.pictures.get(1)) : 0;
      assertThat(received.pictures).hasSize((PICTURES + KEYINT - 1) / KEYINT);
      assertThat(received.leftOut).hasSize(PICTURES - received.pictures.size());
      assertThat(first).isEqualTo(KEYINT);
      for (int i = 0; i < received.pictures.size(); i++) {
        assertThat(frames.get(KEYINT * i).firstDifferenceFrom(received.pictures.get(i).picture())).as("picture %d", i).isEmpty();
      }
      assertThat(received.leftOut).allMatch(picture -> !picture.field() && !picture.sliceTypes().contains("I"));
    }
    assertThatThrownBy(() -> new H264IntraDecoder(DecoderLimits.DEFAULT).decode(MemorySegment.ofArray(stream), picture -> { }))
        .isInstanceOf(UnsupportedStreamException.class)
        .hasMessageContaining("P slice in NAL unit of type 1");
  }

  private static int firstMatch(List<OraclePicture> frames, DecodedPicture picture) {
    int frame = 0;
    while (frame < frames.size() && !frames.get(frame).firstDifferenceFrom(picture.picture()).isEmpty()) {
      frame++;
    }
    return frame;
  }

  /**
   * With CABAC the header ends in cabac_alignment_one_bits: behind dec_ref_pic_marking come cabac_init_idc, slice_qp_delta 0 (one
   * QP for all) and disable_deblocking_filter_idc 1, then ones up to the next byte.
   */
  @ParameterizedTest
  @ValueSource(strings = {"bframes=3:b-pyramid=normal", "weightp=2:weightb=1:ref=4:bframes=4", "tff=1:ref=3:bframes=2:weightp=2"})
  void headersOfInterSlicesAreReadToTheirEnd(String parameters) {
    SeqParameterSet[] sps = new SeqParameterSet[1];
    PicParameterSet[] pps = new PicParameterSet[1];
    int slices = 0;
    for (NalUnit nalUnit : new ByteStream(video(parameters + ":no-deblock=1:ipratio=1:pbratio=1:aq-mode=0:mbtree=0"))) {
      RbspReader reader = nalUnit.rbsp().reader();
      switch (nalUnit.nalUnitType()) {
        case NalUnit.SPS -> sps[0] = SeqParameterSet.parse(reader);
        case NalUnit.PPS -> pps[0] = PicParameterSet.parse(reader, id -> sps[0]);
        case NalUnit.SLICE_NON_IDR -> {
          SliceOpening opening = SliceOpening.parse(nalUnit, reader, id -> pps[0], id -> sps[0]);
          if (opening.nalRefIdc() > 0 && !opening.isIntra()) {
            slices++;
            InterSliceHeader.readMarking(opening, reader, sps[0], pps[0]);
            assertThat(reader.readUe("cabac_init_idc", "7.4.3", 2)).isBetween(0, 2);
            assertThat(reader.readSe("slice_qp_delta", "7.4.3", -26, 26)).isBetween(-3, 3);
            assertThat(reader.readUe("disable_deblocking_filter_idc", "7.4.3", 2)).isEqualTo(1);
            while (!reader.isByteAligned()) {
              assertThat(reader.readFlag("cabac_alignment_one_bit")).isTrue();
            }
          }
        }
        default -> { }
      }
    }
    assertThat(slices).isGreaterThan(3);
  }

  /**
   * Our IDR pictures made I pictures of one sequence whose pic_order_cnt_lsb is not in decoding order.
   *
   * @param told whether max_num_reorder_frames is sent
   */
  private static byte[] reordered(int[] lsb, boolean told) {
    PictureFormat format = PictureFormat.of8Bit(32, 32, ChromaFormat.YUV420);
    SeqParameterSet type2 = SeqParameterSet.forIntra(format, null);
    VuiParameters reordering = new VuiParameters(
        null, null, null, null, null, null, null, false, false,
        new VuiParameters.BitstreamRestriction(true, 0, 0, 0, 0, 3, 4));
    SeqParameterSet type0 = new SeqParameterSet(
        77, 0, 10, 0, false, false, null, 4, PicOrderCnt.type0(6), 4, false, true, false, true, format, told ? reordering : null);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR.withIntra8x8Modes(0), format);
    PicParameterSet[] pps = new PicParameterSet[1];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RbspWriter writer = new RbspWriter();
    type0.write(writer);
    out.writeBytes(writer.toNalUnit(3, NalUnit.SPS, true));
    for (NalUnit nalUnit : new ByteStream(encoder.parameterSets())) {
      if (nalUnit.nalUnitType() == NalUnit.PPS) {
        pps[0] = PicParameterSet.parse(nalUnit.rbsp().reader(), id -> type2);
        writer = new RbspWriter();
        pps[0].write(writer, ChromaFormat.YUV420);
        out.writeBytes(writer.toNalUnit(3, NalUnit.PPS, true));
      }
    }
    for (int i = 0; i < lsb.length; i++) {
      byte[] coded = encoder.encode(RandomPictures.of(Content.EDGES, 32, 32, ChromaFormat.YUV420, i), 28, 0).slices();
      NalUnit nalUnit = new ByteStream(coded).iterator().next();
      NalUnit.Rbsp rbsp = nalUnit.rbsp();
      SliceHeader header = SliceHeader.parse(nalUnit, rbsp.reader(), id -> pps[0], id -> type2);
      writer = new RbspWriter();
      new SliceHeader(
          new SliceOpening(1, i == 0, 0, 7, 0, 0, i, false, false, 0, lsb[i], 0, 0, 0, 0), DecRefPicMarking.NONE,
          header.sliceQpY(), header.disableDeblockingFilterIdc(), 0, 0, 0, 0).write(writer, type0, pps[0]);
      writer.alignWithOnes();
      int data = (header.sliceDataBitOffset() + 7) >> 3;
      writer.writeBytes(rbsp.data(), data, rbsp.length() - data);
      out.writeBytes(writer.toNalUnit(1, i == 0 ? NalUnit.SLICE_IDR : NalUnit.SLICE_NON_IDR, true));
    }
    return out.toByteArray();
  }

  @Test
  void picturesComeInTheOrderOfTheirCounts() {
    int[] lsb = {0, 8, 4, 2, 6, 16, 12, 14};
    // FFmpeg guesses how many pictures to wait for if it is not told, and loses one before it knows.
    List<OraclePicture> frames = FfmpegOracle.decode(reordered(lsb, true));
    assertThat(frames).hasSize(8);
    for (int threads = 1; threads <= 4; threads++) {
      List<DecodedPicture> pictures = decode(reordered(lsb, threads > 2), threads).pictures;
      assertThat(pictures).extracting(DecodedPicture::index).containsExactly(0, 3, 2, 4, 1, 6, 7, 5);
      for (int i = 0; i < frames.size(); i++) {
        assertThat(frames.get(i).firstDifferenceFrom(pictures.get(i).picture())).as("picture %d", i).isEmpty();
      }
    }
  }
}
