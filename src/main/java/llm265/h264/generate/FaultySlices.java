package llm265.h264.generate;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.intra.IntraPredModes;
import llm265.h264.macroblock.MbType;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.PictureSyntax;
import llm265.h264.written.Sets;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;

/** Writes what has a {@link StreamFault}: a slice of an IDR picture, or a NAL unit of another kind. */
final class FaultySlices {
  /** idr_pic_id of the picture with the fault, which none before it has. */
  private static final int IDR_PIC_ID = 7;

  private final StreamPlan plan;
  private final SeqParameterSet sps;
  private final PicParameterSet pps;
  private final PictureSyntax picture;
  private final boolean field;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private FaultySlices(StreamPlan plan, SyntaxStream stream) {
    this.plan = plan;
    sps = stream.sps();
    SyntaxStream.Coded first = stream.pictures().getFirst();
    pps = withControls(first.slices().getFirst().pps());
    picture = first.picture();
    field = first.slices().getFirst().header().fieldPicFlag();
    picture.forgetSlices();
  }

  /** A stream with a fault behind it; {@code stream}, which {@code before} was written of, is changed. */
  static byte[] append(byte[] before, StreamFault fault, StreamPlan plan, SyntaxStream stream) {
    FaultySlices faulty = new FaultySlices(plan, stream);
    faulty.out.writeBytes(before);
    faulty.out.writeBytes(Sets.nalUnit(faulty.pps, stream.sps()));
    if (!faulty.ofMacroblocks(fault) && !faulty.ofHeader(fault)) {
      faulty.ofOtherUnits(fault);
    }
    return faulty.out.toByteArray();
  }

  /** The picture parameter set with syntax for the deblocking filter. */
  private static PicParameterSet withControls(PicParameterSet pps) {
    return new PicParameterSet(pps.id(), pps.spsId(), pps.entropyCodingModeFlag(), false, null, 1, 1, false, 0, pps.picInitQp(),
        26, pps.chromaQpIndexOffset(), true, false, false, pps.transform8x8ModeFlag(), pps.scalingMatrix(),
        pps.secondChromaQpIndexOffset());
  }

  private SliceHeader header(int firstMb, int sliceType, int ppsId, int qpY, int idc, int offset) {
    return new SliceHeader(
        new SliceOpening(3, true, firstMb, sliceType, ppsId, 0, 0, field, false, IDR_PIC_ID, 0, 0, 0, 0, 0),
        DecRefPicMarking.NONE, qpY, idc, offset, 0, 0, 0);
  }

  private SliceHeader sound(int firstMb) {
    return header(firstMb, 7, pps.id(), 26, 1, 0);
  }

  private byte[] slice(int number, int from, int to) {
    int[] addresses = IntStream.range(from, to).toArray();
    return new SliceSyntax(number, addresses, sound(from / (picture.mbaff ? 2 : 1)), pps).write(picture, sps);
  }

  /** Macroblocks without residual that a slice of them alone may have. */
  private void plain() {
    for (int i = 0; i < picture.size(); i++) {
      MacroblockSyntax mb = new MacroblockSyntax();
      mb.mbType = MbType.ofI16x16(IntraPredModes.DC, 0, false);
      picture.mbs[i] = mb;
    }
  }

  private MacroblockSyntax first(int mbType) {
    plain();
    picture.mbs[0].mbType = mbType;
    return picture.mbs[0];
  }

