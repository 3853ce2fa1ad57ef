package llm265.oracle;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;

/** Pictures, a configuration and QPs, all drawn from one seed. */
record CodingScenario(long seed, EncoderConfig config, List<Picture> sources, int qpY, byte[] mbQpY) {

  /** A stream of ours and what our encoder says that it decodes to. */
  record Coded(byte[] stream, List<Picture> reconstructions) {}

  /** @param maxSize largest width and height in samples */
  static CodingScenario ofSeed(long seed, int maxSize) {
    return of(seed, random(seed), maxSize);
  }

  /** Seeds beside each other must not draw alike at first, as they do with {@link Random#Random(long)}. */
  private static Random random(long seed) {
    return new Random(new SplittableRandom(seed).nextLong());
  }

  /** @param random draws all but what x264 is told */
  static CodingScenario of(long seed, Random random, int maxSize) {
    int width = 2 + 2 * random.nextInt(maxSize / 2);
    int height = 2 + 2 * random.nextInt(maxSize / 2);
    EncoderConfig config = config(random);
    List<Picture> sources = new ArrayList<>();
    int pictures = 1 + random.nextInt(3);
    for (int i = 0; i < pictures; i++) {
      Content content = Content.values()[random.nextInt(Content.values().length)];
      sources.add(RandomPictures.of(content, width, height, config.chroma(), random.nextLong()));
    }
    byte[] mbQpY = null;
    int qpY = random.nextInt(52);
    if (random.nextInt(3) == 0) {
      mbQpY = new byte[sources.getFirst().format().sizeInMbs()];
      int spread = 1 + random.nextInt(52);
      for (int i = 0; i < mbQpY.length; i++) {
        mbQpY[i] = (byte) Math.clamp(qpY + random.nextInt(2 * spread) - spread, 0, 51);
      }
    }
    return new CodingScenario(seed, config, sources, qpY, mbQpY);
  }

  /**
   * The like with samples of 8 to 14 bits, of the depths that FFmpeg decodes, coded with loss or without.
   *
   * @param maxSize largest width and height in samples
   */
  static CodingScenario beyondHigh(long seed, int maxSize) {
    CodingScenario high = ofSeed(seed, maxSize);
    Random random = new Random(seed + 3);
    boolean lossless = random.nextBoolean();
    int bitDepth = lossless ? List.of(8, 9, 10, 12, 14).get(random.nextInt(5)) : List.of(9, 10, 12, 14).get(random.nextInt(4));
    List<Picture> sources = new ArrayList<>();
    for (Picture source : high.sources) {
      sources.add(bitDepth == 8 ? source : RandomPictures.deepen(source, bitDepth));
    }
    int leastQp = -6 * (bitDepth - 8);
    EncoderConfig config = lossless ? high.config.withLossless(true) : high.config.withLevelTrellis(random.nextBoolean());
    byte[] mbQpY = high.mbQpY == null || lossless ? null : high.mbQpY.clone();
    for (int i = 0; mbQpY != null && i < mbQpY.length; i++) {
      mbQpY[i] = (byte) (leastQp + mbQpY[i] * (51 - leastQp) / 51);
    }
    return new CodingScenario(seed, config, sources, lossless ? leastQp : leastQp + random.nextInt(52 - leastQp), mbQpY);
  }

  private static EncoderConfig config(Random random) {
    int intra16x16Modes = modes(random, 0xF);
    int intra4x4Modes = modes(random, 0x1FF);
    int intra8x8Modes = modes(random, 0x1FF);
    if (((intra16x16Modes | intra4x4Modes | intra8x8Modes) & 4) == 0) {
      intra16x16Modes |= 4;
    }
    return EncoderConfig.TENSOR
        .withChroma(random.nextInt(4) == 0 ? ChromaFormat.MONOCHROME : ChromaFormat.YUV420)
        .withSlicesPerPicture(random.nextBoolean() ? 1 : 1 + random.nextInt(8))
        .withIntra16x16Modes(intra16x16Modes)
        .withIntra4x4Modes(intra4x4Modes)
        .withIntra8x8Modes(intra8x8Modes)
        .withIntraChromaModes(modes(random, 0xF) | 1)
        .withPcm(random.nextInt(12) == 0 ? EncoderConfig.PcmUse.ALWAYS : EncoderConfig.PcmUse.BY_COST)
        .withDeblocking(new EncoderConfig.Deblocking(
            random.nextInt(3), random.nextInt(13) - 6, random.nextInt(13) - 6))
        .withChromaQpIndexOffsets(
            random.nextBoolean() ? 0 : random.nextInt(25) - 12, random.nextBoolean() ? 0 : random.nextInt(25) - 12)
        .withScalingLists(new EncoderConfig.Scaling(scalingLists(random), scalingLists(random)));
  }

