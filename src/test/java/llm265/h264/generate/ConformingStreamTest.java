package llm265.h264.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxElement;
import llm265.h264.trace.SyntaxListener;
import llm265.h264.trace.TracedSlice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Annex A, by the traces of streams: profiles, levels, and what decoding engines take. */
class ConformingStreamTest {
  private static final int STREAMS = 4;

  /** What a stream has, as its trace shows it. */
  private static final class Found implements SyntaxListener {
    private final List<TracedSlice> slices = new ArrayList<>();
    private final List<Integer> nalUnitTypes = new ArrayList<>();
    private final Map<Integer, Integer> bytesOfPictures = new HashMap<>();
    private int mostBitsOfAMacroblock;
    private long begin = -1;
    private int mostLevelPrefix;
    private long largestLevel;
    private int bytes;

    @Override
    public void nalUnit(NalUnit nalUnit) {
      nalUnitTypes.add(nalUnit.nalUnitType());
      bytes = nalUnit.length() + 4;
      begin = -1;
    }

    @Override
    public void sliceData(TracedSlice slice) {
      slices.add(slice);
      int field = slice.header().bottomFieldFlag() ? 1 : 0;
      bytesOfPictures.merge(2 * slice.picture() + field, bytes, Integer::sum);
    }

    @Override
    public void macroblock(int mbAddr) {
      begin = -1;
    }

    @Override
    public void element(SyntaxElement element) {
      boolean layer = element.structure().startsWith("macroblock_layer") || element.structure().equals("mb_pred")
          || element.structure().equals(SyntaxTrace.RESIDUAL_BLOCK_CABAC)
          || element.structure().equals(SyntaxTrace.RESIDUAL_BLOCK_CAVLC);
      if (!layer) {
        return;
      }
      begin = begin < 0 ? element.bitPosition() : begin;
      mostBitsOfAMacroblock = (int) Math.max(mostBitsOfAMacroblock, element.bitPosition() + element.bits() - begin);
      if (element.name().startsWith("coeff_abs_level_minus1")) {
        largestLevel = Math.max(largestLevel, element.value() + 1);
      }
      if (element.name().equals("level_prefix")) {
        mostLevelPrefix = (int) Math.max(mostLevelPrefix, element.value());
      }
    }
  }

  private static Found found(byte[] stream) {
    Found found = new Found();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, found);
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void streamsKeepToTheirProfileAndLevel(GeneratedProfile profile) {
    StreamRequest request = new StreamRequest(profile, 3, Set.of(), 0, 0, 0, 0, List.of());
    for (int i = 0; i < STREAMS; i++) {
      GeneratedStream stream = CoverSearch.generator(request, i).stream(i);
      Found found = found(stream.bytes());
      for (TracedSlice slice : found.slices) {
        profile(stream.name(), slice.sps(), slice.pps(), found);
      }
      level(stream.name(), found);
      if (profile == GeneratedProfile.NVDEC) {
        nvdec(stream.name(), found);
      }
    }
  }

  /** 8.5.11.1: scales of 1 would let a level of chroma DC be larger than that; FFmpeg had other samples. */
  @Test
  void levelsOfDcHaveNoMoreBitsThanTheirSumsMay() {
    StreamRequest request = new StreamRequest(GeneratedProfile.NVDEC, 2, Set.of(), 0, 0, 0, 0, List.of(Stress.SCALING));
    assertThat(found(new StreamGenerator(request).stream(191).bytes()).largestLevel).isBetween(1000L, 32_767L);
  }

  /** A.3.1 and A.3.3; bits of CABAC are counted as a decoder reads them, those of CAVLC as they stand. */
  @ParameterizedTest
  @CsvSource({
    "BASELINE, CAVLC, YUV420, DEPTH8, 3200", "MAIN, CABAC, YUV420, DEPTH8, 3200", "NVDEC, CAVLC, YUV420, DEPTH8, 3200",
    "HIGH, CABAC, YUV420, DEPTH8, 3200", "HIGH, CABAC, MONOCHROME, DEPTH8, 2176", "HIGH422, CAVLC, YUV422, DEPTH10, 5248",
    "HIGH444, CABAC, YUV444, DEPTH14, 10880"
  })
  void macroblocksComeCloseToWhatTheyMayHave(GeneratedProfile profile, Tool entropy, Tool chroma, Tool depth, int allowed) {
    StreamRequest request = new StreamRequest(
        profile, 0, Set.of(entropy, chroma, depth, Tool.PROGRESSIVE), 4, 4, 0, 0, List.of(Stress.MACROBLOCKS));
    int most = 0;
    for (int i = 0; i < 2; i++) {
      most = Math.max(most, found(new StreamGenerator(request).stream(i).bytes()).mostBitsOfAMacroblock);
    }
    assertThat(most).isBetween(allowed - 10, allowed);
  }

