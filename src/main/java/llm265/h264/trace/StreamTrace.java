package llm265.h264.trace;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.container.NalUnits;
import llm265.h264.decode.CodedPicture;
import llm265.h264.decode.CodedPictureReader;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.syntax.StreamListing;

/**
 * 7.3 Syntax in tabular form, of a whole stream: every syntax element of headers, parameter sets, SEI messages and slice data,
 * down to the levels of residual blocks, in bitstream order. Under CABAC, also every bin with the state of the arithmetic
 * decoding engine.
 *
 * <p>Traces what {@link H264IntraDecoder} decodes with {@link DecodingMode#INTRA_ONLY}, and ends at the first fault. Slice data
 * that is not decoded is not traced: that of redundant and auxiliary coded pictures, and of pictures with slices other than I
 * slices. For a slice in data partitions, only partition A is traced, not the residuals in B.
 */
public final class StreamTrace {
  /** Stands for a number: every picture, or every macroblock. */
  public static final int ALL = -1;

  private final SyntaxListener listener;
  private final int wantedPicture;
  private final CodedPictureReader reader;
  private final StreamListing listing = new StreamListing();
  private final PictureTracer tracer = new PictureTracer();

  /**
   * NAL units that have been read but not reported yet, since slices are known to form a picture only when the next one
   * begins.
   */
  private final Deque<NalUnit> pending = new ArrayDeque<>();

  /** Whether a picture is being traced, so that a fault is one of its own. */
  private boolean inPicture;

  /** Whether a fault follows the picture that is being traced, which may lack slices. */
  private boolean incomplete;

  /** Whether the wanted picture was found. */
  private boolean found;

  /** Whether that picture is over. */
  private boolean done;

  private StreamTrace(DecoderLimits limits, int wantedPicture, SyntaxListener listener) {
    this.listener = listener;
    this.wantedPicture = wantedPicture;
    reader = new CodedPictureReader(limits, DecodingMode.INTRA_ONLY, this::tracePicture);
  }

  /**
   * Traces a stream.
   *
   * @param stream an Annex B byte stream, or an .mp4 or .mov file, of any size
   * @param limits limits of the decoder
   * @param listener receives everything up to the end of the stream or up to a fault, then the fault, before it is thrown
   * @throws MalformedStreamException if the stream breaks the standard
   * @throws UnsupportedStreamException if it uses something that is not decoded
   */
  public static void trace(MemorySegment stream, DecoderLimits limits, SyntaxListener listener) {
    trace(stream, limits, ALL, ALL, listener);
  }

  /**
   * Like {@link #trace(MemorySegment, DecoderLimits, SyntaxListener)}, for a part of the stream.
   *
   * @param picture number of the only picture to trace, from 0, or {@link #ALL}. With a number, NAL units that are not slices
   *     of that picture are left out, other pictures are not decoded, and nothing after it is read
   * @param mbAddr address of the only macroblock to trace in each frame, field or colour plane, or {@link #ALL}. With an
   *     address, headers are left out, and so are NAL units without that macroblock
   * @return whether such a picture, of I slices only, and such a macroblock were found
   */
  public static boolean trace(
      MemorySegment stream, DecoderLimits limits, int picture, int mbAddr, SyntaxListener listener) {
    MacroblockFilter filter = mbAddr == ALL ? null : new MacroblockFilter(mbAddr, listener);
    StreamTrace trace = new StreamTrace(limits, picture, filter == null ? listener : filter);
    trace.traceAll(NalUnits.of(stream, limits));
    return filter == null ? picture == ALL || trace.found : filter.found();
  }

  private void traceAll(Iterable<NalUnit> nalUnits) {
    try {
      reader.read(() -> new Remembering(nalUnits.iterator()));
      tellOfPending(Integer.MAX_VALUE);
    } catch (StreamException e) {
      StreamException first = inPicture ? e : traceUpTo(e);
      listener.fault(first);
      throw first;
    }
  }

