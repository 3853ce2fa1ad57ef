package llm265.h264.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.ScalingMatrix;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.transform.LevelScale;
import llm265.h264.written.PictureSyntax;
import llm265.h264.written.SliceGroupUnits;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;

/** A stream of random pictures, made up syntax element by syntax element; the same seed makes the same stream. */
public final class RandomStream {
  /** How a picture is made of macroblocks. */
  public enum Structure {
    /** frame_mbs_only_flag 1. */
    PROGRESSIVE,
    /** frame_mbs_only_flag 0, but a frame without MBAFF. */
    FRAME,
    MBAFF,
    /** Two fields, either of them first. */
    FIELDS,
    /** Pictures of the last two kinds, one after another. */
    PICTURE_ADAPTIVE
  }

  /** entropy_coding_mode_flag. */
  public enum Entropy {
    CAVLC,
    CABAC,
    /** Of each frame or field as it comes. */
    BOTH
  }

  /**
   * What a stream is made of.
   *
   * @param lossless qpprime_y_zero_transform_bypass_flag, with many macroblocks at QP'Y 0
   */
  public record Tools(
      ChromaFormat chroma, int bitDepthLuma, int bitDepthChroma, Structure structure, Entropy entropy, boolean lossless) {
    public Tools(ChromaFormat chroma, int bitDepth, Structure structure, Entropy entropy, boolean lossless) {
      this(chroma, bitDepth, bitDepth, structure, entropy, lossless);
    }
  }

  private final SplittableRandom random;
  private final Tools tools;
  private SeqParameterSet sps;
  private final List<PicParameterSet> ppss = new ArrayList<>();
  private final List<SyntaxStream.Coded> pictures = new ArrayList<>();

  /** profile_idc; 0 for one that has all of the tools. */
  private int profileIdc;
  private int lowestQp;
  private int highestQp = 51;
  private boolean plain;
  private boolean deblocking = true;
  private boolean ppsOfEachSlice;
  private boolean offRangeEnds;
  /** One macroblock in so many is I_PCM; 0 for none. */
  private int pcmOneIn = 15;
  private boolean chromaQpOffsets;
  private boolean separatePlanes;
  private Stress stress;
  private boolean carries;
  private PictureFormat size;
  private boolean transform8x8 = true;
  private boolean scalingLists = true;
  private boolean sliceGroups;

  public RandomStream(long seed, Tools tools) {
    random = new SplittableRandom(seed);
    this.tools = tools;
    lowestQp = -6 * (tools.bitDepthLuma - 8);
    offRangeEnds = tools.lossless;
    // With qpprime_y_zero_transform_bypass_flag FFmpeg leaves blocks at QP'C 0 unscaled, though it is QP'Y that decides.
    chromaQpOffsets = !tools.lossless;
  }

  public RandomStream withProfile(int wanted) {
    profileIdc = wanted;
    return this;
  }

  /** QPY within bounds; it does not go round the end of its range. */
  public RandomStream withQp(int lowest, int highest) {
    lowestQp = lowest;
    highestQp = highest;
    plain = true;
    return this;
  }

  public RandomStream withoutDeblocking() {
    deblocking = false;
    return this;
  }

  /** Slices of a picture with several picture parameter sets, and edges between slices not filtered. */
  public RandomStream withPpsOfEachSlice() {
    ppsOfEachSlice = true;
    return this;
  }

  public RandomStream withoutPcm() {
    pcmOneIn = 0;
    return this;
  }

  public RandomStream withPcmAlone() {
    pcmOneIn = 1;
    return this;
  }

  public RandomStream withoutChromaQpOffsets() {
    chromaQpOffsets = false;
    return this;
  }

  /** separate_colour_plane_flag, of 4:4:4: each frame or field is three pictures of one plane in turn. */
  public RandomStream withSeparatePlanes() {
    separatePlanes = true;
    return this;
  }

  /** Small residuals, no I_PCM but of samples in the middle of the range. */
  public RandomStream offRangeEnds() {
    offRangeEnds = true;
    return this;
  }

