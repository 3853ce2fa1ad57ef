package llm265.h264.generate;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.syntax.ProfileLevel;

/**
 * What one stream is made of.
 *
 * @param options tools beyond those that every stream has one of
 * @param stress what it does to excess, or null
 * @param intraProfile constraint_set3_flag of the profiles beyond High: all pictures are IDR pictures
 */
record StreamPlan(
    String name, long seed, int profileIdc, Tools tools, PictureFormat format, Set<Tool> options, Stress stress,
    boolean intraProfile) {

  /** One stream in so many has a tool that is rare. */
  private static final int RARE = 6;

  boolean has(Tool option) {
    return options.contains(option);
  }

  /** Whether levels are chosen for the carries of the arithmetic code, in every other stream of that excess. */
  boolean steersCarries() {
    return stress == Stress.ARITHMETIC && (seed & 1) == 0;
  }

  /** Whether the profile has the syntax of the High profiles. */
  boolean isHigh() {
    return profileIdc != ProfileLevel.BASELINE && profileIdc != ProfileLevel.MAIN && profileIdc != ProfileLevel.EXTENDED;
  }

  /** The plan of a stream of a request, by its number. */
  static StreamPlan of(StreamRequest request, int index) {
    SplittableRandom random = new SplittableRandom(31 * (31 * request.seed() + index) + request.profile().ordinal());
    Stress stress = request.stresses().isEmpty() ? null : request.stresses().get(index % request.stresses().size());
    return new Choice(request, random, stress).plan(index);
  }

  /** The plan of a stream without rare tools and without excess, of pictures of some macroblocks. */
  static StreamPlan plain(StreamRequest request, int index) {
    Set<Tool> usual = EnumSet.noneOf(Tool.class);
    request.tools().stream().filter(tool -> tool.kind() != Tool.Kind.RARE).forEach(usual::add);
    if (usual.stream().noneMatch(tool -> tool.kind() == Tool.Kind.USUAL)) {
      Tool.of(Tool.Kind.USUAL).stream().filter(request::allows).forEach(usual::add);
    }
    int width = request.widthInMbs() > 0 ? Math.max(request.widthInMbs(), 3) : 4;
    int height = request.heightInMbs() > 0 ? Math.max(request.heightInMbs(), 4) : 4;
    return of(new StreamRequest(request.profile(), request.seed(), usual, width, height, 0, 0, List.of()), index);
  }

  /** Draws what a stream is made of. */
  private record Choice(StreamRequest request, SplittableRandom random, Stress stress) {
    StreamPlan plan(int index) {
      Structure structure = stress == Stress.MBAFF ? Structure.MBAFF : one(Tool.Kind.STRUCTURE).structure();
      ChromaFormat chroma = request.names(Tool.PLANES) ? ChromaFormat.YUV444 : one(Tool.Kind.CHROMA).chroma();
      int depth = one(Tool.Kind.DEPTH).bitDepth();
      boolean unlike = depth > 8 && random.nextInt(5) == 0 && chroma != ChromaFormat.MONOCHROME;
      int depthChroma = unlike ? one(Tool.Kind.DEPTH).bitDepth() : depth;
      Set<Tool> options = options(chroma, structure);
      List<Integer> profiles = request.profile().profileIdcs().stream()
          .filter(idc -> idc == ProfileLevel.BASELINE ? structure == Structure.PROGRESSIVE && isBaseline()
              : idc != ProfileLevel.MAIN || !needsHigh()).toList();
      int profileIdc = profiles.get(random.nextInt(profiles.size()));
      boolean beyondHigh = profileIdc == ProfileLevel.HIGH_10 || profileIdc == ProfileLevel.HIGH_422
          || profileIdc == ProfileLevel.HIGH_444_PREDICTIVE;
      boolean fields = structure == Structure.FIELDS || structure == Structure.PICTURE_ADAPTIVE;
      boolean intra = profileIdc == ProfileLevel.CAVLC_444_INTRA
          || beyondHigh && !fields && !options.contains(Tool.NON_IDR) && random.nextBoolean();
      Entropy entropy = profileIdc == ProfileLevel.BASELINE ? Entropy.CAVLC : entropy();
      String name = String.format(
          Locale.ROOT, "%s-%04d%s", request.profile().label(), index, stress == null ? "" : "-" + stress.label());
      return new StreamPlan(name, random.nextLong(), profileIdc,
          new Tools(chroma, depth, depthChroma, structure, entropy, options.contains(Tool.LOSSLESS)),
          format(chroma, depth, depthChroma, structure, options), options, stress, intra);
    }

    private boolean isBaseline() {
      return !needsHigh() && stress != Stress.ARITHMETIC && request.allows(Tool.CAVLC);
    }

    private boolean needsHigh() {
      return stress == Stress.SCALING || request.names(Tool.TRANSFORM8X8) || request.names(Tool.SCALING);
    }

    private Tool one(Tool.Kind kind) {
      List<Tool> allowed = Tool.of(kind).stream().filter(request::allows).toList();
      return allowed.get(random.nextInt(allowed.size()));
    }

    private Entropy entropy() {
      boolean cabac = request.allows(Tool.CABAC);
      boolean cavlc = request.allows(Tool.CAVLC);
      if (!cavlc || cabac && stress == Stress.ARITHMETIC) {
        return Entropy.CABAC;
      }
      if (stress == Stress.TABLES) {
        return Entropy.CAVLC;
      }
      return cabac ? Entropy.values()[random.nextInt(3)] : Entropy.CAVLC;
    }

    private Set<Tool> options(ChromaFormat chroma, Structure structure) {
      Set<Tool> options = EnumSet.noneOf(Tool.class);
      Tool.of(Tool.Kind.USUAL).stream().filter(request::allows).forEach(options::add);
      List<Tool> rare = new ArrayList<>();
      for (Tool tool : Tool.of(Tool.Kind.RARE)) {
        if (request.names(tool) || request.allows(tool) && random.nextInt(RARE) == 0) {
          rare.add(tool);
        }
      }
      options.addAll(rare);
      if (chroma != ChromaFormat.YUV444) {
        options.remove(Tool.PLANES);
      }
      if (options.contains(Tool.PARTITIONS)) {
        // Data are partitioned in pictures that are not IDR pictures, and a redundant picture would be partitioned, too
        options.add(Tool.NON_IDR);
        options.remove(Tool.REDUNDANT);
      }
      int units = request.widthInMbs()
          * (structure == Structure.PROGRESSIVE ? request.heightInMbs() : (request.heightInMbs() + 1) / 2);
      if (request.widthInMbs() > 0 && units < 2) {
        options.remove(Tool.GROUPS);
      }
      if (options.contains(Tool.GROUPS)) {
        options.remove(Tool.SETS);
      }
      return options;
    }

    private PictureFormat format(ChromaFormat chroma, int depth, int depthChroma, Structure structure, Set<Tool> options) {
      boolean interlaced = structure != Structure.PROGRESSIVE;
      boolean planes = options.contains(Tool.PLANES);
      int least = request.profile() == GeneratedProfile.NVDEC ? 3 : options.contains(Tool.GROUPS) ? 2 : 1;
      // What is done to excess needs macroblocks to be done in; slices and cropping need few.
      boolean large = stress != null && stress != Stress.SLICES && stress != Stress.CROPPING && random.nextBoolean();
      int width = request.widthInMbs() > 0 ? request.widthInMbs() : least + random.nextInt(6) + (large ? 4 : 0);
      int height = request.heightInMbs() > 0 ? request.heightInMbs()
          : (interlaced ? 2 + 2 * random.nextInt(3) : 1 + random.nextInt(5)) + (large ? 2 : 0);
      int unitX = planes ? 1 : Math.max(1, chroma.subWidthC());
      int unitY = (planes ? 1 : Math.max(1, chroma.subHeightC())) * (interlaced ? 2 : 1);
      int[] crop = {0, request.cropRight(), 0, request.cropBottom()};
      if (interlaced && height % 2 != 0) {
        // Frames of interlaced sequences have an even number of rows of macroblocks
        height++;
        crop[3] += 16;
      }
      if (request.widthInMbs() == 0 && options.contains(Tool.CROPPING)) {
        if (stress == Stress.CROPPING) {
          int left = random.nextInt(16 * width / unitX);
          int top = random.nextInt(16 * height / unitY);
          crop = new int[] {unitX * left, 16 * width - unitX * (left + 1), unitY * top, 16 * height - unitY * (top + 1)};
        } else if (random.nextInt(3) == 0) {
          crop = new int[] {unitX * random.nextInt(3), unitX * random.nextInt(3), unitY * random.nextInt(2),
              unitY * random.nextInt(3)};
        }
      }
      crop[1] -= crop[1] % unitX;
      crop[3] -= crop[3] % unitY;
      return new PictureFormat(width, height, chroma, depth, depthChroma, crop[0], crop[1], crop[2], crop[3]);
    }
  }
}
