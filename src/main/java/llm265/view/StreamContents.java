package llm265.view;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.Sei;
import llm265.h264.container.NalUnits;
import llm265.h264.decode.CodedPicture;
import llm265.h264.decode.CodedPictureReader;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.OutputOrder;
import llm265.h264.decode.PictureDecoder;
import llm265.h264.syntax.SeqParameterSet;

/** What the NAL units and slice headers of a stream say: where its pictures are. Slice data stay where they are. */
final class StreamContents {
  private final MemorySegment stream;
  private final List<NalUnit> nalUnits = new ArrayList<>();
  private final List<CodedFrame> frames = new ArrayList<>();
  private final Map<Integer, CodedFrame> byId = new HashMap<>();
  private final Map<Integer, Integer> frameOfNalUnit = new HashMap<>();
  private final List<String> faults = new ArrayList<>();
  private int leftOut;

  /**
   * A slice of a picture.
   *
   * @param slice without its payload
   * @param bits size of its slice_data(), without trailing bits
   */
  record SliceEntry(CodedPicture.Slice slice, long bits) {
    /** The slice with its payload. */
    CodedPicture.Slice read() {
      return new CodedPicture.Slice(
          slice.nalUnit(), slice.nalUnit().rbsp(), slice.header(), slice.pps(), slice.partitions());
    }
  }

  /**
   * A coded picture: a frame, two fields of one, or a field that stands alone.
   *
   * @param id its number in the stream
   * @param output its number among these pictures in output order
   */
  record CodedFrame(int id, int output, SeqParameterSet sps, List<SliceEntry> slices, List<Sei.Message> sei, OutputOrder order) {
    boolean isField() {
      return slices.getFirst().slice().header().fieldPicFlag();
    }

    /** Whether it is one field without the other. */
    boolean standsAlone() {
      boolean bottom = slices.getFirst().slice().header().bottomFieldFlag();
      return isField() && slices.stream().allMatch(entry -> entry.slice().header().bottomFieldFlag() == bottom);
    }

    boolean isMbaff() {
      return sps.mbAdaptiveFrameFieldFlag() && !isField();
    }

    PictureFormat format() {
      PictureFormat format = PictureDecoder.format(sps);
      return standsAlone() ? format.field() : format;
    }

    Picture newPicture() {
      return new Picture(format());
    }

    long bits() {
      return slices.stream().mapToLong(SliceEntry::bits).sum();
    }

    private CodedFrame withOutput(int number) {
      return new CodedFrame(id, number, sps, slices, sei, order);
    }
  }

  private StreamContents(MemorySegment stream) {
    this.stream = stream;
  }

  /** Reads a stream as far as it can be read; what cannot is a fault. */
  static StreamContents of(MemorySegment stream, DecoderLimits limits) {
    StreamContents contents = new StreamContents(stream);
    try {
      Iterable<NalUnit> units = NalUnits.of(stream, limits, contents::fault);
      new CodedPictureReader(limits, new DecodingMode(true, true), contents.new Collector())
          .read(() -> contents.remembering(units.iterator()));
    } catch (StreamException e) {
      contents.fault(e);
    }
    contents.number();
    return contents;
  }

  /** A stream that has no pictures. */
  static StreamContents withoutPictures(MemorySegment stream) {
    return new StreamContents(stream);
  }

  private void fault(StreamException fault) {
    faults.add(fault.getMessage());
  }

  private Iterator<NalUnit> remembering(Iterator<NalUnit> units) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return units.hasNext();
      }

      @Override
      public NalUnit next() {
        NalUnit unit = units.next();
        nalUnits.add(unit);
        return unit;
      }
    };
  }

  /** Takes the pictures, without their slice data. */
  private final class Collector implements CodedPictureReader.Sink {
    @Override
    public void picture(CodedPicture coded) {
      List<SliceEntry> slices = new ArrayList<>();
      for (CodedPicture.Slice slice : coded.slices()) {
        frameOfNalUnit.put(slice.nalUnit().index(), coded.index());
        slices.add(new SliceEntry(
            new CodedPicture.Slice(slice.nalUnit(), null, slice.header(), slice.pps(), slice.partitions()),
            Math.max(0, stopBit(slice.rbsp()) - slice.header().sliceDataBitOffset())));
      }
      if (coded.fault() != null) {
        fault(coded.fault());
      }
      CodedFrame frame = new CodedFrame(coded.index(), 0, coded.sps(), slices, coded.sei(), coded.order());
      frames.add(frame);
    }

    @Override
    public void leftOut(LeftOutPicture picture, SeqParameterSet sps, OutputOrder order) {
      leftOut++;
    }

    @Override
    public void damaged(StreamException fault) {
      fault(fault);
    }

    @Override
    public void noted(StreamException fault) {
      fault(fault);
    }
  }

  /** Position of rbsp_stop_one_bit: the last bit that is 1. */
  private static long stopBit(NalUnit.Rbsp rbsp) {
    int last = rbsp.length() - 1;
    while (last >= 0 && rbsp.data()[last] == 0) {
      last--;
    }
    return last < 0 ? 0 : 8L * last + 7 - Integer.numberOfTrailingZeros(rbsp.data()[last]);
  }

  /** Gives pictures their numbers in output order. */
  private void number() {
    List<CodedFrame> ordered = new ArrayList<>(frames);
    ordered.sort(Comparator.comparing(CodedFrame::order));
    Map<Integer, Integer> numbers = new HashMap<>();
    for (CodedFrame frame : ordered) {
      numbers.put(frame.id(), numbers.size());
    }
    frames.replaceAll(frame -> frame.withOutput(numbers.get(frame.id())));
    frames.forEach(frame -> byId.put(frame.id(), frame));
  }

  MemorySegment stream() {
    return stream;
  }

  List<NalUnit> nalUnits() {
    return nalUnits;
  }

  /** Pictures in decoding order. */
  List<CodedFrame> frames() {
    return frames;
  }

  /** A picture by its number; null if there is none. */
  CodedFrame frame(int id) {
    return byId.get(id);
  }

  /** Number of the picture that a NAL unit is a slice of; -1 if it is of none. */
  int frameOf(NalUnit nalUnit) {
    return frameOfNalUnit.getOrDefault(nalUnit.index(), -1);
  }

  /** What cannot be read. */
  List<String> faults() {
    return faults;
  }

  /** Number of pictures that are not intra. */
  int leftOut() {
    return leftOut;
  }
}