  private static int modes(Random random, int all) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(all + 1) | 4;
      default -> all;
    };
  }

  /** Sent, default, or left to the fall-back rule, each list by itself; or no lists at all. */
  private static int[][] scalingLists(Random random) {
    if (random.nextBoolean()) {
      return null;
    }
    int[][] lists = new int[8][];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = switch (random.nextInt(4)) {
        case 0 -> null;
        case 1 -> new int[0];
        default -> scalingList(random, i < 6 ? 16 : 64);
      };
    }
    return lists;
  }

  private static int[] scalingList(Random random, int length) {
    int[] list = new int[length];
    int used = random.nextBoolean() ? length : 1 + random.nextInt(length);
    boolean wild = random.nextInt(4) == 0;
    for (int i = 0; i < length; i++) {
      // A constant tail is what next_scale 0 stands for.
      list[i] = i >= used ? list[used - 1] : wild ? 1 + random.nextInt(255) : 8 + random.nextInt(40);
    }
    return list;
  }

  Coded encode() {
    H264IntraEncoder encoder = new H264IntraEncoder(config, sources.getFirst().format());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<Picture> reconstructions = new ArrayList<>();
    out.writeBytes(encoder.parameterSets());
    for (int i = 0; i < sources.size(); i++) {
      EncodedPicture coded = mbQpY == null
          ? encoder.encode(sources.get(i), qpY, i)
          : encoder.encode(sources.get(i), qpY, mbQpY, i);
      out.writeBytes(coded.slices());
      reconstructions.add(coded.reconstruction());
    }
    return new Coded(out.toByteArray(), reconstructions);
  }

  /** The sources, half of them in another chroma format and with 10 bits a sample, which our encoder does not write. */
  List<Picture> x264Sources() {
    Random random = random(seed + 2);
    if (random.nextBoolean()) {
      return sources;
    }
    ChromaFormat chroma = ChromaFormat.values()[random.nextInt(4)];
    int bitDepth = random.nextBoolean() ? 10 : 8;
    List<Picture> others = new ArrayList<>();
    PictureFormat format = sources.getFirst().format();
    for (int i = 0; i < sources.size(); i++) {
      Content content = Content.values()[random.nextInt(Content.values().length)];
      others.add(RandomPictures.deepen(
          RandomPictures.of(content, format.width(0), format.height(0), chroma, random.nextLong()), bitDepth));
    }
    return others;
  }

  /** x264's options for the like of this scenario. */
  String x264Parameters() {
    Random random = random(seed + 1);
    StringBuilder options = new StringBuilder();
    // With scaling lists, x264 refuses QPs below a bound that depends on the lists.
    int scaling = random.nextInt(4);
    options.append(random.nextInt(3) == 0 ? "crf=" + (1 + random.nextInt(45)) + ":aq-mode=" + (1 + random.nextInt(3))
        : "qp=" + (scaling == 3 ? 1 + random.nextInt(51) : 24 + random.nextInt(28)));
    // x264 derives its own chroma offsets from psy and cqm; what is set here is added to them.
    options.append(":chroma-qp-offset=").append(random.nextInt(25) - 12);
    options.append(":8x8dct=").append(random.nextInt(3) == 0 ? 0 : 1);
    options.append(":partitions=").append(List.of("all", "i4x4", "i8x8", "none").get(random.nextInt(4)));
    options.append(":slices=").append(1 + random.nextInt(4));
    options.append(":trellis=").append(random.nextInt(3));
    options.append(":subme=").append(random.nextInt(10));
    options.append(random.nextInt(4) == 0
        ? ":no-deblock=1" : ":deblock=" + (random.nextInt(13) - 6) + "," + (random.nextInt(13) - 6));
    switch (scaling) {
      case 0 -> options.append(":cqm=jvt");
      case 1 -> {
        options.append(":cqm4=").append(list(random, 16));
        options.append(":cqm8=").append(list(random, 64));
      }
      case 2 -> {
        options.append(":cqm4iy=").append(list(random, 16));
        options.append(":cqm4ic=").append(list(random, 16));
        options.append(":cqm8i=").append(list(random, 64));
      }
      default -> { }
    }
    if (random.nextInt(4) == 0) {
      options.append(":constrained-intra=1");
    }
    if (random.nextInt(3) == 0) {
      options.append(":cabac=0");
    }
    if (scaling == 3 && random.nextInt(4) == 0) {
      // Lossless: transform bypass.
      options.append(":qp=0");
    }
    if (random.nextInt(2) == 0 && sources.getFirst().format().height(0) % 4 == 0) {
      // MBAFF, or frame_mbs_only_flag 0 without fields anywhere.
      options.append(List.of(":tff=1", ":bff=1", ":fake-interlaced=1").get(random.nextInt(3)));
    }
    return options.toString();
  }

  /** Larger weights make x264 write coefficients at high QPs whose sums leave the 16 bits that 8.5.12.2 allows. */
  private static String list(Random random, int length) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < length; i++) {
      list.append(i == 0 ? "" : ",").append(6 + random.nextInt(24));
    }
    return list.toString();
  }

  @Override
  public String toString() {
    return "seed " + seed + ", " + sources.getFirst().format() + ", QP " + qpY + ", " + config;
  }
}
