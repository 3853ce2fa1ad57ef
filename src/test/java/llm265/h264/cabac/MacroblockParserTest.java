package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MacroblockParserTest {
  private static final int WIDTH = 7;
  private static final int HEIGHT = 6;

  /** Writes a picture of random macroblocks in slices of random length and parses each slice. */
  private static void roundTrip(SplittableRandom random, ChromaFormat chroma, boolean transform8x8, int bitDepth) {
    PictureFormat format = new PictureFormat(WIDTH, HEIGHT, chroma, bitDepth, bitDepth, 0, 0, 0, 0);
    int largestLevel = (1 << (7 + bitDepth)) - 1;
    MacroblockGenerator generator = new MacroblockGenerator(random, chroma, transform8x8, bitDepth, largestLevel);
    MacroblockWriter writer = new MacroblockWriter(chroma, transform8x8);
    PictureMbState writtenState = new PictureMbState(WIDTH, HEIGHT);
    PictureMbState parsedState = new PictureMbState(WIDTH, HEIGHT);
    MbNeighbours neighbours = new MbNeighbours();
    CabacEncodingEngine engine = new CabacEncodingEngine();
    ContextVariables contexts = new ContextVariables();
    MacroblockParser parser = new MacroblockParser();
    Macroblock parsed = new Macroblock();
    BinString bins = new BinString();
    int first = 0;
    for (int slice = 0; first < WIDTH * HEIGHT; slice++) {
      int count = Math.min(random.nextInt(1, 20), WIDTH * HEIGHT - first);
      int sliceQp = random.nextInt(52);
      List<Macroblock> written = new ArrayList<>();
      engine.init();
      contexts.init(sliceQp);
      boolean deltaNotZero = false;
      for (int i = 0; i < count; i++) {
        Macroblock mb = new Macroblock();
        mb.moveTo(first + i, WIDTH);
        generator.fill(mb);
        neighbours.derive(writtenState, mb.mbX, mb.mbY, slice);
        bins.reset();
        writer.binarize(mb, writtenState, neighbours, deltaNotZero, bins);
        engine.encode(bins, contexts);
        if (mb.isPcm()) {
          int chromaSamples = 2 * chroma.mbWidthC() * chroma.mbHeightC();
          engine.encodePcm(mb.pcmSamples, bitDepth, chromaSamples, bitDepth);
        }
        deltaNotZero = MacroblockWriter.mbQpDeltaNotZero(mb);
        bins.reset();
        MacroblockWriter.endOfSliceFlag(bins, i == count - 1);
        engine.encode(bins, contexts);
        writtenState.store(mb, slice);
        written.add(mb);
      }
      byte[] data = Arrays.copyOf(engine.buffer(), engine.size() + CabacDecodingEngine.SLACK);
      parser.startSlice(data, 0, engine.size(), sliceQp, format, transform8x8, false);
      for (Macroblock mb : written) {
        parsed.moveTo(mb.mbAddr, WIDTH);
        parsed.clearResidual();
        neighbours.derive(parsedState, mb.mbX, mb.mbY, slice);
        parser.parse(parsed, parsedState, neighbours);
        assertSame(parsed, mb);
        parsedState.store(parsed, slice);
        assertThat(parser.parseEndOfSliceFlag()).isEqualTo(mb == written.getLast());
      }
      first += count;
    }
  }

  private static void assertSame(Macroblock parsed, Macroblock written) {
    assertThat(parsed.mbType).isEqualTo(written.mbType);
    assertThat(parsed.codedBlockPattern).isEqualTo(written.codedBlockPattern);
    assertThat(parsed.mbQpDelta).isEqualTo(written.mbQpDelta);
    assertThat(parsed.transformSize8x8Flag).isEqualTo(written.transformSize8x8Flag);
    assertThat(parsed.intraChromaPredMode).isEqualTo(written.intraChromaPredMode);
    assertThat(parsed.codedBlockFlags).isEqualTo(written.codedBlockFlags);
    assertThat(parsed.levels).isEqualTo(written.levels);
    assertThat(parsed.dcLevels).isEqualTo(written.dcLevels);
    if (written.isPcm()) {
      assertThat(parsed.pcmSamples).isEqualTo(written.pcmSamples);
    } else if (written.isINxN()) {
      assertThat(parsed.intraPredModes).isEqualTo(written.intraPredModes);
    } else {
      assertThat(parsed.intra16x16PredMode).isEqualTo(written.intra16x16PredMode);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "MONOCHROME, false, 8", "MONOCHROME, true, 8", "YUV420, false, 8", "YUV420, true, 8", "YUV422, true, 8",
    "YUV444, false, 8", "YUV444, true, 8", "YUV420, true, 9", "YUV444, true, 14"
  })
  void everyMacroblockIsParsedAsItWasWritten(ChromaFormat chroma, boolean transform8x8, int bitDepth) {
    SplittableRandom random = new SplittableRandom(42);
    for (int picture = 0; picture < 20; picture++) {
      roundTrip(random, chroma, transform8x8, bitDepth);
    }
  }

  /** One I_16x16 macroblock after the other until the data ends or breaks a rule. */
  private static int parseAll(byte[] data, int size, PictureFormat format) {
    PictureMbState state = new PictureMbState(WIDTH, HEIGHT);
    MbNeighbours neighbours = new MbNeighbours();
    Macroblock mb = new Macroblock();
    MacroblockParser parser = new MacroblockParser();
    parser.startSlice(data, 0, size, 30, format, true, false);
    int address = 0;
    do {
      if (address == WIDTH * HEIGHT) {
        return address;
      }
      mb.moveTo(address++, WIDTH);
      mb.clearResidual();
      neighbours.derive(state, mb.mbX, mb.mbY, 0);
      parser.parse(mb, state, neighbours);
      state.store(mb, 0);
    } while (!parser.parseEndOfSliceFlag());
    return address;
  }

  @ParameterizedTest
  @EnumSource(ChromaFormat.class)
  void randomBytesEitherParseOrAreMalformed(ChromaFormat chroma) {
    SplittableRandom random = new SplittableRandom(77);
    PictureFormat format = new PictureFormat(WIDTH, HEIGHT, chroma, 8, 8, 0, 0, 0, 0);
    int malformed = 0;
    for (int trial = 0; trial < 3000; trial++) {
      byte[] data = new byte[random.nextInt(400) + CabacDecodingEngine.SLACK];
      random.nextBytes(data);
      try {
        assertThat(parseAll(data, data.length - CabacDecodingEngine.SLACK, format)).isPositive();
      } catch (MalformedStreamException e) {
        malformed++;
      }
    }
    assertThat(malformed).isGreaterThan(1000);
  }

  @Test
  void everyTruncationIsMalformed() {
    SplittableRandom random = new SplittableRandom(78);
    PictureFormat format = new PictureFormat(WIDTH, HEIGHT, ChromaFormat.YUV420, 8, 8, 0, 0, 0, 0);
    MacroblockGenerator generator = new MacroblockGenerator(random, ChromaFormat.YUV420, true, 8, 2000);
    MacroblockWriter writer = new MacroblockWriter(ChromaFormat.YUV420, true);
    PictureMbState state = new PictureMbState(WIDTH, HEIGHT);
    MbNeighbours neighbours = new MbNeighbours();
    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    ContextVariables contexts = new ContextVariables();
    contexts.init(30);
    Macroblock mb = new Macroblock();
    BinString bins = new BinString();
    boolean deltaNotZero = false;
    for (int address = 0; address < 6; address++) {
      mb.moveTo(address, WIDTH);
      do {
        generator.fill(mb);
      } while (mb.isPcm());
      neighbours.derive(state, mb.mbX, mb.mbY, 0);
      bins.reset();
      writer.binarize(mb, state, neighbours, deltaNotZero, bins);
      MacroblockWriter.endOfSliceFlag(bins, address == 5);
      engine.encode(bins, contexts);
      deltaNotZero = MacroblockWriter.mbQpDeltaNotZero(mb);
      state.store(mb, 0);
    }
    assertThat(parseAll(Arrays.copyOf(engine.buffer(), engine.size() + 4), engine.size(), format)).isEqualTo(6);
    for (int size = 0; size < engine.size() - 2; size++) {
      byte[] data = Arrays.copyOf(Arrays.copyOf(engine.buffer(), size), size + CabacDecodingEngine.SLACK);
      int cut = size;
      assertThatExceptionOfType(MalformedStreamException.class)
          .as("%d of %d bytes", size, engine.size())
          .isThrownBy(() -> parseAll(data, cut, format));
    }
  }

  /** The type has CodedBlockPatternChroma 1, but residual() of a monochrome picture has no chroma. */
  @Test
  void chromaPatternOfTheTypeIsIgnoredWithoutChroma() {
    PictureFormat format = new PictureFormat(1, 1, ChromaFormat.MONOCHROME, 8, 8, 0, 0, 0, 0);
    PictureMbState state = new PictureMbState(1, 1);
    MbNeighbours neighbours = new MbNeighbours();
    neighbours.derive(state, 0, 0, 0);
    Macroblock mb = new Macroblock();
    mb.mbType = MbType.ofI16x16(2, 1, false);
    mb.codedBlockPattern = 0x10;
    mb.codedBlockFlags = 1L << Macroblock.DC_FLAG_BIT;
    mb.dcLevels[5] = -3;
    BinString bins = new BinString();
    new MacroblockWriter(ChromaFormat.MONOCHROME, false).binarize(mb, state, neighbours, false, bins);
    bins.terminate(1);
    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    engine.encode(bins, new ContextVariables());
    MacroblockParser parser = new MacroblockParser();
    byte[] data = Arrays.copyOf(engine.buffer(), engine.size() + CabacDecodingEngine.SLACK);
    parser.startSlice(data, 0, engine.size(), 26, format, false, false);
    Macroblock parsed = new Macroblock();
    parser.parse(parsed, state, neighbours);
    assertThat(parsed.mbType).isEqualTo(mb.mbType);
    assertThat(parsed.codedBlockPattern).isZero();
    assertThat(parsed.dcLevels).isEqualTo(mb.dcLevels);
    assertThat(parser.parseEndOfSliceFlag()).isTrue();
  }

  @Test
  void qpDeltaOutsideItsRangeIsMalformed() {
    PictureFormat format = new PictureFormat(1, 1, ChromaFormat.MONOCHROME, 8, 8, 0, 0, 0, 0);
    for (int delta : new int[] {-27, 26, 40, 5000}) {
      Macroblock mb = new Macroblock();
      mb.mbType = 1;
      mb.mbQpDelta = delta;
      PictureMbState state = new PictureMbState(1, 1);
      MbNeighbours neighbours = new MbNeighbours();
      neighbours.derive(state, 0, 0, 0);
      BinString bins = new BinString();
      new MacroblockWriter(ChromaFormat.MONOCHROME, false).binarize(mb, state, neighbours, false, bins);
      bins.terminate(1);
      CabacEncodingEngine engine = new CabacEncodingEngine();
      engine.init();
      ContextVariables contexts = new ContextVariables();
      engine.encode(bins, contexts);
      MacroblockParser parser = new MacroblockParser();
      byte[] data = Arrays.copyOf(engine.buffer(), engine.size() + CabacDecodingEngine.SLACK);
      parser.startSlice(data, 0, engine.size(), 26, format, false, false);
      assertThatExceptionOfType(MalformedStreamException.class)
          .isThrownBy(() -> parser.parse(new Macroblock(), state, neighbours))
          .satisfies(e -> assertThat(e.syntaxElement()).isEqualTo("mb_qp_delta"));
    }
  }
}
