package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that ask for much time or memory with few bytes. */
@Timeout(60)
class ResourceAttackTest {
  private static final int MANY = 20_000;

  private final byte[] sound = soundStream();
  private final List<NalUnit> units = StreamMutator.nalUnits(sound);

  /** SPS, PPS and a picture of one slice. */
  private static byte[] soundStream() {
    PictureFormat format = PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR, format);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    out.writeBytes(encoder.encode(RandomPictures.of(Content.EDGES, 64, 64, ChromaFormat.YUV420, 1), 30, 0).slices());
    return out.toByteArray();
  }

  private byte[] unit(int index) {
    NalUnit unit = units.get(index);
    byte[] bytes = new byte[3 + unit.length()];
    bytes[2] = 1;
    System.arraycopy(sound, (int) unit.offset(), bytes, 3, unit.length());
    return bytes;
  }

  private static DecodingOutcome decode(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    byte[] stream = out.toByteArray();
    DecodingOutcome outcome = DecodingOutcome.of(stream, DecoderLimits.DEFAULT, 1);
    assertThat(DecodingOutcome.of(stream, DecoderLimits.DEFAULT, 2).fault()).isEqualTo(outcome.fault());
    return outcome;
  }

  /** profile_idc 100, 8-bit 4:2:0, of any size, up to and including the size. */
  private static RbspWriter spsUpToSize(long widthInMbs, long heightInMbs) {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(24, (100 << 16) | 62);
    writer.writeUe(0);
    writer.writeUe(1);
    writer.writeUe(0);
    writer.writeUe(0);
    writer.writeBits(2, 0);
    writer.writeUe(0);
    writer.writeUe(2);
    writer.writeUe(1);
    writer.writeBits(1, 0);
    writer.writeUe(widthInMbs - 1);
    writer.writeUe(heightInMbs - 1);
    return writer;
  }

  private static byte[] sps(long widthInMbs, long heightInMbs) {
    RbspWriter writer = spsUpToSize(widthInMbs, heightInMbs);
    // frame_mbs_only_flag, direct_8x8_inference_flag, no cropping, no VUI
    writer.writeBits(4, 0b1100);
    writer.writeTrailingBits();
    return writer.toNalUnit(3, NalUnit.SPS, true);
  }

  @Test
  void hugePicturesAreRefusedBeforeTheyAreAllocated() {
    assertThat(decode(sps(1L << 31, 1L << 31), unit(1), unit(2)).fault()).contains("pic_width_in_mbs_minus1");
    assertThat(decode(sps(65_536, 65_536), unit(1), unit(2)).fault()).contains("65536");
    assertThat(decode(sps(1, PictureFormat.MAX_SIZE_IN_MBS + 1), unit(1), unit(2)).fault()).isNotEmpty();
  }

  @Test
  void theLargestPictureWithoutItsDataIsAnError() {
    assertThat(decode(sps(PictureFormat.MAX_SIZE_IN_MBS, 1), unit(1), unit(2)).fault()).contains("NAL unit 2");
  }

  @Test
  void croppingThatLeavesNothingIsAnError() {
    RbspWriter writer = spsUpToSize(4, 4);
    writer.writeBits(3, 0b111);
    for (int side = 0; side < 4; side++) {
      writer.writeUe((1L << 32) - 2);
    }
    writer.writeBits(1, 0);
    writer.writeTrailingBits();
    assertThat(decode(writer.toNalUnit(3, NalUnit.SPS, true), unit(1), unit(2)).fault()).contains("frame_crop");
  }

  @Test
  void endlessZerosAreNoNumber() {
    for (int type : new int[] {NalUnit.SPS, NalUnit.PPS, NalUnit.SLICE_IDR, NalUnit.SLICE_NON_IDR, NalUnit.SEI}) {
      RbspWriter writer = new RbspWriter();
      writer.writeBytes(new byte[1 << 20], 0, 1 << 20);
      writer.writeTrailingBits();
      byte[] zeros = writer.toNalUnit(1, type, true);
      // A PPS is parsed when a slice asks for it.
      DecodingOutcome outcome = decode(unit(0), unit(1), zeros, unit(2));
      assertThat(outcome.fault()).as("nal_unit_type %d", type).isNotEmpty();
    }
  }

  @Test
  void sliceDataOfZerosOrOnesOrNoiseEnds() {
    int header = 12;
    Random random = new Random(1);
    for (int kind = 0; kind < 12; kind++) {
      RbspWriter writer = new RbspWriter();
      byte[] slice = unit(2);
      writer.writeBytes(slice, 4, header);
      byte[] body = new byte[1 << 18];
      if (kind == 0) {
        Arrays.fill(body, (byte) 0xFF);
      } else if (kind > 1) {
        random.nextBytes(body);
      }
      writer.writeBytes(body, 0, body.length);
      writer.writeTrailingBits();
      // A whole picture may come of it: noise is a legal arithmetic code for some macroblocks.
      assertThat(decode(unit(0), unit(1), writer.toNalUnit(3, NalUnit.SLICE_IDR, true)).pictures()).hasSizeLessThan(2);
    }
  }

  @Test
  void manyDistinctParameterSetsAreOnlyEverTheLastOfEachId() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < MANY; i++) {
      out.writeBytes(sps(1 + i % 300, 1 + i / 300));
      RbspWriter pps = new RbspWriter();
      pps.writeUe(i % 256);
      pps.writeUe(i % 32);
      pps.writeBits(24, i);
      pps.writeTrailingBits();
      out.writeBytes(pps.toNalUnit(3, NalUnit.PPS, false));
    }
    DecodingOutcome outcome = decode(out.toByteArray(), unit(0), unit(1), unit(2));
    assertThat(outcome.fault()).isEmpty();
    assertThat(outcome.pictures()).hasSize(1);
  }

  @Test
  void parameterSetsThatChangeBeforeEveryPictureApply() {
    byte[] scaled = scaledSps(PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 300; i++) {
      out.writeBytes(i % 2 == 0 ? unit(0) : scaled);
      out.writeBytes(unit(1));
      out.writeBytes(unit(2));
    }
    DecodingOutcome outcome = decode(out.toByteArray());
    assertThat(outcome.fault()).isEmpty();
    assertThat(outcome.pictures()).hasSize(300);
    assertThat(outcome.pictures().get(0).sameSamples(outcome.pictures().get(1))).isFalse();
    assertThat(outcome.pictures().get(0).sameSamples(outcome.pictures().get(298))).isTrue();
    assertThat(outcome.pictures().get(1).sameSamples(outcome.pictures().get(299))).isTrue();
  }

  /** A second sequence parameter set under the same id, with the default scaling lists. */
  private static byte[] scaledSps(PictureFormat format) {
    int[][] lists = new int[8][];
    Arrays.fill(lists, new int[0]);
    RbspWriter writer = new RbspWriter();
    SeqParameterSet.forIntra(format, lists).write(writer);
    return writer.toNalUnit(3, NalUnit.SPS, true);
  }

  @Test
  void aSliceSentThousandsOfTimesIsAPictureEachTime() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < MANY / 20; i++) {
      out.writeBytes(unit(2));
    }
    DecodingOutcome outcome = decode(unit(0), unit(1), out.toByteArray());
    assertThat(outcome.fault()).isEmpty();
    assertThat(outcome.pictures()).hasSize(MANY / 20);
  }

  @Test
  void damagedParameterSetsByTheThousandTakeNoMemory() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < MANY; i++) {
      // seq_parameter_set_id 1, pic_parameter_set_id 256
      out.writeBytes(new byte[] {0, 0, 1, 0x67, 100, 0, 10, 0x5F, 0, 0, 1, 0x68, 0, (byte) 0x80, (byte) 0x80});
    }
    DecodingOutcome outcome = decode(unit(0), out.toByteArray(), unit(1), unit(2));
    assertThat(outcome.notes()).hasSize(2 * MANY);
    assertThat(outcome.pictures()).hasSize(1);
  }

  @Test
  void startCodesAloneAreAnEmptyStream() {
    byte[] startCodes = new byte[3 << 20];
    for (int i = 2; i < startCodes.length; i += 3) {
      startCodes[i] = 1;
    }
    DecodingOutcome outcome = decode(startCodes, sound);
    assertThat(outcome.fault()).isEmpty();
    assertThat(outcome.pictures()).hasSize(1);
    assertThat(decode(new byte[1 << 22], sound).pictures()).hasSize(1);
  }

  @Test
  void endlessMessagesAreRefused() {
    byte[] payload = new byte[1 << 21];
    Arrays.fill(payload, (byte) 0x80);
    for (int i = 1; i < payload.length; i += 2) {
      // payloadType 128, payloadSize 0
      payload[i] = 0;
    }
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(payload, 0, payload.length);
    writer.writeTrailingBits();
    byte[] messages = writer.toNalUnit(0, NalUnit.SEI, true);
    assertThat(decode(unit(0), unit(1), messages, unit(2)).fault()).contains("sei_message");

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 8 * MANY; i++) {
      out.writeBytes(new byte[] {0, 0, 1, NalUnit.SEI, (byte) 0x85, 0, (byte) 0x80});
    }
    assertThat(decode(unit(0), unit(1), out.toByteArray(), unit(2)).fault()).contains("sei_message");
  }

  @Test
  void messagesWithBoundlessSizesAreNoted() {
    byte[] payload = new byte[1 << 20];
    Arrays.fill(payload, (byte) 0xFF);
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(payload, 0, payload.length);
    writer.writeTrailingBits();
    assertThat(decode(writer.toNalUnit(0, NalUnit.SEI, true)).notes().getFirst()).contains("last_payload_size_byte");
  }

  /** A sequence parameter set of Baseline, and so many picture parameter sets with slice groups for it. */
  private static byte[] setsWithSliceGroups(SeqParameterSet sps, List<SliceGroups> groups) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RbspWriter writer = new RbspWriter();
    sps.write(writer);
    out.writeBytes(writer.toNalUnit(3, NalUnit.SPS, true));
    for (int id = 0; id < groups.size(); id++) {
      writer = new RbspWriter();
      pps(id, groups.get(id)).write(writer, ChromaFormat.YUV420);
      out.writeBytes(writer.toNalUnit(3, NalUnit.PPS, true));
    }
    return out.toByteArray();
  }

  private static PicParameterSet pps(int id, SliceGroups groups) {
    return new PicParameterSet(id, 0, false, false, groups, 1, 1, false, 0, 26, 26, 0, true, false, false, false, null, 0);
  }

  private static SeqParameterSet baseline(int widthInMbs, int heightInMbs) {
    PictureFormat format = new PictureFormat(widthInMbs, heightInMbs, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    return new SeqParameterSet(
        66, 0, 62, 0, false, false, null, 4, PicOrderCnt.TYPE_2, 1, false, true, false, true, format, null);
  }

  /** One grey macroblock. */
  private static byte[] sliceOfOne(int mbAddr, SeqParameterSet sps, PicParameterSet pps) {
    RbspWriter writer = new RbspWriter();
    new SliceHeader(new SliceOpening(3, true, mbAddr, 7, pps.id(), 0, 0, false, false, 0, 0, 0, 0, 0, 0), DecRefPicMarking.NONE,
        26, 1,
        0, 0, 0, 0).write(writer, sps, pps);
    // I_16x16_2_0_0, DC, mb_qp_delta 0, no levels
    writer.writeBits(8, 0b00100_1_1_1);
    writer.writeTrailingBits();
    return writer.toNalUnit(3, NalUnit.SLICE_IDR, false);
  }

  private static SliceGroups dispersed(int groups) {
    return new SliceGroups(groups, 1, List.of(), List.of(), List.of(), false, 0, List.of());
  }

  /** The map of slice groups, which is as large as the picture, used to be made anew for every slice. */
  @Test
  void slicesThatTakeTurnsBetweenPictureParameterSetsMakeOneMap() {
    SeqParameterSet sps = baseline(372, 374);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(setsWithSliceGroups(sps, List.of(dispersed(2), dispersed(2))));
    for (int mbAddr = 0; mbAddr < 372 * 374; mbAddr++) {
      out.writeBytes(sliceOfOne(mbAddr, sps, pps(mbAddr & 1, dispersed(2))));
    }
    DecodingOutcome outcome = DecodingOutcome.of(out.toByteArray(), DecoderLimits.DEFAULT, 1);
    assertThat(outcome.fault()).isEmpty();
    assertThat(outcome.pictures()).hasSize(1);
  }

  /** Slice groups that change under a running picture would let macroblocks come in no order at all. */
  @Test
  void slicesOfOnePictureWithUnlikeSliceGroupsAreRefused() {
    SeqParameterSet sps = baseline(4, 4);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(setsWithSliceGroups(sps, List.of(dispersed(2), dispersed(3))));
    for (int mbAddr = 0; mbAddr < 16; mbAddr++) {
      out.writeBytes(sliceOfOne(mbAddr, sps, pps(mbAddr & 1, dispersed(2 + (mbAddr & 1)))));
    }
    assertThat(decode(out.toByteArray()).fault()).contains("slice_group_map_type");
  }

  /** A sequence parameter set of another size between two slices: the picture before it ends there, and lacks the rest. */
  @Test
  void aSequenceParameterSetThatChangesUnderAPictureEndsIt() {
    SeqParameterSet sps = baseline(4, 4);
    SeqParameterSet larger = baseline(300, 300);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(setsWithSliceGroups(sps, List.of(dispersed(2))));
    out.writeBytes(sliceOfOne(0, sps, pps(0, dispersed(2))));
    out.writeBytes(setsWithSliceGroups(larger, List.of(dispersed(2))));
    out.writeBytes(sliceOfOne(1, sps, pps(0, dispersed(2))));
    DecodingOutcome outcome = decode(out.toByteArray());
    assertThat(outcome.fault()).contains("15 macroblocks of the picture are in no slice");
    assertThat(outcome.pictures()).isEmpty();
  }
}
