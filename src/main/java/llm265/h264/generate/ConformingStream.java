package llm265.h264.generate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.syntax.VuiParameters;
import llm265.h264.written.Sets;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;

/** Annex A: a stream of random syntax that keeps to a profile and to the lowest level that holds it. */
final class ConformingStream {
  private static final int SET0 = 0x80;
  private static final int SET1 = 0x40;
  private static final int SET2 = 0x20;
  private static final int SET3 = 0x10;

  private final StreamPlan plan;
  private final boolean nvdec;
  private final SplittableRandom random;

  private ConformingStream(StreamPlan plan, boolean nvdec) {
    this.plan = plan;
    this.nvdec = nvdec;
    random = new SplittableRandom(plan.seed() + 3);
  }

  /** Makes up the stream of a plan. */
  static SyntaxStream of(StreamPlan plan, boolean nvdec) {
    return new ConformingStream(plan, nvdec).make();
  }

  /** The stream in Annex B form. */
  static byte[] write(StreamPlan plan, SyntaxStream stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Sets.nalUnit(stream.sps()));
    stream.pps().forEach(pps -> out.writeBytes(Sets.nalUnit(pps, stream.sps())));
    StreamOrder.accessUnits(plan, stream).forEach(unit -> unit.forEach(out::writeBytes));
    return out.toByteArray();
  }

  private SyntaxStream make() {
    RandomStream source = new RandomStream(plan.seed(), plan.tools()).withProfile(plan.profileIdc()).withSize(plan.format())
        .withStress(plan.stress());
    source = plan.steersCarries() ? source.withBlocksForCarries() : source;
    source = plan.has(Tool.TRANSFORM8X8) ? source : source.withoutTransform8x8();
    source = plan.has(Tool.SCALING) ? source : source.withoutScalingLists();
    source = plan.has(Tool.PCM) ? source : source.withoutPcm();
    source = plan.has(Tool.DEBLOCKING) ? source : source.withoutDeblocking();
    source = plan.has(Tool.PLANES) ? source.withSeparatePlanes() : source;
    source = plan.has(Tool.SETS) ? source.withPpsOfEachSlice() : source;
    source = plan.has(Tool.GROUPS) ? source.withSliceGroups() : source;
    SyntaxStream stream = source.make();
    boolean redundant = plan.has(Tool.REDUNDANT);
    stream = stream.withPps(pps -> Sets.withRedundantPicCnt(pps, redundant));
    stream = plan.has(Tool.NON_IDR) ? withoutIdr(stream) : stream;
    stream = stream.withSps(sps(stream.sps(), ProfileLevel.LEVEL_1.levelIdc(), picOrderCnt(), vui()));
    fit(stream);
    LevelLimits limits = limits(stream);
    ProfileLevel level = level(stream.sps(), limits);
    VuiParameters vui = stream.sps().vui();
    if (plan.stress() == Stress.TIMING) {
      vui = BufferTiming.vui(vui, level, limits.bytes(), stream.sps().format().sizeInMbs(), random);
    }
    return stream.withSps(sps(stream.sps(), level.levelIdc(), stream.sps().picOrderCnt(), vui));
  }

  /** All pictures but the first as I pictures that are not IDR pictures; frames are numbered in decoding order. */
  private static SyntaxStream withoutIdr(SyntaxStream stream) {
    List<SyntaxStream.Coded> pictures = new ArrayList<>();
    int frame = -1;
    int plane = 0;
    for (SyntaxStream.Coded coded : stream.pictures()) {
      boolean second = !coded.slices().getFirst().header().idrPicFlag();
      frame += second || plane > 0 ? 0 : 1;
      plane = stream.sps().separateColourPlaneFlag() ? (plane + 1) % 3 : 0;
      int number = frame;
      List<SliceSyntax> slices = coded.slices().stream()
          .map(slice -> number == 0 ? slice : slice.withHeader(notIdr(slice.header(), number, second))).toList();
      pictures.add(new SyntaxStream.Coded(coded.picture(), slices));
    }
    return new SyntaxStream(stream.sps(), stream.pps(), pictures);
  }

  private static SliceHeader notIdr(SliceHeader header, int frame, boolean second) {
    SliceOpening opening = header.opening();
    return new SliceHeader(
        new SliceOpening(opening.nalRefIdc(), false, opening.firstMbInSlice(), opening.sliceType(), opening.ppsId(),
            opening.colourPlaneId(), frame, opening.fieldPicFlag(), opening.bottomFieldFlag(), 0, 2 * frame + (second ? 1 : 0),
            0, 0, 0, 0),
        DecRefPicMarking.NONE, header.sliceQpY(), header.disableDeblockingFilterIdc(), header.filterOffsetA(),
        header.filterOffsetB(), header.sliceGroupChangeCycle(), 0);
  }

  private PicOrderCnt picOrderCnt() {
    if (nvdec || random.nextInt(3) == 0) {
      return PicOrderCnt.TYPE_2;
    }
    return random.nextInt(3) == 0 ? new PicOrderCnt(1, 0, true, -1, 1, List.of(2)) : PicOrderCnt.type0(8);
  }

  private VuiParameters vui() {
    if (nvdec) {
      return VuiParameters.FULL_RANGE_INTRA;
    }
    // Samples are square: FFmpeg drops fields of small pictures whose shape would have no extent.
    int side = 1 + random.nextInt(65_535);
    return switch (random.nextInt(4)) {
      case 0 -> VuiParameters.FULL_RANGE_INTRA;
      case 1 -> new VuiParameters(new VuiParameters.AspectRatio(255, side, side),
          random.nextBoolean(), new VuiParameters.VideoSignalType(random.nextInt(6), random.nextBoolean(), null),
          null, new VuiParameters.Timing(1, 1, false), null, null, false, false, null);
      default -> null;
    };
  }

  private SeqParameterSet sps(SeqParameterSet sps, int levelIdc, PicOrderCnt picOrderCnt, VuiParameters vui) {
    return new SeqParameterSet(sps.profileIdc(), constraints(), levelIdc, sps.id(), sps.separateColourPlaneFlag(),
        sps.qpprimeYZeroTransformBypassFlag(), sps.scalingMatrix(), sps.log2MaxFrameNum(), picOrderCnt, refFrames(), false,
        sps.frameMbsOnlyFlag(), sps.mbAdaptiveFrameFieldFlag(), true, sps.format(), vui);
  }

  /** An Intra profile has no reference frames but those that the second field of a frame could refer to. */
  private int refFrames() {
    return plan.intraProfile() ? 0 : 1;
  }

  /** A.2: which profiles a decoder may be of. */
  private int constraints() {
    boolean plain = !plan.has(Tool.GROUPS) && !plan.has(Tool.ORDER) && !plan.has(Tool.REDUNDANT) && !plan.has(Tool.PARTITIONS);
    return switch (plan.profileIdc()) {
      case ProfileLevel.BASELINE -> SET0 | SET2 | (plain ? SET1 : 0);
      case ProfileLevel.MAIN -> SET1;
      case ProfileLevel.EXTENDED -> SET2;
      default -> plan.intraProfile() ? SET3 : 0;
    };
  }

  /** A.3.1 and A.3.3: a macroblock has at most 3200 bits, or 128 more than its samples. */
  private void fit(SyntaxStream stream) {
    int mostBits = mostBits(stream.sps());
    for (SyntaxStream.Coded coded : stream.pictures()) {
      if (plan.steersCarries()) {
        coded.picture().forgetSlices();
        coded.slices().forEach(slice -> slice.steerCarries(coded.picture(), stream.sps(), random));
      }
      coded.picture().forgetSlices();
      coded.slices().forEach(slice -> slice.fit(coded.picture(), stream.sps(), mostBits));
    }
  }

  private int mostBits(SeqParameterSet sps) {
    if (!plan.isHigh()) {
      return 3200;
    }
    ChromaFormat chroma = sps.chromaArrayType();
    PictureFormat format = sps.format();
    return 128 + 256 * format.bitDepthLuma() + 2 * chroma.mbWidthC() * chroma.mbHeightC() * format.bitDepthChroma();
  }

  private LevelLimits limits(SyntaxStream stream) {
    LevelLimits limits = new LevelLimits();
    SeqParameterSet sps = stream.sps();
    List<List<byte[]>> units = StreamOrder.accessUnits(plan, stream);
    int planes = sps.separateColourPlaneFlag() ? 3 : 1;
    for (int i = 0; i < units.size(); i++) {
      boolean field = stream.pictures().get(i * planes).slices().getFirst().header().fieldPicFlag();
      limits.add(units.get(i).stream().mapToInt(unit -> unit.length).sum(),
          stream.pictures().subList(i * planes, (i + 1) * planes).stream().mapToInt(coded -> coded.slices().size()).sum(),
          sps.format().sizeInMbs() / (field ? 2 : 1), field);
    }
    if (plan.stress() == Stress.TIMING) {
      stream.pps().forEach(pps -> limits.addOther(Sets.nalUnit(pps, sps).length));
      limits.addOther(Sets.nalUnit(sps).length + BufferTiming.OTHER_BYTES);
    }
    return limits;
  }

  private ProfileLevel level(SeqParameterSet sps, LevelLimits limits) {
    boolean sliceRate = plan.profileIdc() != ProfileLevel.BASELINE && plan.profileIdc() != ProfileLevel.EXTENDED;
    return limits.lowest(sps.format().widthInMbs(), sps.format().heightInMbs(), refFrames(), !sps.frameMbsOnlyFlag(), sliceRate);
  }
}
