package llm265.golden;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import llm265.h264.ChromaFormat;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CabacEncodingEngine;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/** Golden streams with one fault each. All begin with the same sound parameter sets and a sound picture of 3x3 macroblocks. */
final class MalformedStreams {
  private static final SeqParameterSet SPS = WrittenStreams.sps(3, 3, ChromaFormat.YUV420);
  private static final PicParameterSet PPS = PicParameterSet.forIntra(true, 0, 0, null);
  private static final int MACROBLOCKS = 9;

  private MalformedStreams() {}

  static List<GoldenStream> all() {
    return List.of(
        of("bad-slice-truncated.264", "slice_data cut off in its middle", out -> cut(out, slice(header(0)), 0.5)),
        of("bad-slice-header-truncated.264", "slice_header() cut off after two bytes", out ->
            out.write(slice(header(0)), 0, 4 + 1 + 2)),
        of("bad-no-slice-data.264", "a slice that ends with its header",
            out -> raw(out, rbsp -> header(0).write(rbsp, SPS, PPS))),
        of("bad-over-read.264", "a slice that goes on after its data, by one macroblock too many", out -> overRead(out)),
        of("bad-past-the-picture.264", "no end_of_slice_flag at the last macroblock", MalformedStreams::pastThePicture),
        of("bad-macroblocks-missing.264", "a picture whose last three macroblocks are in no slice", out ->
            out.writeBytes(picture().slice(header(0), 6, random(3)))),
        of("bad-macroblocks-twice.264", "two slices with the same macroblocks", MalformedStreams::macroblocksTwice),
        of("bad-first-mb.264", "first_mb_in_slice beyond the picture", out -> raw(out, rbsp -> header(9).write(rbsp, SPS, PPS))),
        of("bad-slice-type.264", "slice_type 10", out -> raw(out, rbsp -> {
          rbsp.writeUe(0);
          rbsp.writeUe(10);
        })),
        of("bad-pps-id.264", "pic_parameter_set_id of a set that was not sent", out -> raw(out, rbsp -> {
          rbsp.writeUe(0);
          rbsp.writeUe(7);
          rbsp.writeUe(3);
        })),
        of("bad-pps-id-range.264", "pic_parameter_set_id 256", out -> raw(out, rbsp -> {
          rbsp.writeUe(0);
          rbsp.writeUe(7);
          rbsp.writeUe(256);
        })),
        of("bad-sps-missing.264", "a picture parameter set for a sequence parameter set that was not sent",
            MalformedStreams::missingSps),
        of("bad-slice-qp.264", "SliceQPY 52", out -> raw(out, rbsp -> headerUpToQp(rbsp, 26))),
        of("bad-deblocking-idc.264", "disable_deblocking_filter_idc 3", out -> raw(out, rbsp -> {
          headerUpToQp(rbsp, 0);
          rbsp.writeUe(3);
        })),
        of("bad-deblocking-offset.264", "slice_alpha_c0_offset_div2 7", out -> raw(out, rbsp -> {
          headerUpToQp(rbsp, 0);
          rbsp.writeUe(0);
          rbsp.writeSe(7);
        })),
        of("bad-intra-mode.264", "Intra_16x16 vertical prediction in the first row", MalformedStreams::impossibleMode),
        of("bad-chroma-mode.264", "plane prediction of chroma in the first macroblock", MalformedStreams::impossibleChromaMode),
        of("bad-qp-delta.264", "mb_qp_delta 26", MalformedStreams::qpDelta),
        of("bad-level.264", "coeff_abs_level_minus1 with a suffix of more than 22 prefix bins", MalformedStreams::endlessLevel),
        of("bad-pcm-truncated.264", "I_PCM with 100 of its 384 samples", MalformedStreams::truncatedPcm),
        of("bad-ue-too-long.264", "pic_width_in_mbs_minus1 of 40 leading zero bits", out -> sps(out, rbsp -> {
          upToPictureSize(rbsp);
          rbsp.writeBits(40 - 32, 0);
          rbsp.writeBits(32, 0);
          rbsp.writeBits(32, 0xFFFFFFFFL);
        })),
        of("bad-picture-size.264", "a picture of 4096x4096 macroblocks", out -> sps(out, rbsp -> {
          upToPictureSize(rbsp);
          rbsp.writeUe(4095);
          rbsp.writeUe(4095);
          rbsp.writeBits(2, 3);
        })),
        of("bad-cropping.264", "cropping that leaves no column", out -> sps(out, rbsp -> {
          upToPictureSize(rbsp);
          rbsp.writeUe(2);
          rbsp.writeUe(2);
          rbsp.writeBits(3, 7); // frame_mbs_only_flag, direct_8x8_inference_flag, frame_cropping_flag
          rbsp.writeUe(12);
          rbsp.writeUe(12);
        })),
        of("bad-chroma-format.264", "chroma_format_idc 4", out -> sps(out, rbsp -> {
          rbsp.writeBits(24, (100 << 16) | 10);
          rbsp.writeUe(0);
          rbsp.writeUe(4);
        })),
        of("bad-bit-depth.264", "bit_depth_luma_minus8 7", out -> sps(out, rbsp -> {
          rbsp.writeBits(24, (100 << 16) | 10);
          rbsp.writeUe(0);
          rbsp.writeUe(1);
          rbsp.writeUe(7);
        })),
        of("bad-scaling-list.264", "delta_scale 128", out -> sps(out, rbsp -> {
          rbsp.writeBits(24, (100 << 16) | 10);
          rbsp.writeUe(0);
          rbsp.writeUe(1);
          rbsp.writeUe(0);
          rbsp.writeUe(0);
          rbsp.writeBits(3, 3); // bypass flag, matrix present, list 0 present
          rbsp.writeSe(128);
        })),
        of("bad-sps-truncated.264", "a sequence parameter set of two bytes", out ->
            out.writeBytes(new byte[] {0, 0, 0, 1, 0x67, 100, 0x10})),
        of("bad-forbidden-bit.264", "forbidden_zero_bit 1", MalformedStreams::forbiddenBit),
        of("bad-sei-size.264", "an SEI message longer than its NAL unit", out -> {
          RbspWriter rbsp = new RbspWriter();
          rbsp.writeBits(16, (5 << 8) | 200);
          rbsp.writeBits(32, 1);
          rbsp.writeTrailingBits();
          out.writeBytes(rbsp.toNalUnit(0, NalUnit.SEI, true));
        }));
  }

