package llm265.tensor.exact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import llm265.numeric.Logarithms;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.values.BitPatterns;

/**
 * Chooses how the bits of a tensor's values are kept: reads it twice, and codes a little of it in the most promising ways.
 *
 * <p>Bits that all values share are sent once. The others are examined in groups of up to eight that belong together, exponents
 * first. The high bits of a group become symbols on a picture. They are sorted by frequency, or kept in their own order if
 * this takes fewer bits, since neighbours then resemble each other. The low bits of a group are kept raw where they are as
 * good as noise. A whole group is raw if this takes no more bits.
 */
public final class ExactAnalysis {
  /** Lossless coding of white data: DC prediction is the same everywhere, near the middle. */
  static final EncoderConfig WHITE =
      EncoderConfig.WHITE_TENSOR.withChroma(ChromaFormat.MONOCHROME).withLossless(true);

  /** Lossless coding of symbols in their own order, which neighbours may predict. */
  static final EncoderConfig BY_MODES = EncoderConfig.TENSOR.withChroma(ChromaFormat.MONOCHROME).withLossless(true);

  /** Number of values that are read at a time. */
  private static final int BLOCK = 1 << 16;

  /** Approximate number of samples that are coded to compare ways of coding. */
  private static final int TRIAL = 1 << 16;

  /** Number of ways of dropping low bits that are tried. */
  private static final int TRIALS = 3;

  /** Approximate ratio of the bits that CABAC takes to the entropy of the symbols. */
  private static final double CODING_LOSS = 1.045;

  /** Bits per value that a picture must save over raw bits, and mode decision over white noise. */
  private static final double WORTH = 0.02;

  /** The cost of a slice before its contexts have learnt. */
  private static final double SLICE_START_BITS = 600;

  private static final int SYMBOLS = 1 << ExactPlane.MOST_BITS;

  private final TensorView tensor;
  private final TensorFraming framing;
  private final Workers workers;
  private final int width;
  private final boolean folded;

  private ExactAnalysis(TensorView tensor, TensorFraming framing, Workers workers) {
    this.tensor = tensor;
    this.framing = framing;
    this.workers = workers;
    width = tensor.dtype().bits();
    folded = tensor.dtype().kind() == DType.Kind.SIGNED && width > 8;
  }

  static ExactValues of(TensorView tensor, TensorFraming framing, Workers workers) {
    return new ExactAnalysis(tensor, framing, workers).choose();
  }

  /** How a group of bits would be kept; {@code plane} is null if all of it is raw. */
  private record Choice(double bits, ExactPlane plane, long raw) {}

  private ExactValues choose() {
    long[] common = common();
    long varying = common[0] & ~common[1];
    List<Long> groups = groups(tensor.dtype(), varying);
    long[][] histograms = histograms(groups);
    List<ExactPlane> planes = new ArrayList<>();
    long raw = 0;
    for (int i = 0; i < groups.size(); i++) {
      Choice choice = planes.size() < ExactValues.MOST_PLANES
          ? choose(groups.get(i), histograms[i]) : new Choice(0, null, groups.get(i));
      raw |= choice.raw();
      if (choice.plane() != null) {
        planes.add(choice.plane());
      }
    }
    if (planes.isEmpty()) {
      // There is always a picture, even if all its samples are equal.
      long mask = groups.isEmpty() ? 1 : groups.getFirst();
      planes.add(plane(mask, histogram(mask)));
      raw &= ~mask;
    }
    long taken = raw;
    for (ExactPlane plane : planes) {
      taken |= plane.mask();
    }
    return new ExactValues(width, folded, raw, common[1] & ~taken, planes);
  }

  private interface Block {
    /** Receives patterns that have been read and folded. */
    void take(long[] patterns, int count);
  }

