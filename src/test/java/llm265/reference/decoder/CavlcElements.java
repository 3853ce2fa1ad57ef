package llm265.reference.decoder;

import java.util.HashMap;
import java.util.Map;
import llm265.reference.decoder.Block.Kind;
import llm265.reference.decoder.Neighbours.Location;

/** 9.1.2 and 9.2 CAVLC: elements as Exp-Golomb codes, and levels by code tables that depend on what was read before. */
final class CavlcElements implements EntropyDecoding {
  /** Table 9-4: coded_block_pattern of intra macroblocks by codeNum, for ChromaArrayType 1 and 2. */
  private static final int[] CODED_BLOCK_PATTERN = {
    47, 31, 15, 0, 23, 27, 29, 30, 7, 11, 13, 14, 39, 43, 45, 46, 16, 3, 5, 10, 12, 19, 21, 26,
    28, 35, 37, 42, 44, 1, 2, 4, 8, 17, 18, 20, 24, 6, 9, 22, 25, 32, 33, 34, 36, 40, 38, 41
  };

  /** The same for ChromaArrayType 0 and 3. */
  private static final int[] CODED_BLOCK_PATTERN_OF_LUMA = {15, 0, 7, 11, 13, 14, 3, 5, 10, 12, 1, 2, 4, 8, 6, 9};

  /** No level of 14-bit samples needs a longer level_prefix. */
  private static final int MOST_LEVEL_PREFIX = 26;

  private static final int LONGEST_CODE = 16;

  private final Bits bits;

  /** Those of slice data partition B, which levels are in; the same without partitions. */
  private final Bits residualBits;
  private final Watcher watcher;
  private final Neighbours neighbours;
  private final SequenceParameters sps;

  CavlcElements(SliceHeader slice, Bits bits, Bits residualBits, Watcher watcher, Neighbours neighbours) {
    this.bits = bits;
    this.residualBits = residualBits;
    this.watcher = watcher;
    this.neighbours = neighbours;
    sps = slice.sps;
  }

  @Override
  public boolean mbFieldDecodingFlag(int currMbAddr, SliceHeader slice) {
    return bits.flag("mb_field_decoding_flag");
  }

  @Override
  public boolean moreDataFlag() {
    return bits.moreRbspData();
  }

  @Override
  public int mbType() {
    return bits.ue("mb_type", Macroblock.I_PCM);
  }

  @Override
  public boolean transformSize8x8Flag() {
    return bits.flag("transform_size_8x8_flag");
  }

  @Override
  public boolean prevIntraPredModeFlag(String name) {
    return bits.flag(name);
  }

  @Override
  public int remIntraPredMode(String name) {
    return bits.u(3, name);
  }

  @Override
  public int intraChromaPredMode() {
    return bits.ue("intra_chroma_pred_mode", 3);
  }

  /** 9.1.2 Mapping process for coded block pattern, me(v): frequent patterns have small numbers. */
  @Override
  public int codedBlockPattern(Macroblock mb) {
    boolean withChroma = sps.chromaArrayType == 1 || sps.chromaArrayType == 2;
    int[] table = withChroma ? CODED_BLOCK_PATTERN : CODED_BLOCK_PATTERN_OF_LUMA;
    long codeNum = bits.codeNum();
    Bits.require("codeNum of coded_block_pattern", codeNum, 0, table.length - 1);
    watcher.element("coded_block_pattern", table[(int) codeNum]);
    return table[(int) codeNum];
  }

  @Override
  public int mbQpDelta(Macroblock mb) {
    return bits.se("mb_qp_delta", -26 - sps.qpBdOffsetY / 2, 25 + sps.qpBdOffsetY / 2);
  }

  /** The samples lie between other elements. */
  @Override
  public void beginPcm() {
    // Nothing to end.
  }

  @Override
  public void endPcm() {
    // Nothing to begin.
  }

