package llm265.h264.container;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.AvcConfiguration.Place;
import llm265.h264.container.Boxes.Box;

/**
 * ISO/IEC 14496-15, 5.3 and 5.4: the NAL units of the first track of an .mp4 or .mov file that has a sample entry avc1 or avc3.
 *
 * <p>All samples in decoding order; edit lists, which choose among them for playback, are not looked at. The parameter sets of a
 * sample entry come before the first of its samples. Fragmented files (8.8) are refused.
 */
final class AvcTrack implements Iterable<NalUnit> {
  /** 12.1.3 of ISO/IEC 14496-12: what a visual sample entry has before the boxes in it. */
  private static final int SAMPLE_ENTRY_BYTES = 78;

  private static final int MAX_SAMPLE_ENTRIES = 256;
  private static final int MAX_TYPES_TOLD = 8;

  private final MemorySegment file;
  private final DecoderLimits limits;
  private final Box stbl;
  /** By sample_description_index - 1; null for entries that are neither avc1 nor avc3. */
  private final List<AvcConfiguration> configurations;

  private AvcTrack(MemorySegment file, DecoderLimits limits, Box stbl, List<AvcConfiguration> configurations) {
    this.file = file;
    this.limits = limits;
    this.stbl = stbl;
    this.configurations = configurations;
  }

  /** Finds the track and reads its sample entries. */
  static AvcTrack open(MemorySegment file, DecoderLimits limits) {
    Box moov = Boxes.of(file).first("moov")
        .orElseThrow(() -> Boxes.malformed("moov", "there is none, the end of the file may be missing", 0));
    Optional<Box> fragment = new Boxes(file, moov.end(), file.byteSize()).first("moof");
    if (fragment.isPresent()) {
      throw unsupported("moof box", "8.8 of ISO/IEC 14496-12", "movie fragments are not read", fragment.get());
    }
    Set<String> others = new TreeSet<>();
    for (Box trak : moov.children(0)) {
      Optional<Box> stbl = trak.type().equals("trak") ? trak.children(0).first("mdia", "minf", "stbl") : Optional.empty();
      Optional<Box> stsd = stbl.flatMap(box -> box.children(0).first("stsd"));
      if (stsd.isPresent()) {
        List<AvcConfiguration> configurations = configurations(stsd.get(), others);
        if (configurations.stream().anyMatch(Objects::nonNull)) {
          return new AvcTrack(file, limits, stbl.get(), configurations);
        }
      }
    }
    throw unsupported("trak box", "5.4 of ISO/IEC 14496-15", "no track has a sample entry avc1 or avc3"
        + (others.isEmpty() ? "" : ", there are " + String.join(", ", others)), moov);
  }

  /**
   * Those of the sample entries.
   *
   * @param others takes the types of other entries, as far as anybody wants to know them
   */
  private static List<AvcConfiguration> configurations(Box stsd, Set<String> others) {
    List<AvcConfiguration> configurations = new ArrayList<>();
    for (Box entry : stsd.children(8)) {
      if (configurations.size() == MAX_SAMPLE_ENTRIES) {
        throw stsd.malformed("more than " + MAX_SAMPLE_ENTRIES + " sample entries");
      }
      configurations.add(isAvc(entry) ? configuration(entry) : null);
      if (!isAvc(entry) && others.size() < MAX_TYPES_TOLD) {
        others.add(entry.type());
      }
    }
    return configurations;
  }

  private static boolean isAvc(Box entry) {
    return entry.type().equals("avc1") || entry.type().equals("avc3");
  }

  private static AvcConfiguration configuration(Box entry) {
    return AvcConfiguration.read(entry.children(SAMPLE_ENTRY_BYTES).first("avcC")
        .orElseThrow(() -> entry.malformed("there is no avcC box in it")));
  }

  private static UnsupportedStreamException unsupported(String element, String clause, String problem, Box box) {
    return new UnsupportedStreamException(element, clause, problem).at(new StreamPosition(-1, box.offset(), -1));
  }

  @Override
  public Iterator<NalUnit> iterator() {
    return new NalUnitIterator();
  }

  private final class NalUnitIterator implements Iterator<NalUnit> {
    private final SampleTable samples = new SampleTable(stbl);
    private final Deque<Place> parameterSets = new ArrayDeque<>();
    private AvcConfiguration configuration;
    /** What is left of the sample. */
    private long at;

    private long end;
    /** Samples may lie over each other, but not hold more bytes than the file: a short file must not take for ever. */
    private long bytesLeft = file.byteSize();

    private int index;
    /** What comes next: a NAL unit or a fault; neither at the end. */
    private NalUnit nalUnit;

    private StreamException fault;

    NalUnitIterator() {
      advance();
    }

    private void advance() {
      nalUnit = null;
      fault = null;
      try {
        while (nalUnit == null && (!parameterSets.isEmpty() || at < end || nextSample())) {
          nalUnit = parameterSets.isEmpty() ? nextOfSample() : unit(parameterSets.remove());
        }
      } catch (StreamException e) {
        fault = e;
      }
    }

    /** Turns to the next sample; false behind the last. */
    private boolean nextSample() {
      if (!samples.next()) {
        return false;
      }
      long offset = samples.offset();
      long size = samples.size();
      if (offset < 0 || offset > file.byteSize() || size > file.byteSize() - offset) {
        samples.skipChunk();
        throw stbl.malformed("sample " + samples.number() + " lies outside of the file, or others of its chunk do");
      }
      if (size > bytesLeft) {
        samples.skipAll();
        throw stbl.malformed("the samples have more bytes than the file");
      }
      bytesLeft -= size;
      long description = samples.description();
      AvcConfiguration next = description >= 1 && description <= configurations.size()
          ? configurations.get((int) description - 1) : null;
      if (next == null) {
        samples.skipChunk();
        throw stbl.malformed("sample_description_index " + description + " is that of no sample entry avc1 or avc3");
      }
      if (next != configuration) {
        configuration = next;
        parameterSets.addAll(next.parameterSets());
      }
      at = offset;
      end = offset + size;
      return true;
    }

    /** 5.3.4.2: the next NAL unit of the sample, or null at its end. */
    private NalUnit nextOfSample() {
      int lengthSize = configuration.lengthSize();
      long start = at + lengthSize;
      long length = 0;
      for (long i = at; i < Math.min(start, end); i++) {
        length = length << 8 | file.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      }
      if (start > end || length > end - start) {
        long offset = at;
        at = end;
        throw Boxes.malformed("mdat", "a NAL unit of " + length + " bytes reaches beyond its sample", offset);
      }
      at = start + length;
      if (length > limits.maxNalUnitBytes()) {
        throw new UnsupportedStreamException(
            "NALUnitLength", "5.3.4.2 of ISO/IEC 14496-15", length + " bytes are more than the decoder's limit")
            .at(new StreamPosition(index++, start, -1));
      }
      return length == 0 ? null : unit(new Place(start, (int) length));
    }

    private NalUnit unit(Place place) {
      return new NalUnit(file, place.offset(), place.length(), index++);
    }

    @Override
    public boolean hasNext() {
      return nalUnit != null || fault != null;
    }

    @Override
    public NalUnit next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      NalUnit current = nalUnit;
      StreamException thrown = fault;
      advance();
      if (thrown != null) {
        throw thrown;
      }
      return current;
    }
  }
}