  /** Reads the tensor in blocks, on several threads; each thread has its own result. */
  private <T> List<T> read(Supplier<T> results, Function<T, Block> work) {
    List<T> all = new ArrayList<>();
    int blocks = Math.toIntExact(Math.ceilDiv(framing.values(), BLOCK));
    int runs = Math.min(blocks, 4 * workers.threads());
    workers.forEachInOrder(runs, run -> {
      T result = results.get();
      Block block = work.apply(result);
      long[] patterns = new long[BLOCK];
      for (int i = run; i < blocks; i += runs) {
        long first = (long) i * BLOCK;
        int count = (int) Math.min(BLOCK, framing.values() - first);
        readFolded(first, patterns, count);
        block.take(patterns, count);
      }
      return result;
    }, (run, result) -> all.add(result));
    return all;
  }

  private void readFolded(long first, long[] patterns, int count) {
    BitPatterns.read(tensor.data(), width, first, patterns, count);
    for (int i = 0; folded && i < count; i++) {
      patterns[i] = ExactValues.fold(patterns[i], width);
    }
  }

  /** Bits that are 1 in some value, and bits that are 1 in all values; equal if there are no values. */
  private long[] common() {
    List<long[]> all = read(() -> new long[] {0, -1}, result -> (patterns, count) -> {
      for (int i = 0; i < count; i++) {
        result[0] |= patterns[i];
        result[1] &= patterns[i];
      }
    });
    long any = 0;
    long every = -1;
    for (long[] part : all) {
      any |= part[0];
      every &= part[1];
    }
    return new long[] {any, any & every};
  }

  /** Groups of bits that are examined together; those with the most order come first. */
  public static List<Long> groups(DType type, long varying) {
    List<Long> groups = new ArrayList<>();
    long exponents = exponents(type) & varying;
    while (exponents != 0) {
      // The low bits of a long exponent carry more information than the high ones.
      long group = lowest(exponents);
      groups.add(group);
      exponents &= ~group;
    }
    long rest = varying & ~exponents(type);
    while (rest != 0) {
      long group = Long.reverse(lowest(Long.reverse(rest)));
      groups.add(group);
      rest &= ~group;
    }
    return groups;
  }

  private static long exponents(DType type) {
    return switch (type) {
      case F32 -> 0x7F80_0000L;
      case F16 -> 0x7C00;
      case BF16 -> 0x7F80;
      case F64 -> 0x7FFL << 52;
      case C64 -> 0x7F80_0000_7F80_0000L;
      default -> 0;
    };
  }

  private static long lowest(long bits) {
    long rest = bits;
    for (int i = 0; i < ExactPlane.MOST_BITS; i++) {
      rest &= rest - 1;
    }
    return bits & ~rest;
  }

  private long[] histogram(long mask) {
    return histograms(List.of(mask))[0];
  }

