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
import java.util.List;
import java.util.Map;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import llm265.oracle.StreamUnits;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Test;

/** Files of which something is odd or damaged that takes no sample away, as FFmpeg reads them. */
class OddFilesTest {
  private static final int DATA = 24;

  private static final byte[] ENTRY = entry("avc1", 1, (byte) 0x67);
  private static final byte[] ONE_CHUNK = box("stsc", 0, 1, 1, 9, 1);

  private final List<String> notes = new ArrayList<>();

  private List<byte[]> read(byte[] file) {
    List<byte[]> units = new ArrayList<>();
    NalUnits.of(MemorySegment.ofArray(file), DecoderLimits.DEFAULT, note -> notes.add(note.getMessage()))
        .forEach(unit -> units.add(unit.stream().asSlice(unit.offset(), unit.length()).toArray(ValueLayout.JAVA_BYTE)));
    return units;
  }

  private static byte[] trak(byte[]... tables) {
    return box("trak", box("mdia", box("minf", box("stbl", join(tables)))));
  }

  private static byte[] file(byte[] mdat, byte[]... moov) {
    return join(box("ftyp", 0x69736F6D, 0), box("mdat", mdat), box("moov", join(moov)));
  }

  private static byte[] file(byte[] mdat, byte[] entry, byte[] sizes, byte[] chunks) {
    return file(mdat, trak(box("stsd", 0, 1, entry), sizes, chunks, box("stco", 0, 1, DATA)));
  }

  /** A file of two samples, 0x65 and 0x41 3. */
  private static final byte[] TWO = {1, 0x65, 2, 0x41, 3};

  private static byte[] two(byte[]... beside) {
    return file(TWO, join(beside),
        trak(box("stsd", 0, 1, ENTRY), box("stsz", 0, 0, 2, 2, 3), box("stsc", 0, 1, 1, 2, 1), box("stco", 0, 1, DATA)));
  }

