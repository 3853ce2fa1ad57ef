package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;
import llm265.h264.written.ReferenceEncodingEngine;

/**
 * Holds the trace of a stream against its bits, by the flowcharts of the standard: what is coded without CABAC must be there bit
 * by bit, without gaps; traced bins must leave the reference decoder in the states that the trace tells of; and the reference
 * encoder must make of them the bytes that the slice has.
 */
public final class TraceReplay implements SyntaxListener {
  private NalUnit nalUnit;
  private NalUnit.Rbsp rbsp;
  private boolean cabac;
  private boolean leftOut;

  /** Codes of what CABAC does not code, up to the arithmetic code. */
  private final StringBuilder bits = new StringBuilder();

  /** pcm_sample_luma and pcm_sample_chroma that have come and are not coded yet. */
  private final StringBuilder pcm = new StringBuilder();

  /** First byte of the arithmetic code, of the slice or behind an I_PCM macroblock's samples. */
  private int codeStart;

  private int sliceDataStart;

  /** The slice's RBSP, but with all alignment bits 0 that are to be: x264 sets the last of them in some slices. */
  private byte[] expected;
  private ContextVariables encoderContexts;
  private ContextVariables decoderContexts;
  private ReferenceEncodingEngine encoder;
  private ReferenceDecodingEngine decoder;
  private int zeroWords;
  private long bins;
  private int cabacSlices;
  private int cavlcSlices;

  private TraceReplay() {}

  /** What has been replayed. */
  public record Counts(int cabacSlices, int cavlcSlices, long bins) {}