  /** How often each symbol of some groups of bits occurs. */
  private long[][] histograms(List<Long> masks) {
    long[][] sums = new long[masks.size()][SYMBOLS];
    for (long[][] part : read(() -> new long[masks.size()][SYMBOLS], result -> (patterns, count) -> {
      for (int group = 0; group < result.length; group++) {
        long mask = masks.get(group);
        long[] counts = result[group];
        for (int i = 0; i < count; i++) {
          counts[(int) Long.compress(patterns[i], mask)]++;
        }
      }
    })) {
      for (int group = 0; group < sums.length; group++) {
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
          sums[group][symbol] += part[group][symbol];
        }
      }
    }
    return sums;
  }

  private Choice choose(long group, long[] histogram) {
    int bits = Long.bitCount(group);
    Choice best = new Choice(bits - WORTH, null, group);
    for (int dropped : promising(bits, histogram)) {
      ExactPlane plane = plane(without(group, dropped), dropLow(histogram, dropped));
      double cost = trial(WHITE, plane) + dropped;
      best = cost < best.bits() ? new Choice(cost, plane, group & ~plane.mask()) : best;
    }
    if (!tensor.dtype().isFloat() || (group & exponents(tensor.dtype())) != 0) {
      ExactPlane inOrder = new ExactPlane(group, new byte[0], tensor.dtype() == DType.I8 && bits == 8 ? 128 : 0);
      double cost = trial(BY_MODES, inOrder);
      best = cost < best.bits() - WORTH ? new Choice(cost, inOrder, 0) : best;
    }
    return best;
  }

  /** Numbers of low bits to drop from the symbols; those with the least expected cost come first. */
  private static List<Integer> promising(int bits, long[] histogram) {
    double[] expected = new double[bits];
    List<Integer> all = new ArrayList<>();
    for (int dropped = 0; dropped < bits; dropped++) {
      expected[dropped] = CODING_LOSS * entropy(dropLow(histogram, dropped)) + dropped;
      if (expected[dropped] < bits) {
        all.add(dropped);
      }
    }
    all.sort(Comparator.comparingDouble(dropped -> expected[dropped]));
    return all.subList(0, Math.min(TRIALS, all.size()));
  }

  private static long[] dropLow(long[] histogram, int bits) {
    long[] sums = new long[SYMBOLS];
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
      sums[symbol >> bits] += histogram[symbol];
    }
    return sums;
  }

  private static double entropy(long[] histogram) {
    double count = Arrays.stream(histogram).sum();
    double bits = 0;
    for (long occurrences : histogram) {
      bits -= occurrences == 0 ? 0 : occurrences / count * Logarithms.log2(occurrences / count);
    }
    return bits;
  }

  /** A group without its lowest bits. */
  private static long without(long group, int bits) {
    return Long.expand(-1L << bits, group);
  }

  /**
   * The plane that sorts symbols by frequency. Two neighbouring ranks lie at about the same distance from the middle. The more
   * frequent of them takes the side that brings the mean of the samples back to the middle, where DC prediction is best.
   */
  private static ExactPlane plane(long mask, long[] histogram) {
    Integer[] order = new Integer[1 << Long.bitCount(mask)];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(symbol -> -histogram[symbol]));
    int count = 1;
    while (count < order.length && histogram[order[count]] > 0) {
      count++;
    }
    byte[] symbols = new byte[count];
    for (int rank = 0; rank < count; rank++) {
      symbols[rank] = (byte) (int) order[rank];
    }
    long moment = 0;
    for (int rank = 1; rank + 1 < count; rank += 2) {
      long difference = (histogram[order[rank]] - histogram[order[rank + 1]]) * ((rank + 1) >> 1);
      if (moment > 0) {
        symbols[rank] = (byte) (int) order[rank + 1];
        symbols[rank + 1] = (byte) (int) order[rank];
      }
      moment += moment > 0 ? -difference : difference;
    }
    return new ExactPlane(mask, symbols, 0);
  }

  /** Bits per value of a plane by itself, measured on rows of macroblocks spread over the tensor. */
  private double trial(EncoderConfig config, ExactPlane plane) {
    int mbWidth = framing.tileWidth();
    int rowsInTile = framing.tileHeight() / 16;
    long all = (long) framing.tiles() * rowsInTile;
    int pieces = (int) Math.clamp(TRIAL / (16 * mbWidth), Math.min(2, all), all);
    Picture picture = new Picture(PictureFormat.of8Bit(mbWidth, 16 * pieces, ChromaFormat.MONOCHROME));
    picture.fill(0, ExactPlane.sampleOfRank(0));
    short[] table = plane.samples();
    long[] patterns = new long[mbWidth];
    long values = 0;
    for (int piece = 0; piece < pieces; piece++) {
      long place = all * piece / pieces;
      TensorFraming.Tile tile = framing.tile((int) (place / rowsInTile));
      for (int y = 0; y < 16; y++) {
        int row = (int) (place % rowsInTile) * 16 + y;
        int count = framing.valuesInRow(tile, row);
        readFolded(count == 0 ? 0 : framing.firstValue(tile, row), patterns, count);
        for (int x = 0; x < count; x++) {
          picture.samples(0)[(16 * piece + y) * mbWidth + x] = table[(int) Long.compress(patterns[x], plane.mask())];
        }
        values += count;
      }
    }
    double bits = 8.0 * new H264IntraEncoder(config, picture.format()).encode(picture, 0, 0).slices().length;
    return Math.max(0, bits - SLICE_START_BITS) / Math.max(1, values);
  }
}