  private void assertTwo(byte[] file, String note) {
    notes.clear();
    assertThat(read(file)).containsExactly(new byte[] {0x67}, new byte[] {0x65}, new byte[] {0x41, 3});
    if (note.isEmpty()) {
      assertThat(notes).isEmpty();
    } else {
      assertThat(notes).hasSize(1).first().asString().contains(note);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void bytesBehindTheLastBoxAreNoted() {
    assertTwo(two(), "");
    assertTwo(join(two(), ascii("GPS 0.0 0.0 and more text behind")),
        "file: its last 32 bytes are not a box (clause 4.2 of ISO/IEC 14496-12; byte ");
    assertTwo(join(two(), new byte[100]), "");
    assertTwo(join(two(), ascii("end")), "");
    assertTwo(join(two(), new byte[] {0, 0, 0, 7, 'm', 'd', 'a', 't', 0, 0}), "file: its last 10 bytes are not a box");
    // A fragment would have samples.
    assertThatThrownBy(() -> read(join(two(), new byte[] {0, 0, 1, 0, 'm', 'o', 'o', 'f'})))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("moof box: 256 bytes are more than the file has");
  }

  @Test
  void damagedBoxesBesideTheTrackAreNoted() {
    byte[] udta = box("udta", ascii("twelve bytes"));
    udta[2] = 1;
    // What is behind a box without end cannot be found.
    byte[] behind = file(TWO,
        trak(box("stsd", 0, 1, ENTRY), box("stsz", 0, 0, 2, 2, 3), box("stsc", 0, 1, 1, 2, 1), box("stco", 0, 1, DATA)), udta);
    assertTwo(behind, "udta box: 276 bytes are more than the box around it has");
    assertThatThrownBy(() -> read(two(udta))).isInstanceOf(MalformedStreamException.class);
    byte[] stsd = box("stsd", 0, -1);
    stsd[3] = 9;
    assertTwo(two(trak(stsd)), "stsd box: the box ends early");
    assertTwo(two(box("meta", new byte[3])), "");
  }

  @Test
  void samplesWithoutBytesAreNoted() {
    byte[] sizes = box("stsz", 0, 0, 5, 0, 2, 0, 3, 0);
    byte[] file = file(TWO, ENTRY, sizes, box("stsc", 0, 1, 1, 5, 1));
    assertThat(read(file)).containsExactly(new byte[] {0x67}, new byte[] {0x65}, new byte[] {0x41, 3});
    assertThat(notes).hasSize(3).allMatch(note -> note.contains("has no bytes")).first().asString()
        .contains("sample 0 has no bytes");
  }

  @Test
  void samplesMayBePadded() {
    byte[] file = file(new byte[] {0, 0, 0, 1, 0x65, 0, 0}, entry("avc1", 4, (byte) 0x67), box("stsz", 0, 7, 1),
        box("stsc", 0, 1, 1, 1, 1));
    assertThat(read(file)).containsExactly(new byte[] {0x67}, new byte[] {0x65});
    assertThat(notes).hasSize(1).first().asString().contains("a sample ends with 2 bytes, too few for NALUnitLength");
  }

  @Test
  void lengthsMayHaveThreeBytes() {
    byte[] file = file(new byte[] {0, 0, 1, 0x65, 0, 0, 2, 0x41, 3}, entry("avc1", 3, (byte) 0x67), box("stsz", 0, 9, 1),
        box("stsc", 0, 1, 1, 1, 1));
    assertThat(read(file)).containsExactly(new byte[] {0x67}, new byte[] {0x65}, new byte[] {0x41, 3});
  }

  /** 8.7.3.3: stz2, sizes of 4, 8 and 16 bits. */
  @Test
  void compactSampleSizesAreRead() {
    byte[] chunk = box("stsc", 0, 1, 1, 2, 1);
    assertTwo(file(TWO, ENTRY, box("stz2", 0, 4, 2, new byte[] {0x23}), chunk), "");
    assertTwo(file(TWO, ENTRY, box("stz2", 0, 8, 2, new byte[] {2, 3}), chunk), "");
    assertTwo(file(TWO, ENTRY, box("stz2", 0, 16, 2, new byte[] {0, 2, 0, 3}), chunk), "");
    assertThatThrownBy(() -> read(file(TWO, ENTRY, box("stz2", 0, 8, 2, new byte[] {2}), chunk)))
        .hasMessageContaining("more than the box holds");
    assertThatThrownBy(() -> read(file(TWO, ENTRY, box("stz2", 0, 5, 2, new byte[] {2, 3}), chunk)))
        .hasMessageContaining("field_size 5");
  }

  @Test
  void chunksWithMoreSamplesThanTheTableAreNoted() {
    assertTwo(file(TWO, ENTRY, box("stsz", 0, 0, 2, 2, 3), ONE_CHUNK), "stsz box: chunks hold more samples than its 2");
  }

  @Test
  void theOnlySampleEntryNeedsNoIndex() {
    byte[] file = file(TWO, ENTRY, box("stsz", 0, 0, 2, 2, 3), box("stsc", 0, 1, 1, 2, 0));
    assertThat(read(file)).containsExactly(new byte[] {0x67}, new byte[] {0x65}, new byte[] {0x41, 3});
    assertThat(notes).hasSize(2).first().asString().contains("sample_description_index of sample 0 is 0");
    byte[] entries = trak(box("stsd", 0, 2, ENTRY, ENTRY), box("stsz", 0, 0, 2, 2, 3), box("stsc", 0, 1, 1, 2, 0),
        box("stco", 0, 1, DATA));
    assertThatThrownBy(() -> read(file(TWO, entries))).hasMessageContaining("sample_description_index 0");
  }

  @Test
  void filesMayBeginWithOtherBoxes() {
    for (String type : List.of("uuid", "junk", "udta", "pict", "prfl", "free", "skip", "wide")) {
      byte[] file = two();
      System.arraycopy(ascii(type), 0, file, 4, 4);
      assertTwo(file, "");
    }
  }

  /** A sample is an access unit: what one lacks is not taken from the next, though slice headers and order would allow it. */
  @Test
  void slicesOfTwoSamplesAreNoPicture() throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");
    List<byte[]> sets = StreamUnits.split(stream, StreamUnits::isParameterSet).subList(0, 2);
    List<byte[]> slices = StreamUnits.split(stream, StreamUnits::isSlice);
    // Of two pictures with the same headers: one lacks its second slice, the other its first.
    byte[] first = slices.get(0);
    byte[] second = slices.get(5);
    assertThat(Account.of(StreamUnits.join(sets, first, second)).pictures).hasSize(1);
    byte[] mdat = join(lengthOf(sets.get(0)), sets.get(0), lengthOf(sets.get(1)), sets.get(1), lengthOf(first), first,
        lengthOf(second), second);
    int secondSample = 4 + second.length;
    byte[] file = file(mdat, entry("avc3", 4, sets.get(0)), box("stsz", 0, 0, 2, mdat.length - secondSample, secondSample),
        box("stsc", 0, 1, 1, 2, 1));
    Account account = Account.of(file);
    assertThat(account.pictures).isEmpty();
    assertThat(account.faults).hasSize(2).allMatch(fault -> fault.contains("macroblocks of the picture are in no slice"));
  }

  private static byte[] lengthOf(byte[] unit) {
    return new byte[] {0, 0, (byte) (unit.length >> 8), (byte) unit.length};
  }

  private record Account(List<DecodedPicture> pictures, List<String> faults) implements PictureReceiver {
    static Account of(byte[] stream) {
      Account account = new Account(new ArrayList<>(), new ArrayList<>());
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, DecodingMode.KEEP_GOING,
          CommonPool.workers(2), account);
      return account;
    }

    @Override
    public void picture(DecodedPicture decoded) {
      pictures.add(decoded);
    }

    @Override
    public void damaged(int index, StreamException fault) {
      faults.add(fault.getMessage());
    }
  }

