package llm265.h264.decode;

import java.util.Arrays;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamPosition;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;

/**
 * 7.4.1.2.1 The parameter sets received so far.
 *
 * <p>A picture parameter set is parsed on request, since its syntax depends on the sequence parameter set that is present then. A
 * set that is sent again unchanged stays the same object, so that what was derived from it stays valid.
 */
final class ParameterSets {
  private final DecoderLimits limits;
  private final SeqParameterSet[] sps = new SeqParameterSet[32];
  private final byte[][] spsBytes = new byte[32][];
  private final NalUnit.Rbsp[] ppsPayloads = new NalUnit.Rbsp[256];
  private final PicParameterSet[] pps = new PicParameterSet[256];
  /** The places of the sets that have not been parsed; null for the others. */
  private final StreamPosition[] ppsNotParsed = new StreamPosition[256];

  private final SeqParameterSet[] ppsParsedWith = new SeqParameterSet[256];
  /** Why the last set with a number could not be read; null if it could. */
  private final MalformedStreamException[] spsFaults = new MalformedStreamException[32];

  private final MalformedStreamException[] ppsFaults = new MalformedStreamException[256];

  ParameterSets(DecoderLimits limits) {
    this.limits = limits;
  }

  void addSps(NalUnit.Rbsp rbsp) {
    SeqParameterSet parsed = SeqParameterSet.parse(rbsp.reader());
    spsFaults[parsed.id()] = null;
    byte[] bytes = Arrays.copyOf(rbsp.data(), rbsp.length());
    if (!Arrays.equals(bytes, spsBytes[parsed.id()])) {
      sps[parsed.id()] = parsed;
      spsBytes[parsed.id()] = bytes;
    }
  }

  void addPps(NalUnit.Rbsp rbsp, StreamPosition place) {
    int id = rbsp.reader().readUe("pic_parameter_set_id", "7.4.2.2", 255);
    ppsFaults[id] = null;
    NalUnit.Rbsp known = ppsPayloads[id];
    if (known == null
        || !Arrays.equals(known.data(), 0, known.length(), rbsp.data(), 0, rbsp.length())) {
      ppsPayloads[id] = rbsp;
      pps[id] = null;
      ppsNotParsed[id] = place;
    }
  }

  /** Reports the faults of picture parameter sets that no slice has referred to. */
  void checkNotParsed(Consumer<MalformedStreamException> faults) {
    for (int id = 0; id < ppsNotParsed.length; id++) {
      StreamPosition place = ppsNotParsed[id];
      ppsNotParsed[id] = null;
      if (place != null && ppsPayloads[id] != null) {
        try {
          // Not kept: the set may be as large as a picture.
          PicParameterSet.parse(ppsPayloads[id].reader(), this::sps);
        } catch (MalformedStreamException e) {
          faults.accept(e.at(place));
        }
      }
    }
  }

  /**
   * Drops the sequence parameter set that an unreadable one has replaced; if not even its number can be read, drops all of
   * them. A slice that refers to a dropped set is a fault, until the set is sent again.
   */
  void forgetSps(NalUnit damaged, MalformedStreamException fault) {
    int from = 0;
    int to = sps.length;
    try {
      from = SeqParameterSet.readId(damaged.rbsp().reader());
      to = from + 1;
    } catch (MalformedStreamException e) {
      // It may have replaced any of them.
    }
    Arrays.fill(sps, from, to, null);
    Arrays.fill(spsBytes, from, to, null);
    Arrays.fill(spsFaults, from, to, fault);
  }

  /** Drops all picture parameter sets after an unreadable one, whose number is not known. */
  void forgetPps(MalformedStreamException fault) {
    Arrays.fill(ppsPayloads, null);
    Arrays.fill(pps, null);
    Arrays.fill(ppsFaults, fault);
  }

  /**
   * A sequence parameter set, or null.
   *
   * @throws MalformedStreamException if the last one of that number cannot be read
   */
  SeqParameterSet sps(int id) {
    if (spsFaults[id] != null) {
      throw unreadable("seq_parameter_set_id", "7.4.2.1.1", "sequence parameter set " + id, spsFaults[id]);
    }
    return sps[id];
  }

  /**
   * A picture parameter set, parsed with the sequence parameter set that is present now; or null.
   *
   * @throws MalformedStreamException if the last one of that number cannot be read
   */
  PicParameterSet pps(int id) {
    if (ppsFaults[id] != null) {
      throw unreadable("pic_parameter_set_id", "7.4.2.2", "picture parameter set " + id, ppsFaults[id]);
    }
    if (ppsPayloads[id] == null) {
      return null;
    }
    if (pps[id] == null || ppsParsedWith[id] != sps[pps[id].spsId()]) {
      pps[id] = PicParameterSet.parse(ppsPayloads[id].reader(), this::sps);
      ppsParsedWith[id] = sps[pps[id].spsId()];
      ppsNotParsed[id] = null;
    }
    return pps[id];
  }

  private static MalformedStreamException unreadable(String element, String clause, String set, MalformedStreamException fault) {
    return new MalformedStreamException(element, clause, set + " cannot be read: that of NAL unit " + fault.position().nalIndex()
        + " has the fault " + fault.syntaxElement() + ": " + fault.problem());
  }

  /** Refuses what this decoder does not decode, before anything is allocated. */
  void requireSupported(SeqParameterSet sequence) {
    if (sequence.format().sizeInMbs() > limits.maxPictureSizeInMbs()) {
      throw new UnsupportedStreamException(
          "pic_width_in_mbs_minus1", "A.3.1", "picture of " + sequence.format().sizeInMbs()
              + " macroblocks, the decoder's limit is " + limits.maxPictureSizeInMbs());
    }
  }
}
