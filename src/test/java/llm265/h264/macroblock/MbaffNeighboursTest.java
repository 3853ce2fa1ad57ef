package llm265.h264.macroblock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MbaffNeighboursTest {
  private static final int WIDTH = 5;
  private static final int HEIGHT = 6;

  private final PictureMbState state = new PictureMbState(WIDTH, HEIGHT);

  /** Table 6-4 for xN < 0 and yN of 0 to maxH - 1: mbAddrN and yM. */
  private int[] left(int mbAddr, int yN, int maxH) {
    int pairA = (mbAddr & ~1) - 2;
    boolean bottom = (mbAddr & 1) != 0;
    boolean fieldA = state.mbField[pairA];
    if (!state.mbField[mbAddr]) {
      if (!fieldA) {
        return new int[] {bottom ? pairA + 1 : pairA, yN};
      }
      return new int[] {yN % 2 == 0 ? pairA : pairA + 1, (yN + (bottom ? maxH : 0)) >> 1};
    }
    if (fieldA) {
      return new int[] {bottom ? pairA + 1 : pairA, yN};
    }
    int row = 2 * yN + (bottom ? 1 : 0);
    return yN < maxH / 2 ? new int[] {pairA, row} : new int[] {pairA + 1, row - maxH};
  }

  /** Table 6-4 for yN = -1 and xN of 0 to maxW - 1: mbAddrN, or -1. */
  private int above(int mbAddr) {
    int pairB = (mbAddr & ~1) - 2 * WIDTH;
    boolean bottom = (mbAddr & 1) != 0;
    if (!state.mbField[mbAddr]) {
      return bottom ? mbAddr - 1 : pairB < 0 ? -1 : pairB + 1;
    }
    if (pairB < 0) {
      return -1;
    }
    return bottom || !state.mbField[pairB] ? pairB + 1 : pairB;
  }

  private void fill(SplittableRandom random) {
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      state.sliceIndex[i] = 0;
      state.mbField[i] = (i & 1) == 0 ? random.nextBoolean() : state.mbField[i - 1];
      state.mbType[i] = (byte) random.nextInt(26);
      state.transformSize8x8Flag[i] = random.nextBoolean();
      state.codedBlockPattern[i] = (byte) random.nextInt(48);
      state.intraChromaPredMode[i] = (byte) random.nextInt(4);
      state.codedBlockFlags[i] = random.nextLong() & ((1L << 53) - 1);
      for (int block = 0; block < 16; block++) {
        state.intraPredModes[16 * i + block] = (byte) random.nextInt(9);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ChromaFormat.class)
  void everyNeighbourIsThatOfTable6Dash4(ChromaFormat chroma) {
    SplittableRandom random = new SplittableRandom(4);
    MbaffNeighbours neighbours = new MbaffNeighbours();
    for (int run = 0; run < 30; run++) {
      fill(random);
      for (int mbAddr = 0; mbAddr < WIDTH * HEIGHT; mbAddr++) {
        neighbours.derive(state, mbAddr, state.mbField[mbAddr], 0, chroma);
        int above = above(mbAddr);
        assertThat(neighbours.availableB).isEqualTo(above >= 0);
        assertThat(neighbours.b).isEqualTo(above < 0 ? state.unavailable() : above);
        assertThat(neighbours.availableA).isEqualTo((mbAddr >> 1) % WIDTH > 0);
        if (neighbours.availableA) {
          checkLeft(mbAddr, neighbours.a, chroma);
        } else {
          assertThat(neighbours.a).isEqualTo(state.unavailable());
        }
      }
    }
  }

  private void checkLeft(int mbAddr, int a, ChromaFormat chroma) {
    int mbA = left(mbAddr, 0, 16)[0];
    assertThat(state.mbType[a]).isEqualTo(state.mbType[mbA]);
    assertThat(state.transformSize8x8Flag[a]).isEqualTo(state.transformSize8x8Flag[mbA]);
    assertThat(state.intraChromaPredMode[a]).isEqualTo(state.intraChromaPredMode[mbA]);
    assertThat(state.codedBlockPattern[a] >> 4).isEqualTo(state.codedBlockPattern[mbA] >> 4);
    assertThat(state.codedBlockFlags[a] >>> Macroblock.DC_FLAG_BIT)
        .isEqualTo(state.codedBlockFlags[mbA] >>> Macroblock.DC_FLAG_BIT);
    for (int yN = 0; yN < 16; yN += 8) {
      int[] n = left(mbAddr, yN, 16);
      assertThat((state.codedBlockPattern[a] >> (yN / 4 + 1)) & 1)
          .isEqualTo((state.codedBlockPattern[n[0]] >> (n[1] / 8 * 2 + 1)) & 1);
    }
    for (int yN = 0; yN < 16; yN += 4) {
      int[] n = left(mbAddr, yN, 16);
      int block = BlockScan.BLOCK_INDEX[yN + 3];
      int from = BlockScan.BLOCK_INDEX[n[1] / 4 * 4 + 3];
      assertThat(state.intraPredModes[16 * a + block]).isEqualTo(state.intraPredModes[16 * n[0] + from]);
      for (int plane = 0; plane < (chroma == ChromaFormat.YUV444 ? 3 : 1); plane++) {
        assertThat((state.codedBlockFlags[a] >>> (16 * plane + block)) & 1)
            .isEqualTo((state.codedBlockFlags[n[0]] >>> (16 * plane + from)) & 1);
        assertThat((state.codedBlockFlagsOf8x8(a) >>> (16 * plane + block)) & 1)
            .isEqualTo((state.codedBlockFlagsOf8x8(n[0]) >>> (16 * plane + from)) & 1);
      }
    }
    if (chroma == ChromaFormat.YUV420 || chroma == ChromaFormat.YUV422) {
      for (int yN = 0; yN < chroma.mbHeightC(); yN += 4) {
        int[] n = left(mbAddr, yN, chroma.mbHeightC());
        for (int plane = 1; plane < 3; plane++) {
          assertThat((state.codedBlockFlags[a] >>> (16 * plane + yN / 2 + 1)) & 1)
              .isEqualTo((state.codedBlockFlags[n[0]] >>> (16 * plane + n[1] / 4 * 2 + 1)) & 1);
        }
      }
    }
  }
}
