package llm265.h264.container;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.AvcConfiguration.Place;
import llm265.h264.container.Boxes.Box;

/**
 * ISO/IEC 14496-15, 5.3 and 5.4: the NAL units of the first track of an .mp4 or .mov file that has a sample entry avc1 or avc3.
 *
 * <p>All samples come in decoding order. Edit lists, which choose among them for playback, are ignored. The parameter sets of a
 * sample entry come before the first of its samples. Samples in movie fragments (8.8) follow those of the movie box. A sample
 * is an access unit, or a field of one.
 */
final class AvcTrack implements Iterable<NalUnit> {
  /** 12.1.3 of ISO/IEC 14496-12: bytes of a visual sample entry before the boxes in it. */
  private static final int SAMPLE_ENTRY_BYTES = 78;

  /** avc2 and avc4 are avc1 and avc3 whose samples may have NAL units of extensions, which are skipped. */
  private static final Set<String> AVC_TYPES = Set.of("avc1", "avc2", "avc3", "avc4");

  private static final int MAX_SAMPLE_ENTRIES = 256;
  private static final int MAX_TYPES_TOLD = 8;
  private static final int MAX_NOTES = 1000;

  private final MemorySegment file;
  private final DecoderLimits limits;
  private final Consumer<StreamException> notes;
  private final Box moov;
  private final Box trak;
  private final Box stbl;
  /** Indexed by sample_description_index - 1; null for entries that are not AVC. */
  private final List<AvcConfiguration> configurations;

  private AvcTrack(
      MemorySegment file, DecoderLimits limits, Consumer<StreamException> notes, Box moov, Box trak, Box stbl,
      List<AvcConfiguration> configurations) {
    this.file = file;
    this.limits = limits;
    this.notes = notes;
    this.moov = moov;
    this.trak = trak;
    this.stbl = stbl;
    this.configurations = configurations;
  }

  /**
   * Finds the track and reads its sample entries.
   *
   * @param notes receives what is wrong with the file without costing a sample
   */
  static AvcTrack open(MemorySegment file, DecoderLimits limits, Consumer<StreamException> notes) {
    Set<Long> noted = new HashSet<>();
    // Boxes are visited more than once.
    Consumer<StreamException> once = note -> {
      if (noted.size() < MAX_NOTES && noted.add(note.position().byteOffset())) {
        notes.accept(note);
      }
    };
    Box moov = Boxes.of(file).first("moov")
        .orElseThrow(() -> Boxes.malformed("moov", "there is none, the end of the file may be missing", 0)).withNotes(once);
    Set<String> others = new TreeSet<>();
    MalformedStreamException damaged = null;
    // Damage before the track may have hidden it.
    Iterator<Box> boxes = moov.withNotes(null).children(0).iterator();
    while (boxes.hasNext()) {
      try {
        Box trak = boxes.next().withNotes(once);
        Optional<Box> stbl = trak.type().equals("trak") ? trak.children(0).first("mdia", "minf", "stbl") : Optional.empty();
        Optional<Box> stsd = stbl.flatMap(box -> box.children(0).first("stsd"));
        List<AvcConfiguration> configurations = stsd.isEmpty() ? List.of() : configurations(stsd.get(), others);
        if (configurations.stream().anyMatch(Objects::nonNull)) {
          if (damaged != null) {
            once.accept(damaged);
          }
          return new AvcTrack(file, limits, notes, moov, trak, stbl.get(), configurations);
        }
      } catch (MalformedStreamException e) {
        // Perhaps it is a sound track.
        damaged = damaged == null ? e : damaged;
      }
    }
    if (damaged != null) {
      throw damaged;
    }
    throw unsupported("trak box", "5.4 of ISO/IEC 14496-15", "no track has a sample entry avc1 or avc3"
        + (others.isEmpty() ? "" : ", there are " + String.join(", ", others)), moov);
  }

  /**
   * The configurations of the sample entries.
   *
   * @param others receives the types of other entries, for the error message
   */
  private static List<AvcConfiguration> configurations(Box stsd, Set<String> others) {
    List<AvcConfiguration> configurations = new ArrayList<>();
    for (Box entry : stsd.children(8)) {
      if (configurations.size() == MAX_SAMPLE_ENTRIES) {
        throw stsd.malformed("more than " + MAX_SAMPLE_ENTRIES + " sample entries");
      }
      configurations.add(isAvc(entry) ? configuration(entry) : null);
      if (!isAvc(entry) && others.size() < MAX_TYPES_TOLD) {
        others.add(Boxes.printable(entry.type()));
      }
    }
    return configurations;
  }