  private boolean ofMacroblocks(StreamFault fault) {
    int size = picture.size();
    switch (fault) {
      case SLICE_TRUNCATED -> {
        dense();
        byte[] whole = slice(0, 0, size);
        out.writeBytes(withoutZeros(whole, whole.length / 2));
        return true;
      }
      case MACROBLOCKS_MISSING -> {
        plain();
        out.writeBytes(slice(0, 0, size - 4));
        return true;
      }
      case MACROBLOCKS_TWICE -> {
        plain();
        out.writeBytes(slice(0, 0, 4));
        out.writeBytes(slice(1, 2, size));
        return true;
      }
      case MB_TYPE -> first(26);
      case INTRA_4X4_MODE -> {
        MacroblockSyntax mb = first(MbType.I_NXN);
        Arrays.fill(mb.intraPredModes, IntraPredModes.DC);
        mb.intraPredModes[0] = IntraPredModes.VERTICAL;
      }
      case INTRA_16X16_MODE -> first(MbType.ofI16x16(IntraPredModes.PLANE_16X16, 0, false));
      case CHROMA_MODE -> first(MbType.ofI16x16(IntraPredModes.DC, 0, false)).intraChromaPredMode = IntraPredModes.CHROMA_PLANE;
      case QP_DELTA -> first(MbType.ofI16x16(IntraPredModes.DC, 0, false)).mbQpDelta = 26 + sps.qpBdOffsetY() / 2;
      case LEVEL -> first(MbType.ofI16x16(IntraPredModes.DC, 0, false)).dcLevels[0][0] = 1 << 25;
      case PCM_TRUNCATED -> {
        first(MbType.I_PCM);
        Arrays.fill(picture.mbs[0].pcmSamples, 77);
        out.writeBytes(Arrays.copyOf(slice(0, 0, size), 110));
        return true;
      }
      default -> {
        return false;
      }
    }
    out.writeBytes(slice(0, 0, size));
    return true;
  }

  /** I_PCM of random samples: no cut of it is a whole slice. */
  private void dense() {
    SplittableRandom random = new SplittableRandom(plan.seed());
    plain();
    for (MacroblockSyntax mb : picture.mbs) {
      mb.mbType = MbType.I_PCM;
      Arrays.setAll(mb.pcmSamples, i -> 1 + random.nextInt(255));
    }
  }

  private boolean ofHeader(StreamFault fault) {
    int units = picture.size() / (picture.mbaff ? 2 : 1);
    SliceHeader header = switch (fault) {
      case NO_SLICE_DATA, SLICE_HEADER_TRUNCATED, PAST_THE_PICTURE -> sound(0);
      case FIRST_MB -> sound(units);
      case SLICE_TYPE -> header(0, 10, pps.id(), 26, 1, 0);
      case PPS_MISSING -> header(0, 7, 200, 26, 1, 0);
      case PPS_ID -> header(0, 7, 256, 26, 1, 0);
      case SLICE_QP -> header(0, 7, pps.id(), 52, 1, 0);
      case DEBLOCKING_IDC -> header(0, 7, pps.id(), 26, 3, 0);
      case DEBLOCKING_OFFSET -> header(0, 7, pps.id(), 26, 0, 14);
      default -> null;
    };
    if (header == null) {
      return false;
    }
    if (fault == StreamFault.PAST_THE_PICTURE) {
      pastThePicture();
      return true;
    }
    RbspWriter rbsp = new RbspWriter();
    header.write(rbsp, sps, pps);
    rbsp.writeTrailingBits();
    byte[] unit = rbsp.toNalUnit(3, NalUnit.SLICE_IDR, true);
    out.writeBytes(fault == StreamFault.SLICE_HEADER_TRUNCATED ? Arrays.copyOf(unit, 6) : unit);
    return true;
  }

  /** The slice is sound in a picture of two rows more. */
  private void pastThePicture() {
    PictureSyntax taller = new PictureSyntax(picture.widthInMbs, picture.heightInMbs + 2, picture.mbaff, picture.chroma);
    plain();
    for (int i = 0; i < taller.size(); i++) {
      taller.mbs[i] = picture.mbs[i % picture.size()];
    }
    out.writeBytes(new SliceSyntax(0, IntStream.range(0, taller.size()).toArray(), sound(0), pps).write(taller, sps));
  }