  /** Replays a sound stream. */
  public static Counts check(byte[] stream) {
    TraceReplay replay = new TraceReplay();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, replay);
    replay.endNalUnit();
    return new Counts(replay.cabacSlices, replay.cavlcSlices, replay.bins);
  }

  @Override
  public void nalUnit(NalUnit begun) {
    endNalUnit();
    nalUnit = begun;
    rbsp = begun.rbsp();
    bits.setLength(0);
    pcm.setLength(0);
    cabac = false;
    leftOut = false;
    zeroWords = 0;
  }

  @Override
  public void sliceData(TracedSlice slice) {
    assertThat(bits).as("slice_header of NAL unit %d", nalUnit.index()).hasSize(slice.header().sliceDataBitOffset());
    cabac = slice.pps().entropyCodingModeFlag();
    if (cabac) {
      cabacSlices++;
      expected = rbsp.data().clone();
      sliceDataStart = (slice.header().sliceDataBitOffset() + 7) >> 3;
      encoderContexts = new ContextVariables();
      encoderContexts.init(slice.header().sliceQpY());
      decoderContexts = new ContextVariables();
      decoderContexts.copyFrom(encoderContexts);
      encoder = new ReferenceEncodingEngine(encoderContexts);
      startDecoder(sliceDataStart);
    } else {
      cavlcSlices++;
    }
  }

  private void startDecoder(int from) {
    codeStart = from;
    decoder = new ReferenceDecodingEngine(Arrays.copyOfRange(rbsp.data(), from, rbsp.length()), decoderContexts);
  }

  @Override
  public void leftOut(String sentence) {
    leftOut = true;
  }

  @Override
  public void element(SyntaxElement element) {
    if (!element.bins().isEmpty()) {
      replay(element);
      return;
    }
    if (element.code().startsWith("x")) {
      return;
    }
    assertThat(element.code()).as("%s of NAL unit %d", element.name(), nalUnit.index())
        .isEqualTo(bitsAt(element.bitPosition(), element.bits()));
    if (element.name().startsWith("pcm_sample") && cabac) {
      pcm.append(element.code());
    } else if (element.name().equals("pcm_alignment_zero_bit") && cabac) {
      assertThat(element.bitPosition()).isGreaterThanOrEqualTo(8L * codeStart + decoder.bitPosition());
      clear(element.bitPosition());
    } else if (element.name().equals("cabac_zero_word")) {
      zeroWords++;
    } else if (cabac && element.structure().equals("rbsp_trailing_bits")) {
      if (element.name().equals("rbsp_stop_one_bit")) {
        assertThat(element.value()).isEqualTo(1);
        assertThat(element.bitPosition()).isEqualTo(8L * codeStart + decoder.bitPosition() - 1);
      } else {
        clear(element.bitPosition());
      }
    } else {
      if (nalUnit.nalUnitType() != NalUnit.SEI) {
        assertThat(element.bitPosition()).as(element.name()).isEqualTo(bits.length());
      }
      bits.append(element.code());
    }
  }

  private void clear(long position) {
    expected[(int) (position / 8)] &= (byte) ~(0x80 >> position % 8);
  }

  private String bitsAt(long position, long count) {
    StringBuilder text = new StringBuilder();
    for (long at = position; at < position + count; at++) {
      text.append((rbsp.data()[(int) (at / 8)] & (0x80 >> at % 8)) == 0 ? '0' : '1');
    }
    return text.toString();
  }

  private void replay(SyntaxElement element) {
    if (!pcm.isEmpty()) {
      byte[] samples = new byte[pcm.length() / 8];
      Arrays.setAll(new int[samples.length], i -> samples[i] = (byte) Integer.parseInt(pcm.substring(8 * i, 8 * i + 8), 2));
      encoder.writePcm(samples);
      startDecoder(((8 * codeStart + decoder.bitPosition() + 7) >> 3) + samples.length);
      pcm.setLength(0);
    }
    assertThat(element.bitPosition()).isEqualTo(element.bins().getFirst().bitPosition());
    StringBuilder code = new StringBuilder();
    for (SyntaxElement.Bin bin : element.bins()) {
      code.append(bin.binVal());
      boolean sameState = bin.codIRange() == decoder.codIRange() && bin.codIOffset() == decoder.codIOffset()
          && bin.bitPosition() == 8L * codeStart + decoder.bitPosition()
          && (!bin.hasContext()
              || decoderContexts.packedState(bin.ctxIdx()) == ((bin.pStateIdx() << 1) | bin.valMps()));
      if (!sameState) {
        throw new AssertionError("NAL unit " + nalUnit.index() + ", " + element.name() + ": " + bin);
      }
      int ctxIdx = switch (bin.ctxIdx()) {
        case SyntaxTrace.BYPASS -> BinString.BYPASS;
        case SyntaxTrace.TERMINATE -> BinString.TERMINATE;
        default -> bin.ctxIdx();
      };
      int decoded = ctxIdx == BinString.BYPASS ? decoder.decodeBypass()
          : ctxIdx == BinString.TERMINATE ? decoder.decodeTerminate() : decoder.decodeDecision(ctxIdx);
      assertThat(decoded).isEqualTo(bin.binVal());
      encoder.encode((ctxIdx << 1) | bin.binVal());
      bins++;
    }
    assertThat(code).hasToString(element.code());
    assertThat(element.bitPosition() + element.bits()).isEqualTo(8L * codeStart + decoder.bitPosition());
  }

  private void endNalUnit() {
    if (nalUnit == null) {
      return;
    }
    String name = "NAL unit " + nalUnit.index() + " of type " + nalUnit.nalUnitType();
    if (cabac) {
      assertThat(encoder.toByteArray()).as(name)
          .isEqualTo(Arrays.copyOfRange(expected, sliceDataStart, rbsp.length() - 2 * zeroWords));
    } else if (!leftOut && !bits.isEmpty() && isListedWhole(nalUnit.nalUnitType())) {
      assertThat(bits).as(name).hasToString(bitsAt(0, 8L * rbsp.length()));
    }
  }

  /** Of SEI messages the alignment of payloads has no name, and slices that are not decoded have data. */
  private boolean isListedWhole(int nalUnitType) {
    return switch (nalUnitType) {
      case NalUnit.SPS, NalUnit.PPS, NalUnit.ACCESS_UNIT_DELIMITER -> true;
      case NalUnit.SLICE_IDR, NalUnit.SLICE_NON_IDR -> true;
      default -> false;
    };
  }
}