  private static void profile(String name, SeqParameterSet sps, PicParameterSet pps, Found found) {
    PictureFormat format = sps.format();
    int depth = Math.max(format.bitDepthLuma(), format.bitDepthChroma());
    boolean high = sps.profileIdc() != ProfileLevel.BASELINE && sps.profileIdc() != ProfileLevel.MAIN
        && sps.profileIdc() != ProfileLevel.EXTENDED;
    assertThat(pps.transform8x8ModeFlag() && !high).as(name).isFalse();
    assertThat(pps.scalingMatrix() != null && !high).as(name).isFalse();
    assertThat(high || found.mostLevelPrefix <= 15).as(name).isTrue();
    boolean baseline = sps.profileIdc() == ProfileLevel.BASELINE || sps.profileIdc() == ProfileLevel.EXTENDED;
    assertThat(pps.sliceGroups() != null && !baseline).as(name).isFalse();
    assertThat(pps.redundantPicCntPresentFlag() && !baseline).as(name).isFalse();
    switch (sps.profileIdc()) {
      case ProfileLevel.BASELINE -> {
        assertThat(sps.frameMbsOnlyFlag()).as(name).isTrue();
        assertThat(pps.entropyCodingModeFlag()).as(name).isFalse();
        assertThat(sps.constraintFlags() & 0x80).as(name).isNotZero();
      }
      case ProfileLevel.EXTENDED, ProfileLevel.CAVLC_444_INTRA -> assertThat(pps.entropyCodingModeFlag()).as(name).isFalse();
      case ProfileLevel.HIGH -> assertThat(depth).as(name).isEqualTo(8);
      case ProfileLevel.HIGH_10, ProfileLevel.HIGH_422 -> assertThat(depth).as(name).isLessThanOrEqualTo(10);
      default -> { }
    }
    if ((sps.constraintFlags() & 0x10) != 0 && high || sps.profileIdc() == ProfileLevel.CAVLC_444_INTRA) {
      assertThat(found.nalUnitTypes).as(name).doesNotContain(NalUnit.SLICE_NON_IDR);
    }
  }

  private static void level(String name, Found found) {
    SeqParameterSet sps = found.slices.getFirst().sps();
    PictureFormat format = sps.format();
    ProfileLevel level = List.of(ProfileLevel.values()).stream().filter(one -> one.levelIdc() == sps.levelIdc()).findFirst()
        .orElseThrow();
    assertThat(level.holds(format.widthInMbs(), format.heightInMbs())).as(name).isTrue();
    assertThat(sps.frameMbsOnlyFlag() || level.levelIdc() >= 21 && level.levelIdc() <= 41).as(name).isTrue();
    ChromaFormat chroma = sps.chromaArrayType();
    boolean high = sps.profileIdc() >= ProfileLevel.HIGH || sps.profileIdc() == ProfileLevel.CAVLC_444_INTRA;
    int mostBits = high
        ? 128 + 256 * format.bitDepthLuma() + 2 * chroma.mbWidthC() * chroma.mbHeightC() * format.bitDepthChroma() : 3200;
    assertThat(found.mostBitsOfAMacroblock).as(name).isPositive().isLessThanOrEqualTo(mostBits);
    int most = found.bytesOfPictures.values().stream().mapToInt(bytes -> bytes).max().orElseThrow();
    double macroblocks = Math.max(format.sizeInMbs(), level.maxMbps() / 172.0);
    assertThat((double) most).as(name).isLessThanOrEqualTo(384 * macroblocks / level.minCr());
  }

  private static void nvdec(String name, Found found) {
    assertThat(found.nalUnitTypes).as(name)
        .isSubsetOf(NalUnit.SLICE_IDR, NalUnit.SPS, NalUnit.PPS, NalUnit.SEI, NalUnit.ACCESS_UNIT_DELIMITER);
    int last = -1;
    int lastPicture = -1;
    for (TracedSlice slice : found.slices) {
      SeqParameterSet sps = slice.sps();
      assertThat(sps.profileIdc()).isIn(ProfileLevel.BASELINE, ProfileLevel.MAIN, ProfileLevel.HIGH);
      assertThat(sps.format().chroma()).isEqualTo(ChromaFormat.YUV420);
      assertThat(sps.format().bitDepthLuma() + sps.format().bitDepthChroma()).isEqualTo(16);
      assertThat(sps.format().widthInMbs()).isBetween(3, 256);
      assertThat(sps.maxNumRefFrames()).isPositive();
      assertThat(sps.picOrderCntType()).isEqualTo(2);
      assertThat(sps.signal().isFullRange()).isTrue();
      assertThat(sps.vui().bitstreamRestriction().maxNumReorderFrames()).isZero();
      assertThat(slice.pps().sliceGroups()).isNull();
      assertThat(slice.header().redundantPicCnt()).isZero();
      assertThat(slice.header().fieldPicFlag()).isFalse();
      if (slice.picture() == lastPicture) {
        assertThat(slice.header().firstMbInSlice()).as(name).isGreaterThan(last);
      }
      last = slice.header().firstMbInSlice();
      lastPicture = slice.picture();
    }
  }
}