  private static GoldenStream of(String file, String fault, Consumer<ByteArrayOutputStream> rest) {
    return new GoldenStream(file, fault, () -> {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      WrittenStreams.write(out, SPS);
      WrittenStreams.write(out, PPS, ChromaFormat.YUV420);
      out.writeBytes(picture().slice(WrittenStreams.header(0, 0, 1, 30, 0, 0, 0), MACROBLOCKS, random(1)));
      rest.accept(out);
      return out.toByteArray();
    });
  }

  private static SyntaxPicture picture() {
    return new SyntaxPicture(SPS, PPS);
  }

  private static SliceHeader header(int firstMb) {
    return WrittenStreams.header(firstMb, 0, 0, 30, 0, 0, 0);
  }

  private static RandomMacroblocks random(long seed) {
    RandomMacroblocks source = new RandomMacroblocks(seed, SPS, PPS);
    source.pcmOneIn = 0;
    return source;
  }

  private static byte[] slice(SliceHeader header) {
    return picture().slice(header, MACROBLOCKS, random(2));
  }

  private static void cut(ByteArrayOutputStream out, byte[] nalUnit, double part) {
    int length = (int) (part * nalUnit.length);
    while (nalUnit[length - 1] == 0) {
      length--;
    }
    out.write(nalUnit, 0, length);
  }

  /** A slice NAL unit with what the caller writes. */
  private static void raw(ByteArrayOutputStream out, Consumer<RbspWriter> elements) {
    nalUnit(out, NalUnit.SLICE_IDR, elements);
  }

  private static void sps(ByteArrayOutputStream out, Consumer<RbspWriter> elements) {
    nalUnit(out, NalUnit.SPS, elements);
  }

  private static void nalUnit(ByteArrayOutputStream out, int type, Consumer<RbspWriter> elements) {
    RbspWriter rbsp = new RbspWriter();
    elements.accept(rbsp);
    rbsp.writeTrailingBits();
    out.writeBytes(rbsp.toNalUnit(3, type, true));
  }

  /** A slice header up to slice_qp_delta. */
  private static void headerUpToQp(RbspWriter rbsp, int sliceQpDelta) {
    rbsp.writeUe(0); // first_mb_in_slice
    rbsp.writeUe(7); // slice_type
    rbsp.writeUe(0); // pic_parameter_set_id
    rbsp.writeBits(4, 0); // frame_num
    rbsp.writeUe(0); // idr_pic_id
    rbsp.writeBits(2, 0); // dec_ref_pic_marking()
    rbsp.writeSe(sliceQpDelta);
  }

  /** A sequence parameter set of the High profile up to max_num_ref_frames and its gaps flag. */
  private static void upToPictureSize(RbspWriter rbsp) {
    rbsp.writeBits(24, (100 << 16) | 10);
    rbsp.writeUe(0); // seq_parameter_set_id
    rbsp.writeUe(1); // chroma_format_idc
    rbsp.writeUe(0);
    rbsp.writeUe(0);
    rbsp.writeBits(2, 0);
    rbsp.writeUe(0); // log2_max_frame_num_minus4
    rbsp.writeUe(2); // pic_order_cnt_type
    rbsp.writeUe(1); // max_num_ref_frames
    rbsp.writeBits(1, 0);
  }

  /** A slice from bins that are written by hand. */
  private static void slice(ByteArrayOutputStream out, Consumer<BinString> elements) {
    raw(out, header(0), bytes(elements));
  }

