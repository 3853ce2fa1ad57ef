package llm265.h264.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.PictureFormat;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import llm265.h264.cabac.MacroblockWriter;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbType;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.transform.LevelRecovery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveLevelCostsTest {
  private final Random random = new Random(3);
  private final AdaptiveLevelCosts costs = new AdaptiveLevelCosts();

  private short[] levels(int macroblocks, double deviation) {
    short[] levels = new short[256 * macroblocks];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (short) Math.rint(deviation * random.nextGaussian());
    }
    return levels;
  }

  private static double sum(float[] bits, int from) {
    double sum = 0;
    for (int i = from; i < from + 256; i++) {
      sum += bits[i];
    }
    return sum;
  }

  /** Without neighbours, and with levels in all blocks, every coded_block_flag has the context that is taken for it. */
  @Test
  void levelsTakeWhatTheBinsOfTheirMacroblockTake() {
    PictureMbState state = new PictureMbState(1, 1);
    MbNeighbours neighbours = new MbNeighbours();
    neighbours.derive(state, 0, 0, 0);
    MacroblockWriter writer = new MacroblockWriter(ChromaFormat.MONOCHROME, true);
    ContextVariables contexts = new ContextVariables();
    contexts.init(LevelRecovery.WIDE.qp());
    costs.begin(LevelRecovery.WIDE.qp());
    float[] bits = new float[256];
    double macroblockBits = Double.NaN;
    for (int round = 0; round < 400; round++) {
      // From those with single levels in blocks to those beyond the prefix of coeff_abs_level_minus1.
      short[] levels = levels(1, Math.exp(5 * random.nextDouble() - 1.5));
      Macroblock mb = new Macroblock();
      mb.mbType = MbType.ofI16x16(2, 0, true);
      mb.codedBlockPattern = 15;
      for (int block = 0; block < 16; block++) {
        int one = 16 * block + 1 + random.nextInt(15);
        levels[one] = levels[one] == 0 ? 1 : levels[one];
        mb.dcLevels[4 * BlockScan.BLOCK_ROW[block] + BlockScan.BLOCK_COLUMN[block]] = levels[16 * block];
        for (int i = 1; i < 16; i++) {
          mb.levels[16 * block + i] = levels[16 * block + i];
        }
        mb.codedBlockFlags |= 1L << block;
      }
      levels[0] = levels[0] == 0 ? -1 : levels[0];
      mb.dcLevels[0] = levels[0];
      mb.codedBlockFlags |= 1L << Macroblock.DC_FLAG_BIT;
      BinString bins = new BinString();
      writer.writeMbType(mb.mbType, state, neighbours, bins);
      // Behind mb_type, mb_qp_delta is a single bin.
      int first = bins.size() + 1;
      bins = new BinString();
      writer.binarize(mb, state, neighbours, false, bins);
      double expected = BinCost.adaptive(bins, first, bins.size(), contexts) / (double) BinCost.BIT;
      double all = costs.code(levels, 0, bits);
      assertThat(sum(bits, 0)).isCloseTo(expected, within(1e-4 * expected));
      // What a macroblock takes beside is the same for all.
      macroblockBits = round == 0 ? all - expected : macroblockBits;
      assertThat(all - expected).isCloseTo(macroblockBits, within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.7, 1.3, 2.5, 6})
  void pictureTakesTheSumOfItsLevels(double deviation) {
    PictureFormat format = PictureFormat.of8Bit(256, 256, ChromaFormat.YUV420);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, format);
    short[] levels = levels(256, deviation);
    EncodedPicture picture = encoder.encodeLevels(levels, LevelRecovery.WIDE, 0);
    costs.begin(LevelRecovery.WIDE.qp());
    float[] bits = new float[levels.length];
    double sum = 0;
    for (int mb = 0; mb < 256; mb++) {
      double all = costs.code(levels, 256 * mb, bits);
      assertThat(all - sum(bits, 256 * mb)).isBetween(0.0, 1.0);
      sum += all;
    }
    // Start code, slice header, emulation prevention and the end of the arithmetic code.
    double real = 8.0 * picture.slices().length - 100;
    assertThat(sum).isCloseTo(real, within(0.004 * real + 100));
  }
}
