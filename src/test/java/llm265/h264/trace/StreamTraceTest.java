package llm265.h264.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.cabac.TraceReplay;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.decode.TracedMacroblocks;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The trace tells of every bit, and of the macroblocks that are decoded. */
class StreamTraceTest {
  private static final Path GOLDEN = Path.of("golden-vectors");

  private static Stream<Path> golden(boolean good) throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(file -> file.toString().endsWith(".264"))
          .filter(file -> file.getFileName().toString().startsWith("bad-") != good).sorted().toList().stream();
    }
  }

  private static List<String> text(byte[] stream, int picture, int mbAddr) {
    List<String> lines = new ArrayList<>();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, picture, mbAddr, new SyntaxText(lines::add));
    return lines;
  }

  @TestFactory
  Stream<DynamicTest> goldenVectorsAreTracedToTheLastBit() throws IOException {
    return golden(true).map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
      byte[] stream = Files.readAllBytes(file);
      assertThat(TraceReplay.check(stream).bins()).isPositive();
      assertThat(TracedMacroblocks.check(stream)).isPositive();
    }));
  }

  /** Streams of x264 too, with CAVLC and MBAFF among them. */
  @Test
  void streamsOfTwoEncodersAreTracedToTheLastBit() {
    int cavlcSlices = 0;
    int cabacSlices = 0;
    for (byte[] stream : StreamCorpus.streams()) {
      TraceReplay.Counts counts = TraceReplay.check(stream);
      cavlcSlices += counts.cavlcSlices();
      cabacSlices += counts.cabacSlices();
      assertThat(TracedMacroblocks.check(stream)).isPositive();
    }
    assertThat(cavlcSlices).isPositive();
    assertThat(cabacSlices).isPositive();
  }

  /** Of pictures with other slices there is the beginning of their headers, in its place. */
  @Test
  void intraPicturesOfAVideoAreTraced() {
    for (boolean openGroups : new boolean[] {false, true}) {
      byte[] stream = StreamCorpus.video(openGroups);
      assertThat(TraceReplay.check(stream).cabacSlices()).isEqualTo(3);
      List<String> lines = text(stream, StreamTrace.ALL, StreamTrace.ALL);
      int nalUnits = 0;
      for (String line : lines) {
        if (line.startsWith("nal_unit ")) {
          assertThat(line).startsWith("nal_unit " + nalUnits++ + " ");
        }
      }
      assertThat(lines).filteredOn(line -> line.startsWith("slice_data ")).hasSize(3);
      assertThat(lines).filteredOn(line -> line.startsWith("left_out ")).hasSize(9);
      assertThat(text(stream, 4, 2)).hasSizeGreaterThan(3).isEqualTo(excerpt(lines, 4, 2));
      assertThat(text(stream, 1, StreamTrace.ALL)).isEmpty();
    }
  }

  static Stream<Path> badVectors() throws IOException {
    return golden(false);
  }

  @ParameterizedTest
  @MethodSource("badVectors")
  void damagedStreamIsTracedUpToTheFaultThatTheDecoderFinds(Path file) throws IOException {
    byte[] stream = Files.readAllBytes(file);
    String expected = "";
    List<StreamException> notes = new ArrayList<>();
    PictureReceiver receiver = new PictureReceiver() {
      @Override
      public void picture(DecodedPicture picture) {}

      @Override
      public void noted(StreamException fault) {
        notes.add(fault);
      }
    };
    try {
      new H264IntraDecoder(DecoderLimits.DEFAULT, DecodingMode.INTRA_ONLY).decode(MemorySegment.ofArray(stream), receiver);
    } catch (StreamException e) {
      expected = e.getMessage();
    }
    assertThat(expected.isEmpty()).isEqualTo(notes.size() == 1);
    List<String> lines = new ArrayList<>();
    String thrown = "";
    try {
      StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, new SyntaxText(lines::add));
    } catch (StreamException e) {
      thrown = e.getMessage();
    }
    assertThat(thrown).isEqualTo(expected);
    if (expected.isEmpty()) {
      // No picture needs what is at fault.
      assertThat(lines.getLast()).startsWith("left_out " + notes.getFirst().syntaxElement() + ": " + notes.getFirst().problem());
    } else {
      assertThat(lines.getLast()).isEqualTo("fault " + expected);
    }
    assertThat(lines.stream().filter(line -> line.startsWith("fault "))).hasSize(expected.isEmpty() ? 0 : 1);
  }

  /** The lines of one macroblock, of which the whole text has one block for each picture. */
  private static List<String> excerpt(List<String> whole, int picture, int mbAddr) {
    List<String> lines = new ArrayList<>();
    String nalUnit = "";
    String slice = "";
    boolean within = false;
    for (String line : whole) {
      if (line.startsWith("nal_unit ")) {
        nalUnit = line;
        within = false;
      } else if (line.startsWith("slice_data ")) {
        slice = line;
      } else if (line.startsWith("macroblock ")) {
        within = line.equals("macroblock " + mbAddr) && slice.startsWith("slice_data picture " + picture + " ");
        if (within) {
          lines.add(nalUnit);
          lines.add(slice);
        }
      } else if (line.contains(" 7.3.2.11 ")) {
        within = false;
      }
      if (within) {
        lines.add(line);
      }
    }
    return lines;
  }

  @ParameterizedTest
  @MethodSource("slicedVectors")
  void oneMacroblockIsAnExcerptOfTheWhole(String file) throws IOException {
    byte[] stream = Files.readAllBytes(GOLDEN.resolve(file));
    List<String> whole = text(stream, StreamTrace.ALL, StreamTrace.ALL);
    for (int picture = 0; picture < 2; picture++) {
      for (int mbAddr : new int[] {0, 5, 8}) {
        List<String> lines = text(stream, picture, mbAddr);
        assertThat(lines).hasSizeGreaterThan(4).isEqualTo(excerpt(whole, picture, mbAddr));
      }
    }
    List<String> both = new ArrayList<>();
    for (String line : whole) {
      if (line.equals("macroblock 5")) {
        both.add(line);
      }
    }
    assertThat(text(stream, StreamTrace.ALL, 5)).containsAll(both).filteredOn(line -> line.startsWith("macroblock"))
        .hasSameSizeAs(both);
  }

  static Stream<String> slicedVectors() {
    return Stream.of("enc-image.264", "enc-scaling-lists.264", "syn-slices.264");
  }

  @Test
  void onePictureIsAnExcerptOfTheWhole() throws IOException {
    byte[] stream = Files.readAllBytes(GOLDEN.resolve("enc-scaling-lists.264"));
    List<String> whole = text(stream, StreamTrace.ALL, StreamTrace.ALL);
    List<String> one = text(stream, 3, StreamTrace.ALL);
    int slice = whole.indexOf("slice_data picture 3 frame slice 0");
    int from = slice;
    while (!whole.get(from).startsWith("nal_unit ")) {
      from--;
    }
    int to = slice;
    while (!whole.get(to).startsWith("nal_unit ")) {
      to++;
    }
    assertThat(one).isEqualTo(whole.subList(from, to));
  }

  @Test
  void whatIsNotThereHasNoLines() throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("enc-cropped-right.264"));
    assertThat(text(bytes, 0, 11)).isNotEmpty();
    assertThat(text(bytes, 0, 12)).isEmpty();
    assertThat(text(bytes, 1, 0)).isEmpty();
    MemorySegment stream = MemorySegment.ofArray(bytes);
    assertThat(StreamTrace.trace(stream, DecoderLimits.DEFAULT, 1, StreamTrace.ALL, element -> { })).isFalse();
    assertThat(StreamTrace.trace(stream, DecoderLimits.DEFAULT, 0, StreamTrace.ALL, element -> { })).isTrue();
  }
}
