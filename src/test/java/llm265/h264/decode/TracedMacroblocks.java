package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.macroblock.BlockScan;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbType;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;

/**
 * Macroblocks put together from the syntax elements of a trace, by the semantics of 7.4.5 and, for CAVLC, 9.2.2 and 9.2.3: they
 * must be those that the decoder hands to a {@link MacroblockListener}.
 */
public final class TracedMacroblocks implements SyntaxListener {
  private static final Pattern LEVELS = Pattern.compile("(Luma|Cb|Cr|)([A-Z]\\w+?)((?:\\[\\d+])*)");

  private final List<String> macroblocks = new ArrayList<>();
  private Macroblock mb;
  private TracedSlice slice;
  private boolean mbField;
  private boolean patternIsSent;
  /** rem_intra4x4_pred_mode or rem_intra8x8_pred_mode by block, -1 where the predicted mode is taken. */
  private final int[] remaining = new int[16];

  private String kind;
  private int plane;
  private int blkIdx;
  private int maxNumCoeff;
  private final int[] coeffLevel = new int[64];
  private CavlcBlock cavlc;

  private TracedMacroblocks() {}

  /** Compares, macroblock by macroblock; returns how many there are. */
  public static int check(byte[] stream) {
    TracedMacroblocks traced = new TracedMacroblocks();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, traced);
    traced.endMacroblock();
    List<String> decoded = new ArrayList<>();
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT, DecodingMode.INTRA_ONLY);
    decoder.setMacroblockListener((mb, sliceIndex) -> decoded.add(describe(mb, mb.intraPredModes)));
    decoder.decode(MemorySegment.ofArray(stream), picture -> { });
    assertThat(traced.macroblocks).hasSameSizeAs(decoded);
    if (traced.slice != null && traced.slice.sps().separateColourPlaneFlag()) {
      // The decoder takes one plane after the other.
      traced.macroblocks.sort(null);
      decoded.sort(null);
    }
    for (int i = 0; i < decoded.size(); i++) {
      assertSame(traced.macroblocks.get(i), decoded.get(i));
    }
    return decoded.size();
  }

  /** Of prediction modes the trace tells no more than whether they are above or below the predicted one. */
  private static void assertSame(String traced, String decoded) {
    int tracedModes = traced.indexOf(" modes ");
    int decodedModes = decoded.indexOf(" modes ");
    assertThat(traced.substring(0, tracedModes)).isEqualTo(decoded.substring(0, decodedModes));
    String[] remaining = traced.substring(tracedModes + 7).split(",");
    String[] modes = decoded.substring(decodedModes + 7).split(",");
    for (int i = 0; i < remaining.length && !remaining[i].equals("-"); i++) {
      int rem = Integer.parseInt(remaining[i]);
      int mode = Integer.parseInt(modes[i]);
      assertThat(rem < 0 || mode == rem || mode == rem + 1).as("block %d of %s against %s", i, traced, decoded).isTrue();
    }
  }

  private static String describe(Macroblock mb, Object modes) {
    StringBuilder text = new StringBuilder().append(mb.mbAddr).append(' ').append(MbType.name(mb.mbType));
    if (mb.isPcm()) {
      return text.append(' ').append(Arrays.hashCode(mb.pcmSamples)).append(" modes -").toString();
    }
    text.append(" transform_size_8x8_flag ").append(mb.transformSize8x8Flag)
        .append(" intra_chroma_pred_mode ").append(mb.intraChromaPredMode)
        .append(" coded_block_pattern ").append(mb.codedBlockPattern)
        .append(" mb_qp_delta ").append(mb.mbQpDelta);
    for (int i = 0; i < mb.levels.length; i++) {
      if (mb.levels[i] != 0) {
        text.append(' ').append(i).append(':').append(mb.levels[i]);
      }
    }
    for (int i = 0; i < mb.dcLevels.length; i++) {
      if (mb.dcLevels[i] != 0) {
        text.append(" DC").append(i).append(':').append(mb.dcLevels[i]);
      }
    }
    String list = modes instanceof int[] remaining ? Arrays.toString(remaining) : Arrays.toString((byte[]) modes);
    return text.append(" modes ").append(mb.isINxN() ? list.replaceAll("[\\[\\] ]", "") : "-").toString();
  }

  @Override
  public void sliceData(TracedSlice begun) {
    endMacroblock();
    slice = begun;
    mbField = false;
  }

  @Override
  public void macroblock(int mbAddr) {
    endMacroblock();
    mb = new Macroblock();
    mb.mbAddr = mbAddr;
    Arrays.fill(remaining, -1);
    patternIsSent = false;
    if (slice.pictureStructure().equals("mbaff") && (mbAddr & 1) == 0) {
      mbField = false;
    }
  }

  private void endMacroblock() {
    endBlock();
    if (mb != null) {
      if (!patternIsSent && mb.isI16x16()) {
        int chroma = slice.sps().format().chroma().ordinal();
        mb.codedBlockPattern = MbType.codedBlockPattern(mb.mbType)
            & (chroma == 1 || chroma == 2 ? 0x3F : 15);
        if (slice.sps().separateColourPlaneFlag()) {
          mb.codedBlockPattern &= 15;
        }
      }
      macroblocks.add(describe(mb, remaining));
      mb = null;
    }
  }

  @Override
  public void residualBlock(String structure, String levels, int numCoeff, int nC) {
    endBlock();
    Matcher matcher = LEVELS.matcher(levels);
    assertThat(matcher.matches()).as(levels).isTrue();
    kind = matcher.group(2);
    int[] indices = Arrays.stream(matcher.group(3).split("\\D+")).filter(text -> !text.isEmpty())
        .mapToInt(Integer::parseInt).toArray();
    if (kind.startsWith("Chroma")) {
      plane = 1 + indices[0];
      blkIdx = indices.length > 1 ? indices[1] : 0;
    } else {
      plane = matcher.group(1).equals("Cb") ? 1 : matcher.group(1).equals("Cr") ? 2 : 0;
      blkIdx = indices.length > 0 ? indices[0] : 0;
    }
    maxNumCoeff = numCoeff;
    Arrays.fill(coeffLevel, 0);
    cavlc = structure.equals(SyntaxTrace.RESIDUAL_BLOCK_CAVLC) ? new CavlcBlock(numCoeff) : null;
  }

  private void endBlock() {
    if (kind == null) {
      return;
    }
    if (cavlc != null) {
      System.arraycopy(cavlc.coeffLevel(), 0, coeffLevel, 0, maxNumCoeff);
    }
    boolean field = slice.header().fieldPicFlag() || mbField;
    int[] scan4x4 = field ? BlockScan.FIELD_4X4 : BlockScan.ZIGZAG_4X4;
    int[] scan8x8 = field ? BlockScan.FIELD_8X8 : BlockScan.ZIGZAG_8X8;
    boolean dealt = cavlc != null && mb.transformSize8x8Flag && kind.equals("Level4x4");
    for (int k = 0; k < maxNumCoeff; k++) {
      if (coeffLevel[k] == 0) {
        continue;
      }
      switch (kind) {
        case "Intra16x16DCLevel" -> mb.dcLevels[16 * plane + scan4x4[k]] = coeffLevel[k];
        case "ChromaDCLevel" -> mb.dcLevels[16 * plane
            + (maxNumCoeff == 4 ? BlockScan.CHROMA_DC_420 : BlockScan.CHROMA_DC_422)[k]] = coeffLevel[k];
        case "Intra16x16ACLevel", "ChromaACLevel" -> mb.levels[256 * plane + 16 * blkIdx + scan4x4[k + 1]] = coeffLevel[k];
        case "Level8x8" -> mb.levels[256 * plane + 64 * blkIdx + scan8x8[k]] = coeffLevel[k];
        default -> {
          if (dealt) {
            mb.levels[256 * plane + 64 * (blkIdx >> 2) + scan8x8[4 * k + (blkIdx & 3)]] = coeffLevel[k];
          } else {
            mb.levels[256 * plane + 16 * blkIdx + scan4x4[k]] = coeffLevel[k];
          }
        }
      }
    }
    kind = null;
  }

  @Override
  public void element(SyntaxElement element) {
    if (mb == null) {
      return;
    }
    int bracket = element.name().indexOf('[');
    String name = bracket < 0 ? element.name() : element.name().substring(0, bracket);
    int index = bracket < 0 ? 0 : Integer.parseInt(element.name().substring(bracket + 1, element.name().length() - 1));
    int value = (int) element.value();
    if (kind != null && element.structure().startsWith("residual_block")) {
      switch (name) {
        case "coeff_abs_level_minus1" -> coeffLevel[index] = value + 1;
        case "coeff_sign_flag" -> coeffLevel[index] *= 1 - 2 * value;
        case "coded_block_flag", "significant_coeff_flag", "last_significant_coeff_flag" -> { }
        default -> cavlc.element(name, element);
      }
      return;
    }
    switch (name) {
      case "mb_field_decoding_flag" -> mbField = value != 0;
      case "mb_type" -> mb.mbType = value;
      case "transform_size_8x8_flag" -> mb.transformSize8x8Flag = value != 0;
      case "intra_chroma_pred_mode" -> mb.intraChromaPredMode = value;
      case "coded_block_pattern" -> {
        mb.codedBlockPattern = value;
        patternIsSent = true;
      }
      case "mb_qp_delta" -> mb.mbQpDelta = value;
      case "pcm_sample_luma" -> mb.pcmSamples[index] = (short) value;
      case "pcm_sample_chroma" -> mb.pcmSamples[256 + index] = (short) value;
      case "rem_intra4x4_pred_mode" -> remaining[index] = value;
      case "rem_intra8x8_pred_mode" -> Arrays.fill(remaining, 4 * index, 4 * index + 4, value);
      default -> { }
    }
  }

  /** 7.3.5.3.2 and 9.2.2, from values of elements to coeffLevel. */
  private static final class CavlcBlock {
    private final int maxNumCoeff;
    private int totalCoeff;
    private int trailingOnes;
    private int suffixLength;
    private int levelPrefix;
    private int levelSuffix;
    private boolean prefixIsOpen;
    private int zerosLeft;
    private final List<Integer> levelVal = new ArrayList<>();
    private final List<Integer> runVal = new ArrayList<>();

    CavlcBlock(int maxNumCoeff) {
      this.maxNumCoeff = maxNumCoeff;
    }

    void element(String name, SyntaxElement element) {
      int value = (int) element.value();
      switch (name) {
        case "coeff_token" -> {
          totalCoeff = element.totalCoeff();
          trailingOnes = element.trailingOnes();
          suffixLength = totalCoeff > 10 && trailingOnes < 3 ? 1 : 0;
        }
        case "trailing_ones_sign_flag" -> levelVal.add(1 - 2 * value);
        case "level_prefix" -> {
          endLevel();
          levelPrefix = value;
          levelSuffix = 0;
          prefixIsOpen = true;
        }
        case "level_suffix" -> levelSuffix = value;
        case "total_zeros" -> {
          endLevel();
          zerosLeft = value;
        }
        case "run_before" -> {
          runVal.add(value);
        }
        default -> throw new AssertionError(name);
      }
    }

    /** 9.2.2.1, levelCode and what follows from it. */
    private void endLevel() {
      if (!prefixIsOpen) {
        return;
      }
      prefixIsOpen = false;
      int levelCode = (Math.min(15, levelPrefix) << suffixLength) + levelSuffix;
      if (levelPrefix >= 15 && suffixLength == 0) {
        levelCode += 15;
      }
      if (levelPrefix >= 16) {
        levelCode += (1 << (levelPrefix - 3)) - 4096;
      }
      if (levelVal.size() == trailingOnes && trailingOnes < 3) {
        levelCode += 2;
      }
      int level = levelCode % 2 == 0 ? (levelCode + 2) >> 1 : (-levelCode - 1) >> 1;
      levelVal.add(level);
      if (suffixLength == 0) {
        suffixLength = 1;
      }
      if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) {
        suffixLength++;
      }
    }

    /** 9.2.4. */
    int[] coeffLevel() {
      endLevel();
      int[] coeffLevel = new int[maxNumCoeff];
      assertThat(levelVal).hasSize(totalCoeff);
      if (totalCoeff == 0) {
        return coeffLevel;
      }
      int left = zerosLeft - runVal.stream().mapToInt(Integer::intValue).sum();
      while (runVal.size() < totalCoeff - 1) {
        runVal.add(0);
      }
      runVal.add(left);
      int coeffNum = -1;
      for (int i = totalCoeff - 1; i >= 0; i--) {
        coeffNum += runVal.get(i) + 1;
        coeffLevel[coeffNum] = levelVal.get(i);
      }
      return coeffLevel;
    }
  }
}