  /** A muxer that has left start codes where lengths should be. */
  @Test
  void samplesMayBeByteStreams() {
    byte[] sample = {0, 0, 0, 1, 0x65, (byte) 0x88, 7, 8, 9, 0, 0, 1, 0x41, 3};
    byte[] file = file(sample, entry("avc1", 4, (byte) 0x67), box("stsz", 0, 14, 1), box("stsc", 0, 1, 1, 1, 1));
    assertThat(read(file)).containsExactly(new byte[] {0x67}, new byte[] {0x65, (byte) 0x88, 7, 8, 9}, new byte[] {0x41, 3});
    for (NalUnit unit : NalUnits.of(MemorySegment.ofArray(file), DecoderLimits.DEFAULT)) {
      assertThat(unit.accessUnit()).isZero();
    }
  }

  @Test
  void parameterSetsBeyondTheConfigurationAreLeftOut() {
    byte[] configuration = {1, 100, 0, 10, (byte) 0xFC, (byte) 0xE2, 0, 1, 0x67, 0, 9, 0x67};
    byte[] entry = box("avc3", new byte[78], box("avcC", configuration));
    assertTwo(file(TWO, entry, box("stsz", 0, 0, 2, 2, 3), box("stsc", 0, 1, 1, 2, 1)),
        "avcC box: 9 entries are more than the box holds");
    byte[] trailing = {1, 100, 0, 10, (byte) 0xFC, (byte) 0xE1, 0, 1, 0x67, 0, 1, 2, 3, 4, 5, 6};
    assertTwo(file(TWO, box("avc1", new byte[78], box("avcC", trailing)), box("stsz", 0, 0, 2, 2, 3),
        box("stsc", 0, 1, 1, 2, 1)), "");
  }

  /** FFmpeg's own files with these mendings needed: the boxes that it writes are none of them. */
  @Test
  void soundFilesHaveNothingToBeNoted() throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");
    for (String format : List.of("mp4", "mov")) {
      read(Mp4Oracle.mux(stream, format, true, Map.of()));
      read(Mp4Oracle.mux(stream, format, false, Map.of("movflags", "faststart+frag_keyframe")));
    }
    assertThat(notes).isEmpty();
  }
}