  private static byte[] withoutZeros(byte[] nalUnit, int length) {
    int end = length;
    while (nalUnit[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(nalUnit, end);
  }

  private void ofOtherUnits(StreamFault fault) {
    switch (fault) {
      case SPS_MISSING -> {
        nalUnit(NalUnit.PPS, List.of(201, sps.id() == 9 ? 8 : 9), rbsp -> rbsp.writeBits(2, 0));
        nalUnit(NalUnit.SLICE_IDR, List.of(0, 7, 201), rbsp -> { });
      }
      case UE_TOO_LONG -> sps(rbsp -> {
        upToPictureSize(rbsp);
        rbsp.writeBits(8, 0);
        rbsp.writeBits(32, 0);
        rbsp.writeBits(32, 0xFFFFFFFFL);
      });
      case PICTURE_SIZE -> sps(rbsp -> {
        upToPictureSize(rbsp);
        rbsp.writeUe(4095);
        rbsp.writeUe(4095);
        rbsp.writeBits(2, 3);
      });
      case CROP -> sps(rbsp -> {
        upToPictureSize(rbsp);
        rbsp.writeUe(2);
        rbsp.writeUe(2);
        rbsp.writeBits(3, 7); // frame_mbs_only_flag, direct_8x8_inference_flag, frame_cropping_flag
        rbsp.writeUe(12);
        rbsp.writeUe(12);
      });
      case CHROMA_FORMAT -> formats(List.of(4), rbsp -> { });
      case BIT_DEPTH -> formats(List.of(1, 7), rbsp -> { });
      case SCALING_LIST -> formats(List.of(1, 0, 0), rbsp -> {
        rbsp.writeBits(3, 3); // no bypass, a matrix, its first list
        rbsp.writeSe(128);
      });
      case SPS_TRUNCATED -> out.writeBytes(new byte[] {0, 0, 0, 1, 0x67, 100, 0x10});
      case FORBIDDEN_BIT -> {
        plain();
        byte[] unit = slice(0, 0, picture.size());
        unit[4] |= (byte) 0x80;
        out.writeBytes(unit);
      }
      case SEI_SIZE -> nalUnit(NalUnit.SEI, List.of(), rbsp -> {
        rbsp.writeBits(16, (5 << 8) | 200);
        rbsp.writeBits(32, 1);
      });
      default -> throw new IllegalArgumentException("" + fault);
    }
  }

  /** A NAL unit of ue(v) elements and what a caller writes. */
  private void nalUnit(int type, List<Integer> elements, Consumer<RbspWriter> rest) {
    RbspWriter rbsp = new RbspWriter();
    elements.forEach(rbsp::writeUe);
    rest.accept(rbsp);
    rbsp.writeTrailingBits();
    out.writeBytes(rbsp.toNalUnit(type == NalUnit.SEI ? 0 : 3, type, true));
  }

  private void sps(Consumer<RbspWriter> elements) {
    nalUnit(NalUnit.SPS, List.of(), elements);
  }

  /** A sequence parameter set of the High profile with elements from chroma_format_idc on. */
  private void formats(List<Integer> elements, Consumer<RbspWriter> rest) {
    sps(rbsp -> {
      rbsp.writeBits(24, (100 << 16) | 10);
      rbsp.writeUe(sps.id());
      elements.forEach(rbsp::writeUe);
      rest.accept(rbsp);
    });
  }

  /** The same up to max_num_ref_frames and its gaps flag. */
  private void upToPictureSize(RbspWriter rbsp) {
    rbsp.writeBits(24, (100 << 16) | 10);
    rbsp.writeUe(sps.id());
    rbsp.writeUe(1); // chroma_format_idc
    rbsp.writeUe(0);
    rbsp.writeUe(0);
    rbsp.writeBits(2, 0);
    rbsp.writeUe(0); // log2_max_frame_num_minus4
    rbsp.writeUe(2); // pic_order_cnt_type
    rbsp.writeUe(1); // max_num_ref_frames
    rbsp.writeBits(1, 0);
  }
}