  /** Does something to excess; null for nothing. */
  RandomStream withStress(Stress wanted) {
    stress = wanted;
    pcmOneIn = wanted == Stress.PCM ? 2 : wanted == Stress.EMULATION ? 3 : wanted == Stress.MACROBLOCKS ? 0 : pcmOneIn;
    // Large levels need small steps.
    highestQp = wanted == Stress.LEVELS || wanted == Stress.CODES || wanted == Stress.TABLES ? lowestQp + 12
        : wanted == Stress.MACROBLOCKS ? lowestQp + 1 : highestQp;
    return this;
  }

  /** Macroblocks alike, all with levels, from which those that make long carries can be chosen. */
  RandomStream withBlocksForCarries() {
    carries = true;
    pcmOneIn = 0;
    highestQp = lowestQp + 12;
    return this;
  }

  /** Pictures of a size; without cropping unless it has some. */
  RandomStream withSize(PictureFormat wanted) {
    size = wanted;
    return this;
  }

  RandomStream withoutTransform8x8() {
    transform8x8 = false;
    return this;
  }

  RandomStream withoutScalingLists() {
    scalingLists = false;
    return this;
  }

  /** Slice groups of any map type (8.2.2), of the Baseline and Extended profiles. */
  RandomStream withSliceGroups() {
    sliceGroups = true;
    return this;
  }