  /** 7.3.5.3.2: residual_block_cavlc( ): the levels from the highest frequency on, then the zeros between them. */
  @Override
  public void residualBlock(Macroblock mb, Block block, int[] coeffLevel) {
    watcher.begin("residual_block_cavlc", "7.3.5.3.2");
    watcher.residualBlock(block.levels(), block.maxNumCoeff());
    int coeffToken = code("coeff_token", Codes.COEFF_TOKEN[columnOf(nC(mb, block))]);
    int totalCoeff = coeffToken / 4;
    int trailingOnes = coeffToken % 4;
    Bits.require("TotalCoeff", totalCoeff, 0, block.maxNumCoeff());
    if (block.kind() != Kind.INTRA16X16_DC && block.kind() != Kind.CHROMA_DC) {
      mb.totalCoeff[block.cIdx()][block.blkIdx()] = totalCoeff;
    }
    if (totalCoeff > 0) {
      int[] levelVal = levelVal(totalCoeff, trailingOnes);
      int[] runVal = runVal(totalCoeff, block);
      int coeffNum = -1;
      for (int i = totalCoeff - 1; i >= 0; i--) {
        coeffNum += runVal[i] + 1;
        coeffLevel[coeffNum] = levelVal[i];
      }
    }
    watcher.end();
  }

  /** 9.2.2 Parsing process for level information. */
  private int[] levelVal(int totalCoeff, int trailingOnes) {
    int[] levelVal = new int[totalCoeff];
    int suffixLength = totalCoeff > 10 && trailingOnes < 3 ? 1 : 0;
    for (int i = 0; i < totalCoeff; i++) {
      if (i < trailingOnes) {
        levelVal[i] = 1 - 2 * residualBits.u(1, "trailing_ones_sign_flag");
        continue;
      }
      int levelPrefix = levelPrefix();
      int levelCode = Math.min(15, levelPrefix) << suffixLength;
      int levelSuffixSize = levelPrefix == 14 && suffixLength == 0 ? 4 : levelPrefix >= 15 ? levelPrefix - 3 : suffixLength;
      if (levelSuffixSize > 0) {
        levelCode += residualBits.u(levelSuffixSize, "level_suffix");
      }
      if (levelPrefix >= 15 && suffixLength == 0) {
        levelCode += 15;
      }
      if (levelPrefix >= 16) {
        levelCode += (1 << (levelPrefix - 3)) - 4096;
      }
      // The first level behind fewer than three trailing ones cannot be 1 or -1.
      if (i == trailingOnes && trailingOnes < 3) {
        levelCode += 2;
      }
      levelVal[i] = levelCode % 2 == 0 ? (levelCode + 2) >> 1 : (-levelCode - 1) >> 1;
      if (suffixLength == 0) {
        suffixLength = 1;
      }
      if (Math.abs(levelVal[i]) > (3 << (suffixLength - 1)) && suffixLength < 6) {
        suffixLength++;
      }
    }
    return levelVal;
  }

  /** 9.2.2.1: a number of zeros before a one. */
  private int levelPrefix() {
    int levelPrefix = 0;
    while (residualBits.readBit() == 0) {
      levelPrefix++;
      Bits.require("level_prefix", levelPrefix, 0, MOST_LEVEL_PREFIX);
    }
    watcher.element("level_prefix", levelPrefix);
    return levelPrefix;
  }

  /** 9.2.3 Parsing process for run information: how many zeros precede each level. */
  private int[] runVal(int totalCoeff, Block block) {
    int[] runVal = new int[totalCoeff];
    int zerosLeft = 0;
    if (totalCoeff < block.maxNumCoeff()) {
      int tzVlcIndex = totalCoeff;
      zerosLeft = code("total_zeros", Codes.totalZeros(block)[tzVlcIndex - 1]);
      Bits.require("total_zeros", zerosLeft, 0, block.maxNumCoeff() - totalCoeff);
    }
    for (int i = 0; i < totalCoeff - 1; i++) {
      if (zerosLeft > 0) {
        runVal[i] = code("run_before", Codes.RUN_BEFORE[Math.min(zerosLeft, 7) - 1]);
        Bits.require("run_before", runVal[i], 0, zerosLeft);
      }
      zerosLeft -= runVal[i];
    }
    runVal[totalCoeff - 1] = zerosLeft;
    return runVal;
  }

