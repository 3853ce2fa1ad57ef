package llm265.h264.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.CtxBlockCat;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.macroblock.BlockScan;
import org.junit.jupiter.api.Test;

class LevelTrellisTest {
  private static final int AC = CtxBlockCat.LUMA_AC;
  private static final float LAMBDA = 0.1f;

  private final ContextVariables contexts = new ContextVariables();
  private final LevelTrellis trellis = new LevelTrellis(1 << 20);
  private final Random random = new Random(1);

  private boolean choose(int ctxBlockCat, int ctxIdxInc, int[] coefficients, float[] scale, float lambda, int[] levels) {
    trellis.prepare(ctxBlockCat, contexts, lambda);
    return trellis.choose(ctxBlockCat, ctxIdxInc, coefficients, 0, scale, levels, 0);
  }

  /** D + lambda R of a block by the bins that are written for it. */
  private double cost(int ctxBlockCat, int ctxIdxInc, int[] coefficients, float[] scale, int[] levels) {
    int first = ctxBlockCat == AC ? 1 : 0;
    double distortion = 0;
    boolean coded = false;
    for (int k = first; k < scale.length; k++) {
      distortion += Math.pow(coefficients[k] * scale[k] - levels[k], 2);
      coded |= levels[k] != 0;
    }
    BinString bins = new BinString();
    MacroblockWriter writer = new MacroblockWriter(ChromaFormat.YUV420, true);
    if (ctxIdxInc >= 0) {
      writer.writeBlock(ctxBlockCat, ctxIdxInc, coded ? 1 : 0, levels, 0, bins);
    } else if (coded) {
      writer.writeLevels(ctxBlockCat, levels, 0, bins);
    }
    return distortion + LAMBDA * BinCost.fixed(bins, contexts) / BinCost.BIT;
  }

  private float[] scale(int size) {
    float[] scale = new float[size];
    Arrays.fill(scale, 1 / 64f);
    return scale;
  }

  @Test
  void noChoiceOfLevelsOfASmallBlockIsCheaper() {
    for (int block = 0; block < 300; block++) {
      contexts.init(random.nextInt(52));
      int[] coefficients = new int[16];
      int active = 1 + random.nextInt(7);
      for (int i = 0; i < active; i++) {
        coefficients[BlockScan.ZIGZAG_4X4[1 + random.nextInt(15)]] = (int) (64 * 1.5 * random.nextGaussian());
      }
      int[] chosen = new int[16];
      boolean coded = choose(AC, 2, coefficients, scale(16), LAMBDA, chosen);
      assertThat(coded).isEqualTo(Arrays.stream(chosen).anyMatch(level -> level != 0));
      double least = cost(AC, 2, coefficients, scale(16), chosen);
      int[] other = new int[16];
      for (int choice = 0; choice < 1 << 15; choice++) {
        boolean differs = false;
        for (int k = 1; k < 16; k++) {
          int magnitude = Math.abs(coefficients[k]) / 64 + ((choice >> (k - 1)) & 1);
          other[k] = coefficients[k] < 0 ? -magnitude : magnitude;
          differs |= ((choice >> (k - 1)) & 1) != 0 && coefficients[k] == 0;
        }
        if (!differs) {
          assertThat(cost(AC, 2, coefficients, scale(16), other)).isGreaterThan(least - 1e-4);
        }
      }
    }
  }

  @Test
  void blocksOfAllKindsCostLessThanRounded() {
    for (int[] kind : new int[][] {{CtxBlockCat.LUMA_DC, 1, 16}, {AC, 3, 16}, {CtxBlockCat.LUMA_4X4, 0, 16},
        {CtxBlockCat.LUMA_8X8, -1, 64}}) {
      double saved = 0;
      for (int block = 0; block < 200; block++) {
        int[] coefficients = random.ints(kind[2], -300, 300).toArray();
        // Beyond the prefix of 14, so that Exp-Golomb codes are counted too.
        coefficients[3] *= 8;
        int[] chosen = new int[kind[2]];
        int[] rounded = new int[kind[2]];
        choose(kind[0], kind[1], coefficients, scale(kind[2]), LAMBDA, chosen);
        for (int k = kind[0] == AC ? 1 : 0; k < rounded.length; k++) {
          rounded[k] = Math.round(coefficients[k] / 64f);
        }
        double gain = cost(kind[0], kind[1], coefficients, scale(kind[2]), rounded)
            - cost(kind[0], kind[1], coefficients, scale(kind[2]), chosen);
        assertThat(gain).isGreaterThan(-1e-3);
        saved += gain;
      }
      assertThat(saved).isGreaterThan(5);
    }
  }

  @Test
  void nothingIsCodedWhereNothingPays() {
    int[] coefficients = new int[16];
    coefficients[15] = 40;
    int[] levels = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    assertThat(choose(AC, 0, coefficients, scale(16), LAMBDA, levels)).isFalse();
    assertThat(levels[0]).isEqualTo(7);
    assertThat(Arrays.copyOfRange(levels, 1, 16)).containsOnly(0);
    assertThat(cost(AC, 0, coefficients, scale(16), new int[16])).isCloseTo(Math.pow(40 / 64.0, 2), within(0.5));
  }

  @Test
  void withoutAPriceForBitsLevelsAreRounded() {
    int[] coefficients = random.ints(64, -2000, 2000).toArray();
    int[] levels = new int[64];
    choose(CtxBlockCat.LUMA_8X8, -1, coefficients, scale(64), 0, levels);
    for (int k = 0; k < 64; k++) {
      assertThat(Math.abs(coefficients[k] / 64.0 - levels[k])).isLessThanOrEqualTo(0.5);
    }
  }

  @Test
  void blocksSearchedTogetherGetTheLevelsThatTheyGetOneByOne() {
    for (int round = 0; round < 200; round++) {
      double deviation = 64 * Math.exp(5 * random.nextDouble() - 1);
      int[] coefficients = new int[256];
      Arrays.setAll(coefficients, k -> (int) (deviation * random.nextGaussian()));
      contexts.init(random.nextInt(52));
      trellis.prepare(AC, contexts, LAMBDA);
      assertThat(trellis.searchAc(coefficients, scale(16))).isTrue();
      int[] one = new int[256];
      int[] all = new int[256];
      for (int block = 0; block < 16; block++) {
        boolean coded = trellis.decideAc(block, block & 3);
        assertThat(trellis.choose(AC, block & 3, coefficients, 16 * block, scale(16), one, 16 * block)).isEqualTo(coded);
      }
      trellis.chooseAc(scale(16), all);
      assertThat(all).isEqualTo(one);
    }
  }

  @Test
  void magnitudesBeyondTheKernelsRangeAreSearchedBlockByBlock() {
    float[] scale = scale(16);
    scale[15] = TrellisKernels.MAGNITUDES / (float) (1 << 20);
    trellis.prepare(AC, contexts, LAMBDA);
    assertThat(trellis.searchAc(new int[256], scale)).isFalse();
  }
}
