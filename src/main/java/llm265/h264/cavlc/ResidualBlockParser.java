package llm265.h264.cavlc;

import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;

/** 7.3.5.3.2 Residual block CAVLC syntax, with 9.2 CAVLC parsing process for transform coefficient levels. */
final class ResidualBlockParser {
  /** Largest level_prefix. Levels of 14-bit samples are below 2^21 and need 24; the rest is a margin and excludes overflow. */
  private static final int MOST_LEVEL_PREFIX = 26;

  private static final String LEVEL_CLAUSE = "9.2.2.1";

  private final int[] levelVal = new int[16];

  /**
   * Parses a block.
   *
   * @param coeffToken column of Table 9-5
   * @param totalZeros total_zeros, indexed by tzVlcIndex - 1
   * @param maxNumCoeff 4, 8, 15 or 16
   * @param scan position of a level in the block, indexed by {@code firstScan + (coefficient << scanShift)}
   * @param levels receives the levels that are not 0, at {@code offset + position}
   * @return TotalCoeff
   * @throws MalformedStreamException if bits are no code, or there are more coefficients than the block has
   */
  int parse(RbspReader reader, int coeffToken, PrefixCode[] totalZeros, int maxNumCoeff,
      int[] scan, int firstScan, int scanShift, int[] levels, int offset) {
    int token = CodeTables.COEFF_TOKEN[coeffToken].read(reader);
    int totalCoeff = token >> 2;
    if (totalCoeff == 0) {
      return 0;
    }
    if (totalCoeff > maxNumCoeff) {
      throw new MalformedStreamException(
          "coeff_token", "7.4.5.3.2", totalCoeff + " coefficients in a block of " + maxNumCoeff);
    }
    parseLevels(reader, totalCoeff, token & 3);
    int zerosLeft = totalCoeff < maxNumCoeff ? totalZeros[totalCoeff - 1].read(reader) : 0;
    int coeffNum = totalCoeff + zerosLeft - 1;
    if (coeffNum >= maxNumCoeff) {
      throw new MalformedStreamException(
          "total_zeros", "7.4.5.3.2", zerosLeft + " zeros and " + totalCoeff + " levels in a block of " + maxNumCoeff);
    }
    for (int i = 0; i < totalCoeff; i++) {
      levels[offset + scan[firstScan + (coeffNum << scanShift)]] = levelVal[i];
      if (zerosLeft > 0 && i < totalCoeff - 1) {
        int runBefore = CodeTables.RUN_BEFORE[Math.min(zerosLeft, 7) - 1].read(reader);
        if (runBefore > zerosLeft) {
          throw new MalformedStreamException("run_before", "7.4.5.3.2", runBefore + " of " + zerosLeft + " zeros");
        }
        zerosLeft -= runBefore;
        coeffNum -= runBefore;
      }
      coeffNum--;
    }
    return totalCoeff;
  }

  /** 9.2.2 Parsing process for level information: levelVal, highest frequency first. */
  private void parseLevels(RbspReader reader, int totalCoeff, int trailingOnes) {
    for (int i = 0; i < trailingOnes; i++) {
      levelVal[i] = 1 - 2 * reader.readInt(1, "trailing_ones_sign_flag");
    }
    int suffixLength = totalCoeff > 10 && trailingOnes < 3 ? 1 : 0;
    for (int i = trailingOnes; i < totalCoeff; i++) {
      int levelPrefix = parseLevelPrefix(reader);
      int levelCode = Math.min(15, levelPrefix) << suffixLength;
      int levelSuffixSize =
          levelPrefix >= 15 ? levelPrefix - 3 : levelPrefix == 14 && suffixLength == 0 ? 4 : suffixLength;
      levelCode += reader.readInt(levelSuffixSize, "level_suffix");
      if (levelPrefix >= 15 && suffixLength == 0) {
        levelCode += 15;
      }
      if (levelPrefix >= 16) {
        levelCode += (1 << (levelPrefix - 3)) - 4096;
      }
      if (i == trailingOnes && trailingOnes < 3) {
        levelCode += 2;
      }
      int level = (levelCode & 1) == 0 ? (levelCode + 2) >> 1 : (-levelCode - 1) >> 1;
      levelVal[i] = level;
      suffixLength = Math.max(suffixLength, 1);
      if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) {
        suffixLength++;
      }
    }
  }

  /** 9.2.2.1 Parsing process for level_prefix. */
  private static int parseLevelPrefix(RbspReader reader) {
    int levelPrefix = Integer.numberOfLeadingZeros(reader.peekInt(31)) - 1;
    if (levelPrefix > MOST_LEVEL_PREFIX) {
      if (reader.bitsLeft() <= MOST_LEVEL_PREFIX) {
        throw new MalformedStreamException("level_prefix", LEVEL_CLAUSE, "the data ends within it");
      }
      throw new MalformedStreamException("level_prefix", LEVEL_CLAUSE, "is greater than " + MOST_LEVEL_PREFIX);
    }
    reader.readCode(levelPrefix + 1, "level_prefix", levelPrefix);
    return levelPrefix;
  }
}
