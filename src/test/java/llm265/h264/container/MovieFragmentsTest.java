package llm265.h264.container;

import static llm265.h264.container.Boxed.box;
import static llm265.h264.container.Boxed.entry;
import static llm265.h264.container.Boxed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import llm265.oracle.StreamUnits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragmented files of FFmpeg's muxers, and by hand what they do not write. */
class MovieFragmentsTest {
  private static final byte[] STREAM = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");

  private final List<String> notes = new ArrayList<>();

  private List<NalUnit> units(byte[] file) {
    List<NalUnit> units = new ArrayList<>();
    NalUnits.of(MemorySegment.ofArray(file), DecoderLimits.DEFAULT, note -> notes.add(note.getMessage())).forEach(units::add);
    return units;
  }

  private static byte[] bytes(NalUnit unit) {
    return unit.stream().asSlice(unit.offset(), unit.length()).toArray(ValueLayout.JAVA_BYTE);
  }

  private List<byte[]> slices(byte[] file) {
    return units(file).stream().filter(unit -> StreamUnits.isSlice(unit.nalUnitType())).map(MovieFragmentsTest::bytes).toList();
  }

  private List<Integer> accessUnits(byte[] file) {
    return units(file).stream().filter(unit -> StreamUnits.isSlice(unit.nalUnitType())).map(NalUnit::accessUnit).toList();
  }

  /**
   * As crash-safe recorders, DASH, CMAF and old Smooth Streaming have it; with a track of sound whose fragments come first, too.
   */
  @ParameterizedTest
  @ValueSource(strings = {
      "frag_keyframe+empty_moov", "frag_keyframe", "frag_every_frame+empty_moov", "frag_every_frame+empty_moov+default_base_moof",
      "frag_every_frame+empty_moov+omit_tfhd_offset", "frag_every_frame+empty_moov+separate_moof", "dash+frag_every_frame",
      "cmaf", "isml+frag_every_frame", "frag_keyframe+delay_moov"})
  void slicesAreThoseOfTheStream(String flags) throws IOException {
    List<byte[]> expected = StreamUnits.split(STREAM, StreamUnits::isSlice);
    for (String format : List.of("mp4", "mov")) {
      for (boolean sound : new boolean[] {false, true}) {
        byte[] file = Mp4Oracle.mux(STREAM, format, sound, Map.of("movflags", flags));
        assertThat(slices(file)).usingElementComparator(Arrays::compare).containsExactlyElementsOf(expected);
        assertThat(accessUnits(file)).containsExactly(0, 0, 1, 1, 2, 2);
        assertThat(units(file).getFirst().nalUnitType()).isEqualTo(NalUnit.SPS);
      }
    }
    assertThat(notes).isEmpty();
  }

  /**
   * ftyp, and a moov box with track 7 of two sample entries; the first has a sample in the movie box, the NAL unit 0x65 at
   * {@link #DATA}.
   */
  private static byte[] head(Object... trex) {
    byte[] stbl = box("stbl", box("stsd", 0, 2, entry("avc1", 1, (byte) 0x67, (byte) 1), entry("avc1", 1, (byte) 0x67, (byte) 2)),
        box("stsz", 0, 0, 1, 2), box("stsc", 0, 1, 1, 1, 1), box("stco", 0, 1, DATA));
    return join(box("ftyp", 0x69736F6D, 0), box("mdat", new byte[] {1, 0x65}), box("moov",
        box("trak", box("tkhd", 0, 0, 0, 7), box("mdia", box("minf", stbl))), box("mvex", trex)));
  }

  private static final int DATA = 24;

  private static byte[] fragment(Object... trafs) {
    return box("moof", trafs);
  }

