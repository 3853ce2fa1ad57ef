package llm265.h264.decode;

import java.util.Arrays;
import llm265.h264.DecoderLimits;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;

/**
 * 7.4.1.2.1 The parameter sets received so far.
 *
 * <p>A picture parameter set is parsed when it is asked for, since its syntax depends on the sequence parameter set that is there
 * by then. A set that is sent again unchanged stays the same object, so that what was derived from it stays valid.
 */
final class ParameterSets {
  private final DecoderLimits limits;
  private final SeqParameterSet[] sps = new SeqParameterSet[32];
  private final byte[][] spsBytes = new byte[32][];
  private final NalUnit.Rbsp[] ppsPayloads = new NalUnit.Rbsp[256];
  private final PicParameterSet[] pps = new PicParameterSet[256];
  private final SeqParameterSet[] ppsParsedWith = new SeqParameterSet[256];

  ParameterSets(DecoderLimits limits) {
    this.limits = limits;
  }

  void addSps(NalUnit.Rbsp rbsp) {
    SeqParameterSet parsed = SeqParameterSet.parse(rbsp.reader());
    byte[] bytes = Arrays.copyOf(rbsp.data(), rbsp.length());
    if (!Arrays.equals(bytes, spsBytes[parsed.id()])) {
      sps[parsed.id()] = parsed;
      spsBytes[parsed.id()] = bytes;
    }
  }

  void addPps(NalUnit.Rbsp rbsp) {
    int id = rbsp.reader().readUe("pic_parameter_set_id", "7.4.2.2", 255);
    NalUnit.Rbsp known = ppsPayloads[id];
    if (known == null
        || !Arrays.equals(known.data(), 0, known.length(), rbsp.data(), 0, rbsp.length())) {
      ppsPayloads[id] = rbsp;
      pps[id] = null;
    }
  }

  /** Forgets the sequence parameter sets: one of them has been replaced, and nobody knows by what. */
  void forgetSps() {
    Arrays.fill(sps, null);
    Arrays.fill(spsBytes, null);
  }

  /** Forgets the picture parameter sets likewise. */
  void forgetPps() {
    Arrays.fill(ppsPayloads, null);
    Arrays.fill(pps, null);
  }

  /** A sequence parameter set, or null. */
  SeqParameterSet sps(int id) {
    return sps[id];
  }

  /** A picture parameter set, parsed with the sequence parameter set that is there now, or null. */
  PicParameterSet pps(int id) {
    if (ppsPayloads[id] == null) {
      return null;
    }
    if (pps[id] == null || ppsParsedWith[id] != sps[pps[id].spsId()]) {
      pps[id] = PicParameterSet.parse(ppsPayloads[id].reader(), this::sps);
      ppsParsedWith[id] = sps[pps[id].spsId()];
    }
    return pps[id];
  }

  /** Refuses, before anything is allocated, what this decoder does not decode. */
  void requireSupported(SeqParameterSet sequence) {
    if (sequence.format().sizeInMbs() > limits.maxPictureSizeInMbs()) {
      throw new UnsupportedStreamException(
          "pic_width_in_mbs_minus1", "A.3.1", "picture of " + sequence.format().sizeInMbs()
              + " macroblocks, the decoder's limit is " + limits.maxPictureSizeInMbs());
    }
  }
}