  /** Remembers NAL units until they are reported; stops once the wanted picture is over. */
  private final class Remembering implements Iterator<NalUnit> {
    private final Iterator<NalUnit> nalUnits;

    Remembering(Iterator<NalUnit> nalUnits) {
      this.nalUnits = nalUnits;
    }

    @Override
    public boolean hasNext() {
      return !done && nalUnits.hasNext();
    }

    @Override
    public NalUnit next() {
      NalUnit nalUnit = nalUnits.next();
      pending.add(nalUnit);
      return nalUnit;
    }
  }

  /** Traces what comes before a fault in a NAL unit. That may contain another fault, which then comes first. */
  private StreamException traceUpTo(StreamException fault) {
    incomplete = true;
    try {
      reader.read(List.of());
    } catch (StreamException e) {
      return e;
    }
    tellOfPending(Integer.MAX_VALUE);
    return fault;
  }

  private void tracePicture(CodedPicture coded) {
    inPicture = true;
    boolean wanted = wantedPicture == ALL || coded.index() == wantedPicture;
    if (wanted) {
      found = true;
      tracer.begin(coded.sps(), null);
    }
    for (CodedPicture.Slice slice : coded.slices()) {
      tellOfPending(slice.nalUnit().index() - 1);
      NalUnit nalUnit = pending.remove();
      if (wanted) {
        traceSlice(coded, slice, nalUnit);
      }
    }
    if (wanted && !incomplete) {
      tracer.end();
    }
    done = wantedPicture != ALL && coded.index() >= wantedPicture;
    inPicture = false;
  }

  /** Reports NAL units that are not slices of a primary coded picture, up to the one with a given index. */
  private void tellOfPending(int last) {
    while (!pending.isEmpty() && pending.peek().index() <= last) {
      NalUnit nalUnit = pending.remove();
      StreamListing.Unit unit = listing.unit(nalUnit);
      if (wantedPicture != ALL) {
        continue;
      }
      listener.nalUnit(nalUnit);
      // Bytes after a forbidden_zero_bit of 1 are not examined, and not listed either
      if (!nalUnit.forbiddenZeroBit()) {
        traceListed(unit);
      }
      boolean atFault = incomplete && pending.isEmpty();
      if (unit.fault() != null && !atFault) {
        listener.leftOut(unit.fault());
      } else if (isSlice(nalUnit) && !atFault) {
        listener.leftOut("slice_data() of a picture that is redundant, auxiliary or not intra throughout");
      }
    }
  }

  private static boolean isSlice(NalUnit nalUnit) {
    return switch (nalUnit.nalUnitType()) {
      case NalUnit.SLICE_NON_IDR, NalUnit.SLICE_IDR, NalUnit.SLICE_DATA_PARTITION_A, NalUnit.AUXILIARY_SLICE -> true;
      default -> false;
    };
  }

  private void traceListed(StreamListing.Unit unit) {
    NalUnit.Rbsp rbsp = unit.nalUnit().rbsp();
    ElementCollector collector = new ElementCollector(rbsp, listener);
    collector.addAll(unit);
    if (!unit.elements().isEmpty() && unit.fault() == null) {
      StreamListing.Element last = unit.elements().getLast();
      RbspReader end = rbsp.reader();
      end.moveTo(last.bitPosition() + last.bits());
      if (!end.moreRbspData()) {
        end.setTrace(collector);
        end.readTrailingBits(false);
      }
    }
  }

  private void traceSlice(CodedPicture coded, CodedPicture.Slice slice, NalUnit nalUnit) {
    listener.nalUnit(nalUnit);
    ElementCollector collector = new ElementCollector(slice.rbsp(), listener);
    collector.addAll(listing.unit(nalUnit));
    listener.sliceData(
        new TracedSlice(coded.index(), tracer.sliceIndex(slice), slice.header(), coded.sps(), slice.pps()));
    try {
      tracer.decodeSlice(slice, collector);
    } catch (StreamException e) {
      collector.handOnUnfinished();
      throw e;
    }
  }
}
