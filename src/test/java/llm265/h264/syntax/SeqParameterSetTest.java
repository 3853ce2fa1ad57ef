package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static llm265.h264.syntax.SyntaxFixtures.bytes;
import static llm265.h264.syntax.SyntaxFixtures.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.VideoSignal;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeqParameterSetTest {
  /** Main profile, level 3: what follows is the bits from seq_parameter_set_id on. */
  private static final String MAIN = "01001101 00000000 00011110";

  private static final String HIGH = "01100100 00000000 00011110";

  /** 8-bit 4:2:0 without scaling lists, id 0. */
  private static final String HIGH_420 = HIGH + "1 010 1 1 0 0";

  @Property(tries = 1000)
  void everySequenceParameterSetIsReadAsWritten(@ForAll long seed) {
    SeqParameterSet sps = new SyntaxGenerator(seed).sps();
    RbspReader reader = reader(bytes(sps));
    assertThat(SeqParameterSet.parse(reader)).isEqualTo(sps);
    assertThat(reader.moreRbspData()).isFalse();
  }

  @Test
  void streamsOfIntraPicturesGetTenBytes() {
    SeqParameterSet sps = SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420), null);
    // High, level 1, then: 1 010 1 1 0 0 | 1 011 010 0 | 00100 00100 1 1 0 1 and the VUI parameters
    assertThat(HexFormat.of().formatHex(bytes(sps))).isEqualTo("64000a" + "acb42134" + "d81fd4");
    assertThat(sps.signal().isFullRange()).isTrue();
    assertThat(sps.vui().bitstreamRestriction().maxNumReorderFrames()).isZero();
    assertThat(sps.vui().bitstreamRestriction().maxDecFrameBuffering()).isEqualTo(sps.maxNumRefFrames());
    assertThat(sps.picOrderCntType()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "64, 64, YUV420, 8, 100, 10",
    "1920, 1080, YUV420, 8, 100, 40",
    "2048, 2048, MONOCHROME, 8, 100, 50",
    "4096, 2304, YUV420, 10, 110, 51",
    "352, 288, YUV422, 10, 122, 11",
    "352, 288, YUV444, 8, 244, 11",
    "352, 288, MONOCHROME, 14, 244, 11",
  })
  void intraStreamsGetTheLowestProfileAndLevel(
      int width, int height, ChromaFormat chroma, int bitDepth, int profileIdc, int levelIdc) {
    PictureFormat whole = PictureFormat.of8Bit(width, height, chroma);
    PictureFormat format =
        new PictureFormat(
            whole.widthInMbs(), whole.heightInMbs(), chroma, bitDepth, bitDepth, whole.cropLeft(), whole.cropRight(),
            whole.cropTop(), whole.cropBottom());
    SeqParameterSet sps = SeqParameterSet.parse(reader(bytes(SeqParameterSet.forIntra(format, null))));
    assertThat(sps.profileIdc()).isEqualTo(profileIdc);
    assertThat(sps.levelIdc()).isEqualTo(levelIdc);
    assertThat(sps.format()).isEqualTo(format);
  }

  @Test
  void croppingOfHalfAChromaSampleIsTheCallersMistake() {
    assertThatThrownBy(() -> SeqParameterSet.forIntra(PictureFormat.of8Bit(33, 32, ChromaFormat.YUV420), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SeqParameterSet.forIntra(PictureFormat.of8Bit(33, 31, ChromaFormat.MONOCHROME), null).format().width(0))
        .isEqualTo(33);
  }

  /** (7-19) to (7-22): 4:2:0 fields are cropped in units of 2 x 4 samples. */
  @Test
  void croppingCountsChromaSamplesAndFields() {
    // id, log2_max_frame_num, poc type 2, no ref, no gaps, 2x2 map units, fields, no MBAFF, direct 8x8, cropping 1 2 0 3
    SeqParameterSet sps =
        SeqParameterSet.parse(bits(MAIN + "1 1 011 1 0 010 010 0 0 1 1 010 011 1 00100 0"));
    assertThat(sps.format()).isEqualTo(new PictureFormat(2, 4, ChromaFormat.YUV420, 8, 8, 2, 4, 0, 12));
    assertThat(sps.picSizeInMapUnits()).isEqualTo(4);
    assertThat(sps.frameMbsOnlyFlag()).isFalse();
  }

  @Test
  void croppingThatLeavesNoSampleIsMalformed() {
    // One macroblock, 4 and 4 chroma columns: none left; 4 and 3 leave one
    String oneMb = MAIN + "1 1 011 1 0 1 1 1 1 1 ";
    assertThatThrownBy(() -> SeqParameterSet.parse(bits(oneMb + "00101 00101 1 1 0")))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("frame_crop_right_offset");
    assertThat(SeqParameterSet.parse(bits(oneMb + "00101 00100 1 1 0")).format().width(0)).isEqualTo(2);
  }

  @Test
  void largestIdIsLegal() {
    assertThat(SeqParameterSet.parse(bits(MAIN + "00000100000 1 011 1 0 1 1 1 1 0 0")).id()).isEqualTo(31);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "01001101 00000000 00011110 00000100001, seq_parameter_set_id",
    "01100100 00000000 00011110 1 00101, chroma_format_idc",
    "01100100 00000000 00011110 1 010 0001000, bit_depth_luma_minus8",
    "01100100 00000000 00011110 1 010 1 0001000, bit_depth_chroma_minus8",
    "01001101 00000000 00011110 1 0001110, log2_max_frame_num_minus4",
    "01001101 00000000 00011110 1 1 00100, pic_order_cnt_type",
    "01001101 00000000 00011110 1 1 1 0001110, log2_max_pic_order_cnt_lsb_minus4",
    "01001101 00000000 00011110 1 1 010 0 1 1 00000000100000001, num_ref_frames_in_pic_order_cnt_cycle",
    "01001101 00000000 00011110 1 1 011 000010010, max_num_ref_frames",
    // 139265 macroblocks wide, or 512 x 512
    "01001101 00000000 00011110 1 1 011 1 0 00000000000000000100010000000000001, pic_width_in_mbs_minus1",
    "01001101 00000000 00011110 1 1 011 1 0 0000000001000000000 0000000001000000000 1 1, pic_width_in_mbs_minus1",
    // Fields without direct_8x8_inference_flag
    "01001101 00000000 00011110 1 1 011 1 0 1 1 0 0 0, direct_8x8_inference_flag",
  })
  void valuesOutOfRangeAreMalformed(String bits, String element) {
    assertThatThrownBy(() -> SeqParameterSet.parse(bits(bits + " 1111 1111 1111 1111 1111")))
        .isInstanceOfSatisfying(
            MalformedStreamException.class, e -> assertThat(e.syntaxElement()).isEqualTo(element));
  }

  @Test
  void profilesBelowHighAreEightBit420() {
    SeqParameterSet sps = SeqParameterSet.parse(bits(MAIN + "1 1 011 1 0 1 1 1 1 0 0"));
    assertThat(sps.format()).isEqualTo(PictureFormat.of8Bit(16, 16, ChromaFormat.YUV420));
    assertThat(sps.scalingMatrix()).isNull();
    assertThat(sps.vui()).isNull();
  }

  @Test
  void profileWithoutSyntaxForAFormatIsTheCallersMistake() {
    SeqParameterSet high = SeqParameterSet.forIntra(PictureFormat.of8Bit(16, 16, ChromaFormat.MONOCHROME), null);
    SeqParameterSet main =
        new SeqParameterSet(
            77, 0, 10, 0, false, false, null, 4, PicOrderCnt.TYPE_2, 1, false, true, false, true, high.format(), null);
    assertThatThrownBy(() -> bytes(main)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void separateColourPlanesHaveNoChromaArrays() {
    SeqParameterSet sps = SeqParameterSet.parse(bits(HIGH + "1 00100 1 1 1 0 0 1 011 1 0 1 1 1 1 1 010 1 1 1 0"));
    assertThat(sps.separateColourPlaneFlag()).isTrue();
    assertThat(sps.chromaArrayType()).isEqualTo(ChromaFormat.MONOCHROME);
    assertThat(sps.format().chroma()).isEqualTo(ChromaFormat.YUV444);
    // CropUnitX is 1 then
    assertThat(sps.format().cropLeft()).isEqualTo(1);
  }

  @Test
  void vuiThatEndsEarlyIsLeftOut() {
    SeqParameterSet sps = SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420), null);
    byte[] whole = bytes(sps);
    RbspReader cut = reader(Arrays.copyOf(whole, whole.length - 2));
    List<String> leftOut = new ArrayList<>();
    cut.setTrace(
        new SyntaxTrace() {
          @Override
          public void element(String name, long bitPosition, int bits, long value) {}

          @Override
          public void leftOut(StreamException fault) {
            leftOut.add(fault.syntaxElement());
          }
        });
    SeqParameterSet parsed = SeqParameterSet.parse(cut);
    assertThat(parsed.vui()).isNull();
    assertThat(parsed.format()).isEqualTo(sps.format());
    assertThat(leftOut).containsExactly("nal_hrd_parameters_present_flag");
  }

  @Test
  void dataThatEndsBeforeTheVuiIsMalformed() {
    byte[] whole = bytes(SeqParameterSet.forIntra(PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420), null));
    for (int length = 0; length < 7; length++) {
      RbspReader cut = reader(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SeqParameterSet.parse(cut)).isInstanceOf(MalformedStreamException.class);
    }
  }

  @Property(tries = 2000)
  void nothingButAStreamExceptionLeavesTheParser(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = bytes(new SyntaxGenerator(seed).sps());
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    try {
      SeqParameterSet parsed = SeqParameterSet.parse(reader(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))));
      assertThat(parsed.format().sizeInMbs()).isLessThanOrEqualTo(PictureFormat.MAX_SIZE_IN_MBS);
      assertThat(parsed.format().width(0)).isPositive();
    } catch (MalformedStreamException e) {
      assertThat(e.clause()).isNotEmpty();
    }
  }

  @Test
  void scalingListsAreTwelveFor444AndEightElse() {
    String rest = "1 011 1 0 1 1 1 1 0 0";
    SeqParameterSet yuv420 = SeqParameterSet.parse(bits(HIGH + "1 010 1 1 0 1 00000000" + rest));
    assertThat(yuv420.scalingMatrix()).isEqualTo(ScalingMatrix.of(new int[8][]));
    SeqParameterSet yuv444 = SeqParameterSet.parse(bits(HIGH + "1 00100 0 1 1 0 1 000000000000" + rest));
    assertThat(yuv444.scalingMatrix()).isEqualTo(ScalingMatrix.of(new int[12][]));
    assertThat(SeqParameterSet.parse(bits(HIGH_420 + rest)).scalingMatrix()).isNull();
  }

  /**
   * A.2.4 to A.2.10: the first profile that holds the format, of those beyond High the Intra profile, whose pictures need no
   * buffer.
   */
  @ParameterizedTest
  @CsvSource({
    "YUV420, 8, false, 100, 0", "MONOCHROME, 8, false, 100, 0", "YUV420, 9, false, 110, 16", "MONOCHROME, 10, false, 110, 16",
    "YUV422, 10, false, 122, 16", "YUV420, 11, false, 244, 16", "MONOCHROME, 14, false, 244, 16", "YUV420, 8, true, 244, 16"
  })
  void profileIsTheLowestThatHoldsTheFormat(
      ChromaFormat chroma, int bitDepth, boolean lossless, int profileIdc, int constraints) {
    PictureFormat format = PictureFormat.of8Bit(64, 64, chroma).withBitDepth(bitDepth);
    SeqParameterSet sps = SeqParameterSet.forIntra(format, null, lossless, VideoSignal.FULL_RANGE);
    assertThat(sps.profileIdc()).isEqualTo(profileIdc);
    assertThat(sps.constraintFlags()).isEqualTo(constraints);
    assertThat(sps.qpprimeYZeroTransformBypassFlag()).isEqualTo(lossless);
    assertThat(sps.maxNumRefFrames()).isEqualTo(profileIdc == 100 ? 1 : 0);
    assertThat(sps.vui().bitstreamRestriction().maxDecFrameBuffering()).isEqualTo(sps.maxNumRefFrames());
    assertThat(SeqParameterSet.parse(reader(bytes(sps)))).isEqualTo(sps);
  }
}
