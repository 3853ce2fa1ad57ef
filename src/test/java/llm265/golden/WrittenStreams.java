package llm265.golden;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.bitstream.Sei;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.syntax.VuiParameters;

/** Golden streams written syntax element by syntax element, for what our encoder never chooses. */
final class WrittenStreams {
  private WrittenStreams() {}

  static List<GoldenStream> all() {
    return List.of(
        new GoldenStream("syn-every-mb-type.264", "all 26 mb_type in turn, then random macroblocks, 112x96, 3 pictures",
            () -> everyMbType(ChromaFormat.YUV420)),
        new GoldenStream("syn-every-mb-type-monochrome.264", "the like without chroma",
            () -> everyMbType(ChromaFormat.MONOCHROME)),
        new GoldenStream("syn-no-8x8-transform.264", "Main profile: random macroblocks, transform_8x8_mode_flag 0, slice_type 2",
            WrittenStreams::mainProfile),
        new GoldenStream("syn-qp-delta.264", "random macroblocks, mb_qp_delta -26..25 with wrap-around", WrittenStreams::qpDelta),
        new GoldenStream("syn-large-levels.264", "random macroblocks, few and large levels, QP 0 to 4",
            WrittenStreams::largeLevels),
        new GoldenStream("syn-slices.264", "random macroblocks, slices of 1 to 9 macroblocks, QP and deblocking by slice",
            WrittenStreams::slices),
        new GoldenStream("syn-parameter-sets.264", "three SPS and PPS side by side: size, ids, pic_init_qp, POC type, controls",
            WrittenStreams::parameterSets),
        new GoldenStream("syn-nal-units.264", "3-byte start codes, zero bytes around, delimiters, filler, unknown types, "
            + "end of sequence, cabac_zero_words", WrittenStreams::nalUnits),
        new GoldenStream("syn-pcm-emulation.264", "I_PCM macroblocks of samples 0 to 3", WrittenStreams::emulation),
        new GoldenStream("syn-non-idr.264", "an IDR picture, then I pictures that are not IDR, nal_ref_idc 3 and 0, POC type 0",
            WrittenStreams::nonIdr));
  }

  static SeqParameterSet sps(int widthInMbs, int heightInMbs, ChromaFormat chroma) {
    return SeqParameterSet.forIntra(new PictureFormat(widthInMbs, heightInMbs, chroma, 8, 8, 0, 0, 0, 0), null);
  }

  static PicParameterSet pps() {
    return PicParameterSet.forIntra(true, -2, 3, null);
  }

  /** Header of a slice of an IDR picture, as {@link SliceHeader#forIntra} with a choice of QP and deblocking. */
  static SliceHeader header(int firstMb, int ppsId, int idrPicId, int qpY, int disableIdc, int alphaDiv2, int betaDiv2) {
    return new SliceHeader(
        new SliceOpening(3, true, firstMb, 7, ppsId, 0, 0, false, false, idrPicId, 0, 0, 0, 0, 0),
        DecRefPicMarking.NONE, qpY, disableIdc, disableIdc == 1 ? 0 : 2 * alphaDiv2, disableIdc == 1 ? 0 : 2 * betaDiv2, 0, 0);
  }

  /** A sequence parameter set of level 1.1 with the choices that slice headers depend on. */
  private static SeqParameterSet sps(
      int profileIdc, int id, int log2MaxFrameNum, PicOrderCnt picOrderCnt, PictureFormat format, VuiParameters vui) {
    return new SeqParameterSet(
        profileIdc, 0, 11, id, false, false, null, log2MaxFrameNum, picOrderCnt, 2, false, true, false, true, format, vui);
  }

  /** A picture parameter set without scaling lists; one switch for all flags that change little. */
  static PicParameterSet pps(
      int id, int spsId, int picInitQp, int cbOffset, int crOffset, boolean controls, boolean transform8x8) {
    return new PicParameterSet(
        id, spsId, true, false, null, controls ? 3 : 1, 1, controls, controls ? 1 : 0, picInitQp, 26, cbOffset, controls,
        controls, controls, transform8x8, null, crOffset);
  }

  static void write(ByteArrayOutputStream out, SeqParameterSet sps) {
    RbspWriter writer = new RbspWriter();
    sps.write(writer);
    out.writeBytes(writer.toNalUnit(3, NalUnit.SPS, true));
  }

  static void write(ByteArrayOutputStream out, PicParameterSet pps, ChromaFormat chroma) {
    RbspWriter writer = new RbspWriter();
    pps.write(writer, chroma);
    out.writeBytes(writer.toNalUnit(3, NalUnit.PPS, true));
  }

