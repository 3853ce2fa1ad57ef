package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.MalformedStreamException;
import llm265.h264.macroblock.BlockScan;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidualBlockParserTest {
  private static CabacDecodingEngine engineFor(BinString bins) {
    ContextVariables contexts = new ContextVariables();
    CabacEncodingEngine encoder = new CabacEncodingEngine();
    encoder.init();
    bins.terminate(1);
    encoder.encode(bins, contexts);
    CabacDecodingEngine engine = new CabacDecodingEngine();
    engine.initContexts(new ContextVariables());
    engine.init(Arrays.copyOf(encoder.buffer(), encoder.size() + CabacDecodingEngine.SLACK), 0, encoder.size());
    return engine;
  }

  /** Many blocks of one category in one piece of code, frame and field coded, so that contexts adapt far. */
  @Property(tries = 200)
  void levelsComeBack(
      @ForAll long seed, @ForAll @IntRange(max = 13) int ctxBlockCat, @ForAll boolean fieldCoded,
      @ForAll @IntRange(min = 1, max = 2) int numC8x8, @ForAll @IntRange(min = 1, max = 22) int largestBits) {
    SplittableRandom random = new SplittableRandom(seed);
    BlockContexts block = BlockContexts.all(fieldCoded, numC8x8)[ctxBlockCat];
    int numCoeff = ctxBlockCat == CtxBlockCat.CHROMA_DC ? 4 * numC8x8 : CtxBlockCat.maxNumCoeff(ctxBlockCat);
    int firstCoeff = numCoeff == 15 ? 1 : 0;
    int[] scan = numCoeff == 64
        ? fieldCoded ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8
        : numCoeff == 8 ? BlockScan.CHROMA_DC_422 : fieldCoded ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4;
    if (numCoeff == 4) {
      scan = BlockScan.CHROMA_DC_420;
    }
    int blocks = 20;
    int[] levels = new int[64 * blocks];
    BinString bins = new BinString();
    for (int b = 0; b < blocks; b++) {
      int density = random.nextInt(1, 5);
      for (int i = 0; i < numCoeff; i++) {
        int size = 1 << random.nextInt(largestBits);
        levels[64 * b + scan[firstCoeff + i]] = random.nextInt(4) < density ? random.nextInt(-size, size + 1) : 0;
      }
      levels[64 * b + scan[firstCoeff + random.nextInt(numCoeff)]] = random.nextBoolean() ? 1 : -(1 << (largestBits - 1));
      ResidualBlockWriter.write(bins, new ResidualBins(block), numCoeff, scan, firstCoeff, levels, 64 * b);
    }
    CabacDecodingEngine engine = engineFor(bins);
    int[] parsed = new int[64 * blocks];
    for (int b = 0; b < blocks; b++) {
      if (numCoeff == 15 || numCoeff == 16) {
        ResidualBlockParser.parse4x4(engine, block, numCoeff, fieldCoded, firstCoeff, parsed, 64 * b);
      } else {
        ResidualBlockParser.parseByTable(engine, block, numCoeff, scan, parsed, 64 * b);
      }
    }
    assertThat(parsed).isEqualTo(levels);
    assertThat(engine.decodeTerminate()).isEqualTo(1);
    engine.checkNotOverread();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 13, 14, 15, 16, 17, 30, 31, 127, 2063, 32767, 32768, 1 << 20, (1 << 21) - 1, 1 << 21})
  void everySizeOfLevelComesBack(int level) {
    BlockContexts block = BlockContexts.all(false, 1)[CtxBlockCat.LUMA_4X4];
    int[] levels = new int[16];
    levels[0] = level;
    levels[1] = -level;
    levels[15] = level;
    BinString bins = new BinString();
    ResidualBlockWriter.write(bins, new ResidualBins(block), 16, BlockScan.ZIGZAG_4X4, 0, levels, 0);
    int[] parsed = new int[16];
    ResidualBlockParser.parse4x4(engineFor(bins), block, 16, false, 0, parsed, 0);
    assertThat(parsed).isEqualTo(levels);
  }

  @Test
  void endlessSuffixIsMalformed() {
    BlockContexts block = BlockContexts.all(false, 1)[CtxBlockCat.LUMA_4X4];
    BinString bins = new BinString();
    bins.decision(block.significantCoeffFlag, 1);
    bins.decision(block.lastSignificantCoeffFlag, 1);
    bins.decision(block.coeffAbsLevelMinus1 + 1, 1);
    for (int i = 0; i < 13; i++) {
      bins.decision(block.coeffAbsLevelMinus1 + 5, 1);
    }
    for (int i = 0; i < 1000; i++) {
      bins.bypass(1);
    }
    CabacDecodingEngine engine = engineFor(bins);
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> ResidualBlockParser.parse4x4(engine, block, 16, false, 0, new int[16], 0))
        .satisfies(e -> assertThat(e.syntaxElement()).isEqualTo("coeff_abs_level_minus1"));
  }
}