  private static void raw(ByteArrayOutputStream out, SliceHeader header, byte[] data) {
    RbspWriter rbsp = new RbspWriter();
    header.write(rbsp, SPS, PPS);
    rbsp.alignWithOnes();
    rbsp.writeBytes(data, 0, data.length);
    out.writeBytes(rbsp.toNalUnit(3, NalUnit.SLICE_IDR, true));
  }

  private static byte[] bytes(Consumer<BinString> elements) {
    BinString bins = new BinString();
    elements.accept(bins);
    bins.terminate(1);
    CabacEncodingEngine engine = new CabacEncodingEngine();
    ContextVariables contexts = new ContextVariables();
    contexts.init(30);
    engine.init();
    engine.encode(bins, contexts);
    return engine.toByteArray();
  }

  /** The bins of mb_type I_16x16_mode_0_0 in the first macroblock. */
  private static void i16x16(BinString bins, int mode) {
    bins.decision(3, 1);
    bins.terminate(0);
    bins.decision(3 + 3, 0);
    bins.decision(3 + 4, 0);
    bins.decision(3 + 6, mode >> 1);
    bins.decision(3 + 7, mode & 1);
  }

  private static void impossibleMode(ByteArrayOutputStream out) {
    slice(out, bins -> {
      i16x16(bins, 0);
      bins.decision(64, 0); // intra_chroma_pred_mode
      bins.decision(60, 0); // mb_qp_delta
      bins.decision(85, 0); // coded_block_flag of the DC levels
    });
  }

  private static void impossibleChromaMode(ByteArrayOutputStream out) {
    slice(out, bins -> {
      i16x16(bins, 2);
      bins.decision(64, 1);
      bins.decision(64 + 3, 1);
      bins.decision(64 + 3, 1);
      bins.decision(60, 0);
      bins.decision(85 + 3, 0);
    });
  }

  private static void qpDelta(ByteArrayOutputStream out) {
    slice(out, bins -> {
      i16x16(bins, 2);
      bins.decision(64, 0);
      for (int bin = 0; bin < 51; bin++) {
        bins.decision(60 + (bin == 0 ? 0 : bin == 1 ? 2 : 3), 1);
      }
      bins.decision(60 + 3, 0);
    });
  }

  private static void endlessLevel(ByteArrayOutputStream out) {
    slice(out, bins -> {
      i16x16(bins, 2);
      bins.decision(64, 0);
      bins.decision(60, 0);
      // An unavailable neighbour of an intra macroblock counts as coded: ctxIdxInc 3.
      bins.decision(85 + 3, 1);
      bins.decision(105, 1); // significant_coeff_flag of the first level
      bins.decision(166, 1); // last_significant_coeff_flag
      bins.decision(227 + 1, 1);
      for (int bin = 1; bin < 14; bin++) {
        bins.decision(227 + 5, 1);
      }
      for (int bin = 0; bin < 100; bin++) {
        bins.bypass(1);
      }
    });
  }

  private static void truncatedPcm(ByteArrayOutputStream out) {
    byte[] data = bytes(bins -> bins.decision(3, 1));
    // bytes() ends with the terminating bin, which is the second bin of I_PCM.
    byte[] withSamples = Arrays.copyOf(data, data.length + 100);
    Arrays.fill(withSamples, data.length, withSamples.length, (byte) 77);
    raw(out, header(0), withSamples);
  }

  private static void overRead(ByteArrayOutputStream out) {
    byte[] whole = slice(header(0));
    // Without its last bytes, the arithmetic code still begins well and runs out near the end.
    out.write(whole, 0, whole.length - 9);
    out.write(0x80);
  }

  private static void pastThePicture(ByteArrayOutputStream out) {
    // The same slice is sound in a picture of 3x4 macroblocks.
    SeqParameterSet taller = WrittenStreams.sps(3, 4, ChromaFormat.YUV420);
    out.writeBytes(new SyntaxPicture(taller, PPS).slice(header(0), 12, random(4)));
  }

  private static void macroblocksTwice(ByteArrayOutputStream out) {
    SyntaxPicture one = picture();
    out.writeBytes(one.slice(header(0), 5, random(5)));
    SyntaxPicture other = picture();
    out.writeBytes(other.slice(header(3), MACROBLOCKS, random(6)));
  }

  private static void missingSps(ByteArrayOutputStream out) {
    PicParameterSet orphan = WrittenStreams.pps(1, 9, 26, 0, 0, true, false);
    WrittenStreams.write(out, orphan, ChromaFormat.YUV420);
    raw(out, rbsp -> {
      rbsp.writeUe(0);
      rbsp.writeUe(7);
      rbsp.writeUe(1);
    });
  }

  private static void forbiddenBit(ByteArrayOutputStream out) {
    byte[] bytes = slice(header(0));
    for (NalUnit nalUnit : new ByteStream(bytes)) {
      bytes[(int) nalUnit.offset()] |= (byte) 0x80;
    }
    out.writeBytes(bytes);
  }
}