  /** Reads bit after bit until they are a code. */
  private int code(String name, Map<String, Integer> codes) {
    String code = "";
    while (code.length() < LONGEST_CODE) {
      code += residualBits.readBit();
      Integer value = codes.get(code);
      if (value != null) {
        watcher.element(name, value);
        return value;
      }
    }
    throw new DecodingException("9.2", "the bits of " + name + " are not a code");
  }

  /** Column of Table 9-5. */
  private static int columnOf(int nC) {
    if (nC < 0) {
      return nC == -1 ? 4 : 5;
    }
    return nC < 2 ? 0 : nC < 4 ? 1 : nC < 8 ? 2 : 3;
  }

  /** 9.2.1: nC predicts the number of levels from those of the blocks on the left and above. */
  private int nC(Macroblock mb, Block block) {
    if (block.kind() == Kind.CHROMA_DC) {
      return sps.chromaArrayType == 1 ? -1 : -2;
    }
    int[] n = new int[2];
    boolean[] available = new boolean[2];
    for (int i = 0; i < 2; i++) {
      boolean chroma = block.kind() == Kind.CHROMA_AC;
      Location at = chroma
          ? neighbours.besideChroma(i, block.blkIdx() % 2 * 4, block.blkIdx() / 2 * 4)
          : neighbours.besideLuma(i, Neighbours.x4x4(block.blkIdx()), Neighbours.y4x4(block.blkIdx()));
      available[i] = at.isAvailable();
      if (available[i]) {
        int blkN = chroma ? Neighbours.chroma4x4BlkIdx(at) : Neighbours.luma4x4BlkIdx(at);
        n[i] = at.mbAddrN().isPcm() ? 16 : at.mbAddrN().totalCoeff[block.cIdx()][blkN];
      }
    }
    if (available[0] && available[1]) {
      return (n[0] + n[1] + 1) >> 1;
    }
    return n[0] + n[1];
  }

  /** The code tables by column, from codes to values. */
  private static final class Codes {
    /** 4 * TotalCoeff + TrailingOnes. */
    static final Map<String, Integer>[] COEFF_TOKEN = read(CavlcTables.COEFF_TOKEN, 2);
    static final Map<String, Integer>[] RUN_BEFORE = read(CavlcTables.RUN_BEFORE, 1);
    private static final Map<String, Integer>[] TOTAL_ZEROS_4X4 = read(CavlcTables.TOTAL_ZEROS_4X4, 1);
    private static final Map<String, Integer>[] TOTAL_ZEROS_2X2 = read(CavlcTables.TOTAL_ZEROS_2X2, 1);
    private static final Map<String, Integer>[] TOTAL_ZEROS_2X4 = read(CavlcTables.TOTAL_ZEROS_2X4, 1);

    static Map<String, Integer>[] totalZeros(Block block) {
      return switch (block.maxNumCoeff()) {
        case 4 -> TOTAL_ZEROS_2X2;
        case 8 -> TOTAL_ZEROS_2X4;
        default -> TOTAL_ZEROS_4X4;
      };
    }

    private static Map<String, Integer>[] read(String[] rows, int numbers) {
      int columns = rows[0].split(" ").length - numbers;
      @SuppressWarnings({"unchecked", "rawtypes"})
      Map<String, Integer>[] codes = new Map[columns];
      for (int column = 0; column < columns; column++) {
        codes[column] = new HashMap<>();
        for (String row : rows) {
          String[] cells = row.split(" ");
          int value = numbers == 1 ? Integer.parseInt(cells[0]) : 4 * Integer.parseInt(cells[1]) + Integer.parseInt(cells[0]);
          codes[column].put(cells[numbers + column], value);
        }
      }
      return codes;
    }
  }
}
