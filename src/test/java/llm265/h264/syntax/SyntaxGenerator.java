package llm265.h264.syntax;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;

/** Random legal parameter sets and slice headers, with every option of their syntax. */
final class SyntaxGenerator {
  private static final int[] PROFILES = {66, 77, 88, 100, 110, 122, 244, 44};

  private final Random random;

  SyntaxGenerator(long seed) {
    random = new Random(seed);
  }

  private int upTo(int max) {
    return random.nextInt(max + 1);
  }

  private boolean flag() {
    return random.nextBoolean();
  }

  /** Any value of {@code 0..2^32-2}, short codes as often as long ones. */
  private long unsigned() {
    return Math.min(random.nextInt() & 0xFFFF_FFFFL, 0xFFFF_FFFEL) >>> upTo(31);
  }

  private int signed() {
    int value = random.nextInt() >> upTo(31);
    return value == Integer.MIN_VALUE ? 0 : value;
  }

  private <T> T maybe(Supplier<T> value) {
    return flag() ? value.get() : null;
  }

  HrdParameters hrd() {
    List<HrdParameters.Schedule> schedules = new ArrayList<>();
    for (int i = upTo(flag() ? 2 : 31); i >= 0; i--) {
      schedules.add(new HrdParameters.Schedule(unsigned(), unsigned(), flag()));
    }
    return new HrdParameters(upTo(15), upTo(15), schedules, 1 + upTo(31), 1 + upTo(31), 1 + upTo(31), upTo(31));
  }

  VuiParameters vui() {
    HrdParameters nalHrd = maybe(this::hrd);
    HrdParameters vclHrd = maybe(this::hrd);
    return new VuiParameters(
        maybe(() -> flag()
            ? new VuiParameters.AspectRatio(255, upTo(65_535), upTo(65_535))
            : new VuiParameters.AspectRatio(upTo(254), 0, 0)),
        maybe(this::flag),
        maybe(() -> new VuiParameters.VideoSignalType(
            upTo(7), flag(), maybe(() -> new VuiParameters.ColourDescription(upTo(255), upTo(255), upTo(255))))),
        maybe(() -> new VuiParameters.ChromaLocation(upTo(5), upTo(5))),
        maybe(() -> new VuiParameters.Timing(
            random.nextInt() & 0xFFFF_FFFFL, random.nextInt() & 0xFFFF_FFFFL, flag())),
        nalHrd,
        vclHrd,
        (nalHrd != null || vclHrd != null) && flag(),
        flag(),
        maybe(() -> new VuiParameters.BitstreamRestriction(
            flag(), upTo(16), upTo(16), upTo(16), upTo(16), upTo(16), upTo(16))));
  }

  /** Lists that are not present, default, random, or end in equal scales. */
  int[][] scalingLists(int count) {
    int[][] lists = new int[count][];
    for (int i = 0; i < count; i++) {
      int kind = upTo(4);
      if (kind == 1) {
        lists[i] = new int[0];
      } else if (kind > 1) {
        lists[i] = new int[i < 6 ? 16 : 64];
        int equalFrom = kind == 2 ? lists[i].length : upTo(lists[i].length - 1);
        for (int j = 0; j < lists[i].length; j++) {
          lists[i][j] = j > equalFrom ? lists[i][j - 1] : 1 + upTo(254);
        }
      }
    }
    return lists;
  }

  private PicOrderCnt picOrderCnt() {
    return switch (upTo(2)) {
      case 0 -> PicOrderCnt.type0(4 + upTo(12));
      case 1 -> {
        List<Integer> offsets = new ArrayList<>();
        for (int i = upTo(flag() ? 3 : 255); i > 0; i--) {
          offsets.add(signed());
        }
        yield new PicOrderCnt(1, 0, flag(), signed(), signed(), offsets);
      }
      default -> PicOrderCnt.TYPE_2;
    };
  }

  SeqParameterSet sps() {
    int profileIdc = PROFILES[upTo(PROFILES.length - 1)];
    boolean high = profileIdc >= 100 || profileIdc == 44;
    ChromaFormat chroma = high ? ChromaFormat.ofIdc(upTo(3)) : ChromaFormat.YUV420;
    boolean separatePlanes = chroma == ChromaFormat.YUV444 && flag();
    boolean frameMbsOnly = flag();
    int lists = chroma == ChromaFormat.YUV444 ? 12 : 8;
    return new SeqParameterSet(
        profileIdc, upTo(255), upTo(62), upTo(31), separatePlanes, high && flag(),
        high && flag() ? ScalingMatrix.of(scalingLists(lists)) : null, 4 + upTo(12), picOrderCnt(), upTo(16), flag(),
        frameMbsOnly, !frameMbsOnly && flag(), !frameMbsOnly || flag(),
        format(chroma, separatePlanes, frameMbsOnly, high), maybe(this::vui));
  }

  private PictureFormat format(ChromaFormat chroma, boolean separatePlanes, boolean frameMbsOnly, boolean high) {
    int unitX = separatePlanes ? 1 : Math.max(1, chroma.subWidthC());
    int unitY = (separatePlanes ? 1 : Math.max(1, chroma.subHeightC())) * (frameMbsOnly ? 1 : 2);
    boolean cropped = flag();
    return new PictureFormat(
        1 + upTo(flag() ? 8 : 300), (1 + upTo(100)) * (frameMbsOnly ? 1 : 2), chroma, high ? 8 + upTo(6) : 8,
        high ? 8 + upTo(6) : 8, cropped ? unitX * upTo(3) : 0, cropped ? unitX * upTo(3) : 0,
        cropped ? unitY * upTo(1) : 0, cropped ? unitY * upTo(2) : 0);
  }

