package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.PictureMbState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacroblockParserTest {
  private static final int WIDTH = 7;
  private static final int HEIGHT = 6;

  /** Writes a picture of random macroblocks in slices of random length and parses each slice. */
  private static void roundTrip(SplittableRandom random, ChromaFormat chroma, boolean transform8x8, int bitDepth) {
    PictureFormat format = new PictureFormat(WIDTH, HEIGHT, chroma, bitDepth, bitDepth, 0, 0, 0, 0);
    int largestLevel = (1 << 7 + bitDepth) - 1;
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
      parser.startSlice(data, 0, engine.size(), sliceQp, format, transform8x8);
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

  @Test
  void previousMbQpDeltaIsForgottenByMacroblocksWithoutOne() {
    Macroblock mb = new Macroblock();
    mb.mbQpDelta = 3;
    mb.mbType = 1;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isTrue();
    mb.mbType = 0;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isFalse();
    mb.codedBlockPattern = 1;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isTrue();
    mb.mbType = 25;
    assertThat(MacroblockWriter.mbQpDeltaNotZero(mb)).isFalse();
  }
}