  /** Makes up the stream. */
  public SyntaxStream make() {
    sps = sps();
    int sets = ppsOfEachSlice ? 4 : 1 + random.nextInt(3);
    for (int id = 0; id < sets; id++) {
      ppss.add(pps(id));
    }
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      Structure structure = tools.structure != Structure.PICTURE_ADAPTIVE ? tools.structure
          : random.nextBoolean() ? Structure.MBAFF : Structure.FIELDS;
      if (structure == Structure.FIELDS) {
        boolean bottomFirst = random.nextBoolean();
        addPicture(i, true, true, bottomFirst, false);
        addPicture(i, false, true, !bottomFirst, false);
      } else {
        addPicture(i, true, false, false, structure == Structure.MBAFF);
      }
    }
    return new SyntaxStream(sps, ppss, pictures);
  }

  private SeqParameterSet sps() {
    boolean interlaced = tools.structure != Structure.PROGRESSIVE;
    boolean mbaff = tools.structure == Structure.MBAFF || tools.structure == Structure.PICTURE_ADAPTIVE;
    int widthInMbs = 1 + random.nextInt(5);
    int heightInMbs = interlaced ? 2 + 2 * random.nextInt(3) : 1 + random.nextInt(5);
    int unitX = Math.max(1, tools.chroma.subWidthC());
    int unitY = Math.max(1, tools.chroma.subHeightC()) * (interlaced ? 2 : 1);
    boolean cropped = random.nextInt(3) == 0;
    PictureFormat format = new PictureFormat(widthInMbs, heightInMbs, tools.chroma, tools.bitDepthLuma, tools.bitDepthChroma,
        cropped ? unitX * random.nextInt(3) : 0, cropped ? unitX * random.nextInt(3) : 0,
        cropped ? unitY * random.nextInt(2) : 0, cropped ? unitY * random.nextInt(3) : 0);
    if (size != null) {
      format = size;
    }
    if (profileIdc == 0) {
      profileIdc = profile();
    }
    return new SeqParameterSet(
        profileIdc, 0, 51, random.nextInt(32), separatePlanes, tools.lossless, isHigh() ? scalingMatrix() : null, 4,
        PicOrderCnt.type0(8), 1, false, !interlaced, mbaff, true, format, null);
  }

  /** A profile that has all of it. */
  private int profile() {
    if (tools.lossless || tools.chroma == ChromaFormat.YUV444 || Math.max(tools.bitDepthLuma, tools.bitDepthChroma) > 10) {
      // FFmpeg sums up the bypassed residual (8.5.15) in High 4:4:4 Predictive alone.
      return tools.entropy == Entropy.CAVLC && tools.chroma == ChromaFormat.YUV444 && !tools.lossless && random.nextBoolean()
          ? ProfileLevel.CAVLC_444_INTRA : ProfileLevel.HIGH_444_PREDICTIVE;
    }
    if (tools.chroma == ChromaFormat.YUV422) {
      return ProfileLevel.HIGH_422;
    }
    if (Math.max(tools.bitDepthLuma, tools.bitDepthChroma) > 8) {
      return ProfileLevel.HIGH_10;
    }
    return tools.chroma == ChromaFormat.YUV420 && random.nextInt(4) == 0 ? ProfileLevel.MAIN : ProfileLevel.HIGH;
  }

  /** Whether the profile has the syntax of the High profiles. */
  private boolean isHigh() {
    return switch (profileIdc) {
      case ProfileLevel.BASELINE, ProfileLevel.MAIN, ProfileLevel.EXTENDED -> false;
      default -> true;
    };
  }

  private PicParameterSet pps(int id) {
    boolean with8x8 = isHigh() && random.nextInt(3) > 0 && transform8x8;
    boolean cabac = switch (tools.entropy) {
      case CAVLC -> false;
      case CABAC -> true;
      case BOTH -> random.nextBoolean();
    };
    int cbOffset = !chromaQpOffsets || random.nextInt(3) == 0 ? 0 : random.nextInt(-12, 13);
    int crOffset = isHigh() && chromaQpOffsets && random.nextBoolean() ? random.nextInt(-12, 13) : cbOffset;
    return new PicParameterSet(id, sps.id(), cabac, random.nextBoolean(),
        sliceGroups ? RandomSliceGroups.next(random, sps) : null, 1, 1, false, 0,
        random.nextInt(lowestQp, 52), 26, cbOffset, !deblocking || ppsOfEachSlice || random.nextInt(4) > 0, random.nextBoolean(),
        random.nextInt(4) == 0, with8x8, isHigh() ? scalingMatrix() : null, crOffset);
  }

  /** Lists sent, default, or left to the fall-back rules, or none at all. */
  private ScalingMatrix scalingMatrix() {
    boolean all = stress == Stress.SCALING || stress == Stress.LEVELS;
    if (random.nextInt(3) > (all ? 1 : 0) || !scalingLists) {
      return null;
    }
    int[][] lists = new int[tools.chroma == ChromaFormat.YUV444 ? 12 : 8][];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = all ? RandomScalingList.next(random, i < 6 ? 16 : 64, stress == Stress.LEVELS) : switch (random.nextInt(4)) {
        case 0 -> null;
        case 1 -> new int[0];
        default -> IntStream.range(0, i < 6 ? 16 : 64).map(j -> 4 + random.nextInt(60)).toArray();
      };
    }
    return ScalingMatrix.of(lists);
  }

  private void addPicture(int index, boolean idr, boolean field, boolean bottom, boolean mbaff) {
    for (int plane = 0; plane < (separatePlanes ? 3 : 1); plane++) {
      addPicture(index, idr, field, bottom, mbaff, plane);
    }
  }

  private void addPicture(int index, boolean idr, boolean field, boolean bottom, boolean mbaff, int colourPlane) {
    int height = sps.format().heightInMbs() / (field ? 2 : 1);
    PictureSyntax picture = new PictureSyntax(sps.format().widthInMbs(), height, mbaff, sps.chromaArrayType());
    RandomMacroblockSyntax source = new RandomMacroblockSyntax(random, picture);
    source.lowestQp = lowestQp;
    source.highestQp = highestQp;
    source.wrapQp = !plain;
    source.offRangeEnds = offRangeEnds;
    source.pcmOneIn = pcmOneIn;
    source.stress = stress;
    source.carries = carries;
    // FFmpeg takes one picture parameter set a picture, whatever the slices say.
    PicParameterSet pps = ppss.get(random.nextInt(ppss.size()));
    List<SliceSyntax> slices = new ArrayList<>();
    int cycle = pps.sliceGroups() == null ? 0 : RandomSliceGroups.changeCycle(random, pps.sliceGroups(), sps);
    for (int[] group : SliceGroupUnits.groups(pps.sliceGroups(), sps, field, cycle)) {
      int first = 0;
      while (first < group.length) {
        int end = random.nextBoolean() ? group.length : Math.min(group.length, first + 1 + random.nextInt(group.length));
        if (stress == Stress.SLICES || stress == Stress.MBAFF) {
          // For pairs of MBAFF frames, slices that begin at any of their neighbours
          int most = stress == Stress.SLICES ? 1 : 2 * picture.widthInMbs;
          end = Math.min(group.length, first + 1 + random.nextInt(most));
        }
        if (ppsOfEachSlice) {
          pps = ppss.get(random.nextInt(ppss.size()));
        }
        int[] addresses = addresses(Arrays.copyOfRange(group, first, end), mbaff);
        SliceSyntax slice = new SliceSyntax(
            slices.size(), addresses, header(index, idr, field, bottom, group[first], pps, colourPlane, cycle), pps);
        // FFmpeg sums up the bypassed residual of these from the row above as the deblocking filter has left it, unlike 8.5.15.
        boolean vertical = !tools.lossless || slice.header().disableDeblockingFilterIdc() == 1;
        source.useRules(rules(sps, slice.pps(), colourPlane, vertical));
        fill(random, picture, source, slice);
        slices.add(slice);
        first = end;
      }
    }
    pictures.add(new SyntaxStream.Coded(picture, slices));
  }

  /** Addresses of macroblocks by addresses of macroblocks or, in MBAFF frames, of pairs. */
  private static int[] addresses(int[] units, boolean mbaff) {
    return mbaff ? Arrays.stream(units).flatMap(pair -> IntStream.of(2 * pair, 2 * pair + 1)).toArray() : units;
  }

  private SliceHeader header(
      int index, boolean idr, boolean field, boolean bottom, int first, PicParameterSet pps, int colourPlane, int cycle) {
    int qpY = tools.lossless && random.nextInt(4) > 0 ? lowestQp : random.nextInt(lowestQp, highestQp + 1);
    int disableIdc = !pps.deblockingFilterControlPresentFlag() ? 0
        : !deblocking ? 1 : ppsOfEachSlice ? 1 + random.nextInt(2) : random.nextInt(3);
    boolean offsets = pps.deblockingFilterControlPresentFlag() && disableIdc != 1;
    return new SliceHeader(
        new SliceOpening(3, idr, first, random.nextBoolean() ? 7 : 2, pps.id(), colourPlane, 0, field, bottom, idr ? index % 2
            : 0, idr ? 0 : 1,
            0, 0, 0, 0),
        DecRefPicMarking.NONE, qpY, disableIdc, offsets ? 2 * random.nextInt(-6, 7) : 0, offsets ? 2 * random.nextInt(-6, 7) : 0,
        cycle, 0);
  }

  /** Makes up the macroblocks of a slice. */
  public static void fill(SplittableRandom random, PictureSyntax picture, RandomMacroblockSyntax source, SliceSyntax slice) {
    int qpY = slice.header().sliceQpY();
    boolean field = false;
    int stay = source.stress == Stress.MBAFF ? 2 : random.nextInt(1, 5);
    for (int mbAddr : slice.mbAddresses()) {
      picture.slice[mbAddr] = slice.number();
      if (picture.mbaff && mbAddr % 2 == 0 && random.nextInt(stay) == 0) {
        field = !field;
      }
      qpY = source.next(mbAddr, field, qpY).qpY;
    }
  }

  public static RandomMacroblockSyntax.Rules rules(SeqParameterSet sps, PicParameterSet pps, int colourPlane, boolean vertical) {
    int[][] lists4x4 = pps.scalingLists(sps).lists4x4();
    int[][] lists8x8 = pps.scalingLists(sps).lists8x8();
    if (colourPlane > 0) {
      lists4x4 = new int[][] {lists4x4[colourPlane], lists4x4[colourPlane], lists4x4[colourPlane]};
      lists8x8 = new int[][] {lists8x8[2 * colourPlane]};
    }
    boolean high = sps.profileIdc() != ProfileLevel.BASELINE && sps.profileIdc() != ProfileLevel.MAIN
        && sps.profileIdc() != ProfileLevel.EXTENDED;
    return new RandomMacroblockSyntax.Rules(
        sps.format().bitDepthLuma(), sps.format().bitDepthChroma(), pps.transform8x8ModeFlag(),
        new LevelScale(lists4x4, lists8x8), pps.chromaQpIndexOffset(), pps.secondChromaQpIndexOffset(),
        !pps.entropyCodingModeFlag() || sps.chromaArrayType() == ChromaFormat.YUV444, sps.qpprimeYZeroTransformBypassFlag(),
        // Below the High profiles level_prefix is 15 at most (9.2.2.1).
        high ? 1 << 20 : 2000, vertical);
  }
}