  private static boolean isAvc(Box entry) {
    return AVC_TYPES.contains(entry.type());
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
    private final MovieFragments fragments;
    /** The samples of the movie box, then those of fragments. */
    private SampleRow samples;

    private final Deque<Place> parameterSets = new ArrayDeque<>();
    private AvcConfiguration configuration;
    /** Position in the current sample, whose end is {@code end}. */
    private long at;

    private long end;
    /** The NAL units of a sample that is a byte stream; null if lengths precede its NAL units. */
    private Iterator<NalUnit> startCodes;
    /** Samples may overlap, but must not hold more bytes than the file: a short file must not take forever. */
    private long bytesLeft = file.byteSize();
    /** Whether there are no more samples. */
    private boolean exhausted;

    private int index;
    /** What comes next: a NAL unit or a fault; neither at the end. */
    private NalUnit nalUnit;

    private StreamException fault;

    /** Number of the current sample, counting only those with bytes. */
    private int accessUnit = -1;

    NalUnitIterator() {
      boolean hasTable = !isFragmented() || SampleTable.isIn(stbl);
      SampleTable table = hasTable ? new SampleTable(stbl) : null;
      fragments = new MovieFragments(moov, trackId(), hasTable ? table.count() : 0, notes);
      samples = hasTable ? table : fragments;
      advance();
    }

    private boolean isFragmented() {
      return moov.children(0).first("mvex").isPresent();
    }

    /** 8.3.2 of ISO/IEC 14496-12: track_ID, after two times of 32 or 64 bits. */
    private long trackId() {
      Optional<Box> tkhd = trak.children(0).first("tkhd");
      return tkhd.isEmpty() ? 0 : tkhd.get().unsignedInt(tkhd.get().unsignedByte(0) == 1 ? 20 : 12);
    }

    private void advance() {
      nalUnit = null;
      fault = null;
      try {
        while (nalUnit == null && (!parameterSets.isEmpty() || at < end || nextSample())) {
          nalUnit = !parameterSets.isEmpty() ? unit(parameterSets.remove())
              : startCodes == null ? nextOfSample() : nextOfByteStream();
        }
      } catch (StreamException e) {
        fault = e;
      }
    }

    /** Moves to the next sample that has bytes; false after the last. */
    private boolean nextSample() {
      do {
        while (!exhausted && !samples.next()) {
          exhausted = samples == fragments;
          samples = fragments;
        }
        if (!exhausted && samples.size() == 0) {
          notes.accept(stbl.malformed("sample " + samples.number() + " has no bytes"));
        }
      } while (!exhausted && samples.size() == 0);
      if (exhausted) {
        return false;
      }
      long offset = samples.offset();
      long size = samples.size();
      if (offset < 0 || offset > file.byteSize() || size > file.byteSize() - offset) {
        samples.skipChunk();
        throw stbl.malformed("sample " + samples.number() + " lies outside of the file, or others of its chunk do");
      }
      if (size > bytesLeft) {
        exhausted = true;
        throw stbl.malformed("the samples have more bytes than the file");
      }
      bytesLeft -= size;
      long description = descriptionOfSample();
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
      accessUnit++;
      at = offset;
      end = offset + size;
      startCodes = hasStartCodes() ? new ByteStream(file.asSlice(at, size), limits).iterator() : null;
      return true;
    }

    /** sample_description_index counts from 1; if it is 0, there must be exactly one sample entry. */
    private long descriptionOfSample() {
      long description = samples.description();
      if (description == 0 && configurations.size() == 1) {
        notes.accept(stbl.malformed("sample_description_index of sample " + samples.number() + " is 0"));
        return 1;
      }
      return description;
    }

    /** Whether the sample is a byte stream, as some muxers write it: its first two lengths would be 1 and more than it has. */
    private boolean hasStartCodes() {
      return configuration.lengthSize() == 4 && end - at > 8 && number(at, 4) == 1 && number(at + 5, 4) > end - at;
    }

    private long number(long from, int bytes) {
      long number = 0;
      for (long i = from; i < from + bytes; i++) {
        number = (number << 8) | file.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
      }
      return number;
    }

    /** Annex B: the next NAL unit where start codes replace lengths. */
    private NalUnit nextOfByteStream() {
      long start = at;
      if (!startCodes.hasNext()) {
        at = end;
        return null;
      }
      try {
        NalUnit unit = startCodes.next();
        return unit(new Place(start + unit.offset(), unit.length()));
      } catch (StreamException e) {
        throw e.at(new StreamPosition(index++, start + e.position().byteOffset(), -1));
      }
    }

    /** 5.3.4.2: the next NAL unit of the sample, or null at its end. */
    private NalUnit nextOfSample() {
      int lengthSize = configuration.lengthSize();
      long offset = at;
      long start = at + lengthSize;
      if (start > end) {
        at = end;
        notes.accept(
            Boxes.malformed("mdat", "a sample ends with " + (end - offset) + " bytes, too few for NALUnitLength", offset));
        return null;
      }
      long length = number(at, lengthSize);
      if (length > end - start) {
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
      return new NalUnit(file, place.offset(), place.length(), index++, accessUnit);
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
