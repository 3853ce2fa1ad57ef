package llm265.h264.container;

import static llm265.h264.container.Boxed.box;
import static llm265.h264.container.Boxed.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The NAL units of files that FFmpeg's muxers have made, and of damaged ones. */
class NalUnitsTest {
  private static final byte[] STREAM = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");

  private static byte[] bytes(NalUnit unit) {
    return unit.stream().asSlice(unit.offset(), unit.length()).toArray(ValueLayout.JAVA_BYTE);
  }

  private static List<NalUnit> read(byte[] file) {
    List<NalUnit> units = new ArrayList<>();
    NalUnits.of(MemorySegment.ofArray(file), DecoderLimits.DEFAULT).forEach(units::add);
    return units;
  }

  /** The slices, bytes and order, and the parameter sets before them. */
  private static void assertSame(byte[] file, byte[] stream) {
    List<NalUnit> units = read(file);
    assertThat(units).extracting(NalUnit::index).isEqualTo(IntStream.range(0, units.size()).boxed().toList());
    assertThat(units.getFirst().nalUnitType()).isEqualTo(NalUnit.SPS);
    List<byte[]> expected = read(stream).stream().filter(unit -> unit.nalUnitType() <= 5).map(NalUnitsTest::bytes).toList();
    List<byte[]> actual = units.stream().filter(unit -> unit.nalUnitType() <= 5).map(NalUnitsTest::bytes).toList();
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp4", "mov"})
  void nalUnitsOfFfmpegsFilesAreThoseOfTheStream(String format) throws IOException {
    assertSame(Mp4Oracle.mux(STREAM, format, false, Map.of()), STREAM);
    assertSame(Mp4Oracle.mux(STREAM, format, true, Map.of()), STREAM);
    assertSame(Mp4Oracle.mux(STREAM, format, false, Map.of("movflags", "faststart")), STREAM);
    assertSame(Mp4Oracle.mux(StreamCorpus.video(true), format, true, Map.of("brand", "mp42")), StreamCorpus.video(true));
  }

  @Test
  void parameterSetsInTheSamplesComeToo() throws IOException {
    byte[] file = replace(Mp4Oracle.mux(STREAM, "mp4", false, Map.of()), "avc1", "avc3");
    assertSame(file, STREAM);
    assertThat(read(file).stream().filter(unit -> unit.nalUnitType() == NalUnit.SPS)).hasSizeGreaterThanOrEqualTo(1);
  }

  /** Where a type stands in the moov box, or that of the box itself. */
  private static int find(byte[] file, String type) {
    byte[] wanted = type.getBytes(StandardCharsets.US_ASCII);
    for (int i = type.equals("moov") ? 0 : find(file, "moov"); i + 4 <= file.length; i++) {
      if (Arrays.equals(file, i, i + 4, wanted, 0, 4)) {
        return i;
      }
    }
    throw new AssertionError("no " + type);
  }

  private static byte[] replace(byte[] file, String type, String with) {
    byte[] copy = file.clone();
    System.arraycopy(with.getBytes(StandardCharsets.US_ASCII), 0, copy, find(file, type), 4);
    return copy;
  }

  private static byte[] file(byte[] mdat, byte[] stsd, byte[] stsz, byte[] stsc, byte[] chunks) {
    ByteBuffer out = ByteBuffer.allocate(1 << 16).put(box("ftyp", 0x69736F6D, 0)).put(box("mdat", mdat))
        .put(box("moov", box("free"), box("trak", box("mdia", box("minf", box("stbl", stsd, stsz, stsc, chunks))))));
    return Arrays.copyOf(out.array(), out.position());
  }

  /** First byte of the contents of mdat behind a ftyp box of 16 bytes. */
  private static final int DATA = 24;

  /**
   * Two chunks, the second before the first in the file, of two sample entries with lengths of one and of two bytes; offsets of
   * 64 bits.
   */
  @Test
  void chunksLieAnywhereAndSampleEntriesChange() {
    byte[] mdat = {0, 3, 0x65, 11, 12, 0, 1, 0x65, /* second chunk in the file, first in the track: */ 2, 0x65, 21, 0, 1, 0x65};
    byte[] file = file(
        mdat, box("stsd", 0, 2, entry("avc1", 1, (byte) 0x67, (byte) 1), entry("avc3", 2, (byte) 0x67, (byte) 2)),
        box("stsz", 0, 0, 4, 4, 2, 5, 3), box("stsc", 0, 2, 1, 2, 1, 2, 2, 2), box("co64", 0, 2, 0, DATA + 8, 0, DATA));
    assertThat(read(file)).extracting(NalUnitsTest::bytes).containsExactly(
        new byte[] {0x67, 1}, new byte[] {0x65, 21}, new byte[] {0x65}, new byte[] {0x67, 2}, new byte[] {0x65, 11, 12},
        new byte[] {0x65});
  }

  private static void assertFault(byte[] file, Class<? extends StreamException> type, String message) {
    assertThatThrownBy(() -> read(file)).isInstanceOf(type).hasMessageContaining(message);
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    byte[] file = Mp4Oracle.mux(STREAM, "mp4", true, Map.of());
    assertFault(replace(file, "moov", "free"), MalformedStreamException.class, "moov box: there is none");
    assertFault(Arrays.copyOf(file, file.length - 1), MalformedStreamException.class, "moov box");
    assertFault(replace(file, "avcC", "free"), MalformedStreamException.class, "avc1 box: there is no avcC box in it");
    assertFault(replace(file, "avc1", "hvc1"), UnsupportedStreamException.class,
        "no track has a sample entry avc1 or avc3, there are hvc1, ");
    // Found by fuzzing: types went into the message as they were, with line ends and all.
    assertFault(replace(file, "avc1", "\n\u001b[m"), UnsupportedStreamException.class,
        "no track has a sample entry avc1 or avc3, there are ..[m, ");
    assertFault(replace(Mp4Oracle.mux(STREAM, "mp4", false, Map.of()), "stsc", "free"), MalformedStreamException.class,
        "there is no stsc box");
  }

  @Test
  void faultsOfSamplesEndTheSampleOrItsChunkAlone() {
    byte[] stsd = box("stsd", 0, 1, entry("avc1", 1, (byte) 0x67));
    byte[] mdat = {9, 0x65, 1, 0x41, 1, 0x42};
    Iterator<NalUnit> units = NalUnits.of(
        MemorySegment.ofArray(file(
            mdat, stsd, box("stsz", 0, 2, 4), box("stsc", 0, 2, 1, 1, 1, 3, 2, 1), box("stco", 0, 3, DATA, 1 << 30, DATA + 2))),
        DecoderLimits.DEFAULT).iterator();
    assertThat(bytes(units.next())).containsExactly(0x67);
    assertThatThrownBy(units::next).isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("9 bytes reaches beyond its sample");
    assertThatThrownBy(units::next).isInstanceOf(MalformedStreamException.class).hasMessageContaining("sample 1 lies outside");
    assertThat(bytes(units.next())).containsExactly(0x41);
    assertThat(bytes(units.next())).containsExactly(0x42);
    assertThat(units.hasNext()).isFalse();
  }

  @Test
  void tablesThatLieAboutTheirSizeAreErrors() {
    byte[] stsd = box("stsd", 0, 1, entry("avc1", 1, (byte) 0x67));
    byte[] stsc = box("stsc", 0, 1, 1, 1, 1);
    byte[] stco = box("stco", 0, 1, DATA);
    byte[] mdat = {1, 0x65};
    assertFault(file(mdat, stsd, box("stsz", 0, 0, -1, 2), stsc, stco), MalformedStreamException.class,
        "more than the box holds");
    assertFault(file(mdat, stsd, box("stsz", 0, 2, 1), stsc, box("stco", 0, 9, DATA)), MalformedStreamException.class,
        "more than the box");
    assertFault(file(mdat, stsd, box("stsz", 0, 2, 9), stsc, stco), MalformedStreamException.class, "8 samples are in no chunk");
    assertFault(file(mdat, stsd, box("stsz", 0, 2, 1), box("stsc", 0, 1, 1, 1, 7), stco), MalformedStreamException.class,
        "sample_description_index 7");
    // Four thousand million samples, all of them the same bytes.
    byte[] many = box("stco", 0, 2, DATA, DATA);
    assertFault(
        file(new byte[1024], stsd, box("stsz", 0, 1, -1), box("stsc", 0, 1, 1, 1000, 1), many), MalformedStreamException.class,
        "more bytes than the file");
  }

  private static void fuzz(long first, int count) throws IOException {
    List<byte[]> corpus = List.of(
        Mp4Oracle.mux(STREAM, "mp4", true, Map.of()), Mp4Oracle.mux(STREAM, "mov", false, Map.of("movflags", "faststart")),
        Mp4Oracle.mux(STREAM, "mp4", true, Map.of("movflags", "empty_moov+frag_every_frame+omit_tfhd_offset")),
        Mp4Oracle.mux(STREAM, "mp4", false, Map.of("movflags", "empty_moov+frag_every_frame+default_base_moof")));
    DecoderLimits limits = new DecoderLimits(2048, 100, 1 << 20);
    for (long seed = first; seed < first + count; seed++) {
      Random random = new Random(seed);
      byte[] file = corpus.get((int) (seed % corpus.size())).clone();
      // All but the slices
      int moov = find(file, "moov") - 4;
      int size = ByteBuffer.wrap(file).getInt(moov);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int at = random.nextInt(seed % 4 < 2 ? 8 : 2) == 0 ? random.nextInt(file.length) : moov + random.nextInt(size);
        file[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (file[at] ^ (1 << random.nextInt(8)));
      }
      file = random.nextInt(6) == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
      int nalUnits = 0;
      try {
        int[] notes = new int[1];
        Iterator<NalUnit> units = NalUnits.of(MemorySegment.ofArray(file), limits, note -> {
          assertThat(note.getMessage()).contains("clause ");
          notes[0]++;
        }).iterator();
        while (units.hasNext()) {
          try {
            assertThat(units.next().rbspPrefix(64).length()).isNotNegative();
          } catch (MalformedStreamException | UnsupportedStreamException e) {
            assertThat(e.getMessage()).contains("clause ");
          }
          nalUnits++;
        }
        assertThat(notes[0]).isLessThanOrEqualTo(file.length);
      } catch (MalformedStreamException | UnsupportedStreamException e) {
        assertThat(e.getMessage()).contains("clause ");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
      assertThat(nalUnits).isLessThanOrEqualTo(file.length);
    }
  }

  @Test
  @Timeout(60)
  void damagedFilesRaiseOnlyTheDocumentedExceptions() throws IOException {
    fuzz(0, 20_000);
  }

  @Test
  @Tag("long")
  void manyDamagedFilesRaiseOnlyTheDocumentedExceptions() throws IOException {
    fuzz(Long.getLong("llm265.fuzz.seed", 1_000_000), 1_000_000);
  }
}