  /** Defaults of trex and tfhd, runs without offset, another track's data between, sample entries. */
  @Test
  void defaultsAndOffsetsAreInheritedAsTheStandardSays() {
    byte[] head = head(box("trex", 0, 7, 2, 0, 2, 0), box("trex", 0, 8, 1, 0, 3, 0));
    // Track 8, data right behind moof, 2 x 3 bytes; then track 7 behind them: two runs, of the default size of trex and with
    // sizes.
    int moof = 8 + 8 + 16 + 20 + 8 + 16 + 16 + 24;
    byte[] fragment = fragment(
        box("traf", box("tfhd", 0, 8), box("trun", 1, 2, moof + 8)),
        box("traf", box("tfhd", 0, 7), box("trun", 0, 2), box("trun", 0x300, 1, 0, 3)));
    // The next: base offset is moof, the first sample entry, a default size in tfhd.
    byte[] second = fragment(box("traf", box("tfhd", 0x2001A, 7, 1, 0, 4), box("trun", 5, 1, 76, 0)));
    byte[] file = join(head, fragment, box("mdat", new byte[] {9, 9, 9, 9, 9, 9, 1, 0x41, 1, 0x42, 2, 0x43, 3}),
        second, box("mdat", new byte[] {3, 0x44, 4, 4}));
    assertThat(fragment).hasSize(moof);
    assertThat(second).hasSize(68);
    assertThat(units(file)).extracting(MovieFragmentsTest::bytes).containsExactly(
        new byte[] {0x67, 1}, new byte[] {0x65}, new byte[] {0x67, 2}, new byte[] {0x41}, new byte[] {0x42}, new byte[] {0x43, 3},
        new byte[] {0x67, 1}, new byte[] {0x44, 4, 4});
  }

  @Test
  void aMovieBoxWithoutSampleTablesIsOneOfFragmentsAlone() {
    byte[] minf = box("minf", box("stbl", box("stsd", 0, 1, entry("avc1", 1, (byte) 0x67))));
    byte[] moov = box("moov", box("trak", box("tkhd", 0, 0, 0, 7), box("mdia", minf)),
        box("mvex"));
    byte[] fragment = fragment(box("traf", box("tfhd", 0x20010, 7, 2), box("trun", 1, 1, 64)));
    assertThat(fragment).hasSize(56);
    assertThat(units(join(box("ftyp", 0), moov, fragment, box("mdat", new byte[] {1, 0x65}))))
        .extracting(MovieFragmentsTest::bytes)
        .containsExactly(new byte[] {0x67}, new byte[] {0x65});
  }

  /** Four thousand million samples in a box of twenty bytes. */
  @Test
  void numbersOfSamplesThatNoTableBoundsTakeNoTime() {
    byte[] fragment = fragment(box("traf", box("tfhd", 0x20000, 7), box("trun", 0, -1), box("trun", 0, -1)));
    assertThat(units(join(head(), fragment))).hasSize(2);
    assertThat(notes).hasSize(2).first().asString().contains("trun box: its 4294967295 samples have no bytes");
    byte[] large = fragment(box("traf", box("tfhd", 0x20010, 7, -1), box("trun", 0, -1), box("trun", 0, -1)));
    assertFaults(join(head(), large), "lies outside of the file", "lies outside of the file");
    byte[] ones = fragment(box("traf", box("tfhd", 0x20010, 7, 1), box("trun", 0, -1)));
    assertThatThrownBy(() -> units(join(head(), ones))).isInstanceOf(MalformedStreamException.class);
    byte[] table = fragment(box("traf", box("tfhd", 0x20000, 7), box("trun", 0x200, 1 << 30, 1)));
    assertFaults(join(head(), table), "trun box: 1073741824 entries are more than the box holds");
  }

  /** What cannot be read of a file, and that it goes on behind. */
  private static void assertFaults(byte[] file, String... faults) {
    Iterator<NalUnit> units = NalUnits.of(MemorySegment.ofArray(file), DecoderLimits.DEFAULT).iterator();
    List<String> found = new ArrayList<>();
    while (units.hasNext()) {
      try {
        units.next();
      } catch (MalformedStreamException e) {
        found.add(e.getMessage());
      }
    }
    assertThat(found).hasSameSizeAs(faults);
    for (int i = 0; i < faults.length; i++) {
      assertThat(found.get(i)).contains(faults[i]);
    }
  }

  @Test
  void aFragmentThatIsCutShortIsAFaultAndTheOthersAreRead() throws IOException {
    byte[] file = Mp4Oracle.mux(STREAM, "mp4", false, Map.of("movflags", "frag_every_frame+empty_moov"));
    int last = new String(file, StandardCharsets.ISO_8859_1).lastIndexOf("moof") - 4;
    assertFaults(Arrays.copyOf(file, last + 40), "moof box: ");
    assertThat(slices(Arrays.copyOf(file, last))).hasSize(4);
    assertFaults(join(head(), fragment(box("traf", box("free")))), "traf box: there is no tfhd box in it");
  }
}
