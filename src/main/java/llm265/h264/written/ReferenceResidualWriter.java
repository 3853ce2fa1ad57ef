package llm265.h264.written;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import llm265.h264.bitstream.RbspWriter;

/** 9.2 the other way round, slowly: writes one residual block with CAVLC. */
public final class ReferenceResidualWriter {
  private static final Map<String, List<String>> TABLES = new ConcurrentHashMap<>();

  private ReferenceResidualWriter() {}

  /** The cells of the row of a table that begins with these numbers, less these. */
  public static String cell(String resource, int column, int... key) {
    StringBuilder start = new StringBuilder();
    for (int part : key) {
      start.append(part).append(' ');
    }
    return TABLES.computeIfAbsent(resource, ReferenceResidualWriter::read).stream()
        .filter(line -> line.startsWith(start.toString()))
        .findFirst().orElseThrow()
        .split(" ")[key.length + column];
  }

  private static List<String> read(String resource) {
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(
        ReferenceResidualWriter.class.getResourceAsStream("/llm265/h264/cavlc/" + resource), StandardCharsets.US_ASCII))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeCode(RbspWriter writer, String code) {
    for (char bit : code.toCharArray()) {
      writer.writeBits(1, bit - '0');
    }
  }

  /** Writes the levels of a block in scan order; {@code coeffToken} is the column of Table 9-5. */
  public static void write(RbspWriter writer, int[] coeffLevel, int coeffToken) {
    int maxNumCoeff = coeffLevel.length;
    int[] levelVal = new int[maxNumCoeff];
    int[] runBefore = new int[maxNumCoeff];
    int totalCoeff = 0;
    int totalZeros = 0;
    for (int i = maxNumCoeff - 1; i >= 0; i--) {
      if (coeffLevel[i] != 0) {
        levelVal[totalCoeff++] = coeffLevel[i];
      } else if (totalCoeff > 0) {
        runBefore[totalCoeff - 1]++;
        totalZeros++;
      }
    }
    int trailingOnes = 0;
    while (trailingOnes < Math.min(3, totalCoeff) && Math.abs(levelVal[trailingOnes]) == 1) {
      trailingOnes++;
    }
    writeCode(writer, cell("coeff-token.txt", coeffToken, trailingOnes, totalCoeff));
    if (totalCoeff == 0) {
      return;
    }
    writeLevels(writer, levelVal, totalCoeff, trailingOnes);
    if (totalCoeff < maxNumCoeff) {
      String table = maxNumCoeff == 4 ? "total-zeros-chroma-dc-2x2.txt"
          : maxNumCoeff == 8 ? "total-zeros-chroma-dc-2x4.txt" : "total-zeros-4x4.txt";
      writeCode(writer, cell(table, totalCoeff - 1, totalZeros));
    }
    int zerosLeft = totalZeros;
    for (int i = 0; i < totalCoeff - 1 && zerosLeft > 0; i++) {
      writeCode(writer, cell("run-before.txt", Math.min(zerosLeft, 7) - 1, runBefore[i]));
      zerosLeft -= runBefore[i];
    }
  }

  private static void writeLevels(RbspWriter writer, int[] levelVal, int totalCoeff, int trailingOnes) {
    int suffixLength = totalCoeff > 10 && trailingOnes < 3 ? 1 : 0;
    for (int i = 0; i < totalCoeff; i++) {
      int level = levelVal[i];
      if (i < trailingOnes) {
        writer.writeBits(1, level < 0 ? 1 : 0);
        continue;
      }
      int levelCode = level > 0 ? 2 * level - 2 : -2 * level - 1;
      writeLevelCode(writer, i == trailingOnes && trailingOnes < 3 ? levelCode - 2 : levelCode, suffixLength);
      suffixLength = Math.max(1, suffixLength);
      if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) {
        suffixLength++;
      }
    }
  }

  /** The shortest level_prefix whose level_suffix can express the rest. */
  private static void writeLevelCode(RbspWriter writer, int levelCode, int suffixLength) {
    for (int levelPrefix = 0; ; levelPrefix++) {
      int suffixSize = levelPrefix >= 15 ? levelPrefix - 3 : levelPrefix == 14 && suffixLength == 0 ? 4 : suffixLength;
      int least = Math.min(15, levelPrefix) << suffixLength;
      if (levelPrefix >= 15 && suffixLength == 0) {
        least += 15;
      }
      if (levelPrefix >= 16) {
        least += (1 << (levelPrefix - 3)) - 4096;
      }
      if (levelCode - least < 1 << suffixSize) {
        writer.writeBits(levelPrefix, 0);
        writer.writeBits(1, 1);
        writer.writeBits(suffixSize, levelCode - least);
        return;
      }
    }
  }
}
