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
import llm265.h264.syntax.SeqParameterSet;
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
    writer.writeBits(24, 100 << 16 | 62);
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
  void aSliceSentThousandsOfTimesOverlapsTheFirst() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < MANY; i++) {
      out.writeBytes(unit(2));
    }
    assertThat(decode(unit(0), unit(1), out.toByteArray()).fault()).contains("first_mb_in_slice");
    assertThat(decode(unit(0), unit(1), unit(2), unit(2)).fault()).contains("earlier slice");
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
  void messagesWithBoundlessSizesAreRefused() {
    byte[] payload = new byte[1 << 20];
    Arrays.fill(payload, (byte) 0xFF);
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(payload, 0, payload.length);
    writer.writeTrailingBits();
    assertThat(decode(writer.toNalUnit(0, NalUnit.SEI, true)).fault()).contains("last_payload_size_byte");
  }
}