  private static byte[] everyMbType(ChromaFormat chroma) {
    SeqParameterSet sps = sps(7, 6, chroma);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, chroma);
    for (int picture = 0; picture < 3; picture++) {
      RandomMacroblocks source = new RandomMacroblocks(picture, sps, pps);
      // Plane prediction needs the row above: the first row is left to chance.
      source.typesInTurn = IntStream.rangeClosed(0, 33)
          .map(i -> i < 8 ? MbType.I_NXN : i - 8)
          .filter(type -> chroma == ChromaFormat.YUV420 || !MbType.isI16x16(type) || MbType.codedBlockPattern(type) < 16)
          .toArray();
      out.writeBytes(new SyntaxPicture(sps, pps).slice(header(0, 0, picture & 1, 20 + 8 * picture, picture, 0, 0), 42, source));
    }
    return out.toByteArray();
  }

  private static byte[] mainProfile() {
    PictureFormat format = new PictureFormat(6, 5, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    SeqParameterSet sps = sps(ProfileLevel.MAIN, 0, 8, PicOrderCnt.type0(6), format, null);
    PicParameterSet pps = pps(0, 0, 30, 5, 5, false, false);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, ChromaFormat.YUV420);
    SliceHeader header = new SliceHeader(
        new SliceOpening(1, true, 0, 2, 0, 0, 0, false, false, 300, 0, 0, 0, 0, 0), DecRefPicMarking.NONE, 27, 0, 0, 0, 0, 0);
    out.writeBytes(new SyntaxPicture(sps, pps).slice(header, 30, new RandomMacroblocks(5, sps, pps)));
    return out.toByteArray();
  }

  private static byte[] qpDelta() {
    SeqParameterSet sps = sps(8, 8, ChromaFormat.YUV420);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, ChromaFormat.YUV420);
    for (int picture = 0; picture < 4; picture++) {
      RandomMacroblocks source = new RandomMacroblocks(20 + picture, sps, pps);
      source.largestQpDelta = 26;
      out.writeBytes(new SyntaxPicture(sps, pps).slice(header(0, 0, picture & 1, 17 * picture, 0, 0, 0), 64, source));
    }
    return out.toByteArray();
  }

  private static byte[] largeLevels() {
    SeqParameterSet sps = sps(5, 5, ChromaFormat.YUV420);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, ChromaFormat.YUV420);
    RandomMacroblocks source = new RandomMacroblocks(30, sps, pps);
    source.mostLevels = 2;
    source.largestQpDelta = 1;
    out.writeBytes(new SyntaxPicture(sps, pps).slice(header(0, 0, 0, 2, 1, 0, 0), 25, source));
    return out.toByteArray();
  }

  private static byte[] slices() {
    SeqParameterSet sps = sps(6, 6, ChromaFormat.YUV420);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, ChromaFormat.YUV420);
    for (int picture = 0; picture < 2; picture++) {
      SyntaxPicture slices = new SyntaxPicture(sps, pps);
      RandomMacroblocks source = new RandomMacroblocks(40 + picture, sps, pps);
      source.largestQpDelta = 2;
      int first = 0;
      for (int slice = 0; first < 36; slice++) {
        int end = Math.min(36, first + 1 + (5 * slice + 3 * picture) % 9);
        int qpY = 12 + (11 * slice + 5 * picture) % 40;
        SliceHeader header = header(first, 0, picture, qpY, (slice + picture) % 3, slice % 13 - 6, 6 - (slice + picture) % 13);
        out.writeBytes(slices.slice(header, end, source));
        first = end;
      }
    }
    return out.toByteArray();
  }

  private static byte[] parameterSets() {
    PictureFormat small = new PictureFormat(3, 2, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    PictureFormat large = new PictureFormat(5, 4, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    PictureFormat cropped = new PictureFormat(4, 3, ChromaFormat.MONOCHROME, 8, 8, 1, 2, 3, 4);
    PicOrderCnt type1 = new PicOrderCnt(1, 0, false, -1, 1, List.of(2, -300));
    List<SeqParameterSet> sequences = List.of(
        sps(ProfileLevel.HIGH, 31, 16, PicOrderCnt.type0(16), small, null),
        sps(ProfileLevel.HIGH, 5, 4, PicOrderCnt.TYPE_2, large, VuiParameters.FULL_RANGE_INTRA),
        sps(ProfileLevel.HIGH, 0, 6, type1, cropped, VuiParameters.FULL_RANGE_INTRA));
    List<PicParameterSet> pictures = List.of(
        pps(255, 31, 0, 0, 0, false, false), pps(0, 5, 51, -12, 12, true, true), pps(7, 0, 40, 1, 1, true, true));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    sequences.forEach(sps -> write(out, sps));
    for (int i = 0; i < 3; i++) {
      write(out, pictures.get(i), sequences.get(i).format().chroma());
    }
    int[] order = {0, 1, 2, 1, 0};
    for (int i = 0; i < order.length; i++) {
      SeqParameterSet sps = sequences.get(order[i]);
      PicParameterSet pps = pictures.get(order[i]);
      RandomMacroblocks source = new RandomMacroblocks(50 + i, sps, pps);
      SliceHeader header = header(0, pps.id(), i, 16 + 7 * i, 0, 0, 0);
      out.writeBytes(new SyntaxPicture(sps, pps).slice(header, sps.format().sizeInMbs(), source));
    }
    return out.toByteArray();
  }

  private static byte[] nalUnits() {
    SeqParameterSet sps = sps(2, 2, ChromaFormat.YUV420);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[7]); // leading_zero_8bits
    for (int picture = 0; picture < 3; picture++) {
      RbspWriter delimiter = new RbspWriter();
      delimiter.writeBits(3, 0); // primary_pic_type: I
      delimiter.writeTrailingBits();
      out.writeBytes(delimiter.toNalUnit(0, NalUnit.ACCESS_UNIT_DELIMITER, true));
      write(out, sps);
      write(out, pps, ChromaFormat.YUV420);
      out.writeBytes(Sei.userDataUnregistered(new byte[16], new byte[300 * picture]));
      SyntaxPicture slices = new SyntaxPicture(sps, pps);
      RandomMacroblocks source = new RandomMacroblocks(60 + picture, sps, pps);
      byte[] first = slices.slice(header(0, 0, picture & 1, 30, 0, 0, 0), 2, source);
      // Only the first NAL unit of an access unit and parameter sets need zero_byte.
      out.write(first, 1, first.length - 1);
      out.writeBytes(new byte[] {0, 0, 3, 0, 0, 3}); // cabac_zero_words
      out.writeBytes(slices.slice(header(2, 0, picture & 1, 30, 0, 0, 0), 4, source));
      out.writeBytes(new byte[picture]); // trailing_zero_8bits
      RbspWriter filler = new RbspWriter();
      filler.writeBytes(filled(40, 0xFF), 0, 40);
      filler.writeTrailingBits();
      out.writeBytes(filler.toNalUnit(0, NalUnit.FILLER_DATA, false));
      RbspWriter unknown = new RbspWriter();
      unknown.writeBytes(filled(9, 0), 0, 9);
      unknown.writeTrailingBits();
      out.writeBytes(unknown.toNalUnit(0, 30, false));
      if (picture == 1) {
        out.writeBytes(new RbspWriter().toNalUnit(0, NalUnit.END_OF_SEQUENCE, false));
      }
    }
    out.writeBytes(new RbspWriter().toNalUnit(0, NalUnit.END_OF_STREAM, false));
    return out.toByteArray();
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static byte[] emulation() {
    SeqParameterSet sps = sps(2, 2, ChromaFormat.YUV420);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, ChromaFormat.YUV420);
    RandomMacroblocks random = new RandomMacroblocks(70, sps, pps);
    out.writeBytes(new SyntaxPicture(sps, pps).slice(header(0, 0, 0, 26, 0, 0, 0), 4, (mb, neighbours, qpYPred) -> {
      random.fill(mb, neighbours, qpYPred);
      mb.clearResidual();
      mb.mbType = MbType.I_PCM;
      mb.mbQpDelta = 0;
      mb.codedBlockPattern = 0x2F;
      mb.transformSize8x8Flag = false;
      for (int i = 0; i < 384; i++) {
        // Runs of zeros of all short lengths, each before one of 0x00 to 0x03.
        mb.pcmSamples[i] = (short) (i % 7 < 4 ? 0 : (i / 7 + mb.mbAddr) % 4);
      }
    }));
    return out.toByteArray();
  }

  private static byte[] nonIdr() {
    PictureFormat format = new PictureFormat(4, 4, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    SeqParameterSet sps = sps(ProfileLevel.HIGH, 0, 4, PicOrderCnt.type0(5), format, VuiParameters.FULL_RANGE_INTRA);
    PicParameterSet pps = pps();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, sps);
    write(out, pps, ChromaFormat.YUV420);
    int frameNum = 0;
    for (int picture = 0; picture < 6; picture++) {
      boolean idr = picture == 0;
      int nalRefIdc = picture % 3 == 2 ? 0 : 3;
      DecRefPicMarking marking = picture == 4
          ? new DecRefPicMarking(false, false, true, List.of(new DecRefPicMarking.Operation(1, 0, 0)))
          : DecRefPicMarking.NONE;
      SliceHeader header = new SliceHeader(
          new SliceOpening(nalRefIdc, idr, 0, 7, 0, 0, frameNum, false, false, 0, 2 * picture, 0, 0, 0, 0),
          nalRefIdc == 0 ? null : marking, 24 + picture, 0, 0, 0, 0, 0);
      out.writeBytes(new SyntaxPicture(sps, pps).slice(header, 16, new RandomMacroblocks(80 + picture, sps, pps)));
      frameNum += nalRefIdc != 0 ? 1 : 0;
    }
    return out.toByteArray();
  }
}
