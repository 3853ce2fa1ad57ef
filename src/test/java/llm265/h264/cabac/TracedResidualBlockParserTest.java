package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.MalformedStreamException;
import llm265.h264.macroblock.BlockScan;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * The readable parser of residual blocks against the fast one, on random bits: a stream of bins with all that is rare in a real
 * one.
 */
class TracedResidualBlockParserTest {
  private static final int BYTES = 4000;

  private static CabacDecodingEngine start(byte[] data, ContextVariables contexts) {
    CabacDecodingEngine engine = new CabacDecodingEngine();
    engine.initContexts(contexts);
    engine.init(data, 0, BYTES);
    return engine;
  }

  private static int[] scan(int numCoeff, boolean fieldCoded) {
    return switch (numCoeff) {
      case 4 -> BlockScan.CHROMA_DC_420;
      case 8 -> BlockScan.CHROMA_DC_422;
      case 64 -> fieldCoded ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8;
      default -> fieldCoded ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4;
    };
  }

  @Property(tries = 150)
  void bothParsersComeToTheSameLevelsAndState(
      @ForAll long seed, @ForAll boolean fieldCoded, @ForAll @IntRange(min = 1, max = 2) int numC8x8) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] data = new byte[BYTES + CabacDecodingEngine.SLACK];
    random.nextBytes(data);
    data[0] &= 0x7F;
    ContextVariables contexts = CabacEncodingEngineTest.randomContexts(random);
    CabacDecodingEngine fast = start(data, contexts);
    CabacDecodingEngine readable = start(data, contexts);
    TracedResidualBlockParser parser =
        new TracedResidualBlockParser(new CabacTrace(readable, (name, bitPosition, bits, value) -> { }));
    BlockContexts[] blocks = BlockContexts.all(fieldCoded, numC8x8);
    while (fast.bitPosition() < 8 * (BYTES - 1500)) {
      BlockContexts block = blocks[random.nextInt(blocks.length)];
      int numCoeff =
          block.ctxBlockCat == CtxBlockCat.CHROMA_DC ? 4 * numC8x8 : CtxBlockCat.maxNumCoeff(block.ctxBlockCat);
      int firstCoeff = numCoeff == 15 ? 1 : 0;
      int[] scan = scan(numCoeff, fieldCoded);
      int[] expected = new int[64];
      int[] levels = new int[64];
      try {
        if (numCoeff == 15 || numCoeff == 16) {
          ResidualBlockParser.parse4x4(fast, block, numCoeff, fieldCoded, firstCoeff, expected, 0);
        } else {
          ResidualBlockParser.parseByTable(fast, block, numCoeff, scan, expected, 0);
        }
      } catch (MalformedStreamException e) {
        try {
          parser.parse(block, numCoeff, scan, firstCoeff, levels, 0);
          fail("no fault in category " + block.ctxBlockCat);
        } catch (MalformedStreamException other) {
          assertThat(other).hasMessage(e.getMessage());
        }
        return;
      }
      parser.parse(block, numCoeff, scan, firstCoeff, levels, 0);
      assertThat(levels).as("category %d", block.ctxBlockCat).isEqualTo(expected);
      assertThat(readable.codIRange()).isEqualTo(fast.codIRange());
      assertThat(readable.codIOffset()).isEqualTo(fast.codIOffset());
      assertThat(readable.bitPosition()).isEqualTo(fast.bitPosition());
      assertThat(Arrays.equals(readable.contexts, fast.contexts)).isTrue();
    }
  }
}