  private SliceGroups sliceGroups(SeqParameterSet sps) {
    int units = sps.picSizeInMapUnits();
    int width = sps.format().widthInMbs();
    int mapType = upTo(6);
    boolean changes = mapType >= 3 && mapType <= 5;
    int groups = changes ? 2 : 2 + upTo(6);
    List<Integer> runLength = new ArrayList<>();
    List<Integer> topLeft = new ArrayList<>();
    List<Integer> bottomRight = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      if (mapType == 0) {
        runLength.add(1 + upTo(units - 1));
      } else if (mapType == 2 && i < groups - 1) {
        int[] columns = {upTo(width - 1), upTo(width - 1)};
        int[] rows = {upTo(units / width - 1), upTo(units / width - 1)};
        topLeft.add(Math.min(rows[0], rows[1]) * width + Math.min(columns[0], columns[1]));
        bottomRight.add(Math.max(rows[0], rows[1]) * width + Math.max(columns[0], columns[1]));
      }
    }
    for (int i = 0; mapType == 6 && i < units; i++) {
      ids.add(upTo(groups - 1));
    }
    return new SliceGroups(
        groups, mapType, runLength, topLeft, bottomRight, changes && flag(), changes ? 1 + upTo(units - 1) : 0, ids);
  }

  PicParameterSet pps(SeqParameterSet sps) {
    // Without syntax for them in the streams that promise to have none
    boolean high = sps.profileIdc() >= 100 || sps.profileIdc() == 44 || (sps.constraintFlags() & 0xE0) == 0;
    boolean transform8x8 = high && flag();
    int lists = transform8x8 ? sps.format().chroma() == ChromaFormat.YUV444 ? 12 : 8 : 6;
    int chromaQpIndexOffset = upTo(24) - 12;
    return new PicParameterSet(
        upTo(255), sps.id(), flag(), flag(), random.nextInt(4) == 0 ? sliceGroups(sps) : null, 1 + upTo(31),
        1 + upTo(31), flag(), upTo(2), upTo(51 + sps.qpBdOffsetY()) - sps.qpBdOffsetY(), upTo(51),
        chromaQpIndexOffset, flag(), flag(), flag(), transform8x8,
        high && flag() ? ScalingMatrix.of(scalingLists(lists)) : null,
        high ? upTo(24) - 12 : chromaQpIndexOffset);
  }

  private DecRefPicMarking marking(boolean idr) {
    if (idr) {
      return new DecRefPicMarking(flag(), flag(), false, List.of());
    }
    if (flag()) {
      return DecRefPicMarking.NONE;
    }
    List<DecRefPicMarking.Operation> operations = new ArrayList<>();
    for (int i = upTo(5); i > 0; i--) {
      int code = 1 + upTo(5);
      operations.add(
          new DecRefPicMarking.Operation(code, code == 5 ? 0 : upTo(1 << 16), code == 3 ? upTo(1 << 16) : 0));
    }
    return new DecRefPicMarking(false, false, true, Collections.unmodifiableList(operations));
  }

  /** {@code sliceDataBitOffset} is 0. */
  SliceHeader sliceHeader(SeqParameterSet sps, PicParameterSet pps) {
    boolean idr = flag();
    int nalRefIdc = idr ? 1 + upTo(2) : upTo(3);
    boolean field = !sps.frameMbsOnlyFlag() && flag();
    boolean halves = field || sps.mbAdaptiveFrameFieldFlag();
    boolean bothFields = pps.bottomFieldPicOrderInFramePresentFlag() && !field;
    boolean type0 = sps.picOrderCntType() == 0;
    boolean deltas = !sps.picOrderCnt().deltaPicOrderAlwaysZeroFlag();
    int disableIdc = pps.deblockingFilterControlPresentFlag() ? upTo(2) : 0;
    boolean offsets = pps.deblockingFilterControlPresentFlag() && disableIdc != 1;
    SliceGroups groups = pps.sliceGroups();
    SliceOpening opening =
        new SliceOpening(
            nalRefIdc, idr, upTo(sps.format().sizeInMbs() / (halves ? 2 : 1) - 1), flag() ? 2 : 7, pps.id(),
            sps.separateColourPlaneFlag() ? upTo(2) : 0, upTo((1 << sps.log2MaxFrameNum()) - 1), field, field && flag(),
            idr ? upTo(65_535) : 0, type0 ? upTo((1 << sps.picOrderCnt().log2MaxPicOrderCntLsb()) - 1) : 0,
            type0 && bothFields ? signed() : 0, deltas ? signed() : 0, deltas && bothFields ? signed() : 0,
            pps.redundantPicCntPresentFlag() ? upTo(127) : 0);
    return new SliceHeader(
        opening, nalRefIdc == 0 ? null : marking(idr), upTo(51 + sps.qpBdOffsetY()) - sps.qpBdOffsetY(), disableIdc,
        offsets ? 2 * (upTo(12) - 6) : 0, offsets ? 2 * (upTo(12) - 6) : 0,
        groups != null && groups.changes() ? upTo(groups.maxChangeCycle(sps.picSizeInMapUnits())) : 0, 0);
  }
}
