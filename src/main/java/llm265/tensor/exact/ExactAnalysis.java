package llm265.tensor.exact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.transform.LevelRecovery;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.Prediction;

/**
 * Chooses how the bits of a tensor's values are kept: reads it twice, and codes a little of it in the most promising ways.
 *
 * <p>Bits that all values share are sent once. The others are examined in groups of up to eight that belong together, exponents
 * first. The high bits of a group become symbols on a picture. They are sorted by frequency. The low bits of a group are kept raw
 * where they are as good as noise. A whole group is raw if this takes no more bits.
 *
 * <p>Where neighbours resemble each other, pictures that carry integers hold differences from predictions, if this takes fewer
 * bits; on pictures whose samples are symbols, these are then in their own order, for the picture's modes to predict.
 */
public final class ExactAnalysis {
  /** Approximate number of values that are coded to compare ways of coding. */
  private static final int EXCERPT = 1 << 16;

  /** Number of ways of dropping low bits that are tried. */
  private static final int TRIALS = 3;

  /** Bits per value that a picture must save over raw bits, and mode decision over white noise. */
  private static final double WORTH = 0.02;

  /** Bits per value that a list must take for symbols without one to be tried. */
  private static final double LONG_LIST = 0.01;

  /** Planes that take more bits have few symbols alone among zeros. */
  private static final double FEW_BITS = 1.5;

  /** Symbols of more bits are not shared by rows. */
  private static final int MOST_BITS_TO_SHARE = 4;

  /** Nor are those that take more of their bits than this. */
  private static final double MOST_RATE_TO_SHARE = 0.6;

  private final TensorView tensor;
  private final TensorFraming framing;
  private final Workers workers;
  private final boolean isCarried;
  private final int width;

  private ExactAnalysis(TensorView tensor, TensorFraming framing, boolean isCarried, Workers workers) {
    this.tensor = tensor;
    this.framing = framing;
    this.workers = workers;
    this.isCarried = isCarried;
    width = tensor.dtype().bits();
  }

  /** @param isCarried whether symbols are levels that pictures carry, not samples */
  static ExactValues of(TensorView tensor, TensorFraming framing, boolean isCarried, Workers workers) {
    return new ExactAnalysis(tensor, framing, isCarried, workers).choose();
  }

  /** How a group of bits would be kept; {@code plane} is null if all of it is raw. */
  private record Choice(long group, double bits, ExactPlane plane) {
    static Choice raw(long group) {
      return new Choice(group, Long.bitCount(group), null);
    }

    double saved() {
      return Long.bitCount(group) - bits;
    }

    long rawMask() {
      return plane == null ? group : group & ~plane.mask();
    }
  }

  /** A way of keeping all bits, those that vary before, and what it takes per value. */
  private record Way(ExactValues values, long varying, double bits) {}

  private ExactValues choose() {
    boolean folded = tensor.dtype().kind() == DType.Kind.SIGNED && width > 8;
    PatternSource source = new PatternSource(tensor, framing, folded, null);
    PatternExcerpt excerpt = source.excerpt(EXCERPT);
    Way plain = way(source, excerpt, folded, null);
    if (!isCarried) {
      return plain.values();
    }
    PredictionSearch search = new PredictionSearch(tensor, framing, folded, plain.varying());
    Way best = better(plain, search.find());
    // Steps of which each has its own sign are not where two of them meet at 0.
    boolean hasSteps = plain.values().rawBits() > 0 && plain.values().planes().size() == 1;
    return (hasSteps && !tensor.dtype().isFloat() && best == plain ? better(best, search.centred()) : best).values();
  }

  private Way better(Way best, PredictionSearch.Found found) {
    if (found == null) {
      return best;
    }
    PatternSource predicted = new PatternSource(tensor, framing, false, found.prediction());
    Way way = way(predicted, predicted.excerpt(EXCERPT), false, found);
    return way.bits() < best.bits() ? way : best;
  }

  /** The better way of those that there are to carry symbols. */
  private Way way(PatternSource source, PatternExcerpt excerpt, boolean folded, PredictionSearch.Found found) {
    if (!isCarried) {
      return way(source, excerpt, folded, found, null);
    }
    Way wide = way(source, excerpt, folded, found, LevelRecovery.WIDE);
    if (wide.values().planes().isEmpty() || wide.bits() - wide.values().rawBits() > FEW_BITS) {
      return wide;
    }
    Way certain = way(source, excerpt, folded, found, LevelRecovery.CERTAIN);
    return certain.bits() < wide.bits() ? certain : wide;
  }

  private Way way(
      PatternSource source, PatternExcerpt excerpt, boolean folded, PredictionSearch.Found found,
      LevelRecovery carrying) {
    long[] common = common(source);
    long varying = common[0] & ~common[1];
    List<Long> groups = found == null
        ? BitGroups.of(tensor.dtype(), varying) : BitGroups.ofDifferences(found.low(), width, varying);
    long[][] counts = counts(source, groups);
    PlaneTrial trial = new PlaneTrial(excerpt, framing.valuesIn(framing.tile(0)), carrying);
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      choices.add(choose(groups.get(i), counts[i], trial, found == null));
    }
    keepPlanes(choices);
    if (choices.stream().allMatch(choice -> choice.plane() == null) && !isCarried) {
      // There is always a plane, even if all its samples are equal.
      long mask = groups.isEmpty() ? 1 : groups.getFirst();
      ExactPlane only = SymbolCounts.plane(mask, 1, groups.isEmpty() ? counts(source, List.of(mask))[0] : counts[0]);
      choices.removeIf(choice -> choice.group() == mask);
      choices.addFirst(new Choice(mask, trial.bits(only), only));
    }
    if (isCarried) {
      shareRows(source, choices, trial);
    }
    long raw = 0;
    long taken = 0;
    double bits = found == null ? 0 : 8.0 * found.prediction().bytes(width) / Math.max(1, framing.values());
    List<ExactPlane> planes = new ArrayList<>();
    for (Choice choice : choices) {
      raw |= choice.rawMask();
      taken |= choice.group();
      bits += choice.bits();
      if (choice.plane() != null) {
        planes.add(choice.plane());
      }
    }
    Prediction prediction = found == null ? null : found.prediction();
    return new Way(
        new ExactValues(width, folded, raw, common[1] & ~taken, planes, carrying, prediction), varying, bits);
  }

  /** Several rows share a row of symbols where these have few bits, if this takes less. */
  private void shareRows(PatternSource source, List<Choice> choices, PlaneTrial trial) {
    List<Choice> few = choices.stream().filter(choice -> choice.plane() != null).toList();
    int mostBits = few.stream().mapToInt(choice -> Long.bitCount(choice.plane().mask())).max().orElse(ExactPlane.MOST_BITS);
    double before = few.stream().mapToDouble(Choice::bits).sum();
    if (mostBits > MOST_BITS_TO_SHARE || few.stream().anyMatch(choice -> choice.bits() > MOST_RATE_TO_SHARE * mostBits)) {
      return;
    }
    for (int rows = ExactPlane.MOST_BITS / Integer.highestOneBit(2 * mostBits - 1); rows > 1; rows /= 2) {
      List<Choice> shared = new ArrayList<>();
      for (Choice choice : few) {
        long mask = choice.plane().mask();
        int dropped = Long.bitCount(choice.group() & ~mask);
        Choice none = new Choice(choice.group(), Double.MAX_VALUE, null);
        shared.add(better(none, dropped, SymbolCounts.plane(mask, rows, sharedCounts(source, mask, rows)), trial));
      }
      double bits = shared.stream().mapToDouble(Choice::bits).sum();
      if (bits < before) {
        before = bits;
        choices.removeAll(few);
        choices.removeIf(choice -> shared.stream().anyMatch(other -> other.group() == choice.group()));
        choices.addAll(shared);
      }
    }
  }

  /** How often each symbol of the bits of several rows occurs. */
  private long[] sharedCounts(PatternSource source, long mask, int rows) {
    long[] sums = new long[SymbolCounts.SYMBOLS];
    int bits = Long.bitCount(mask);
    for (long[] part : source.readRows(workers, () -> new long[SymbolCounts.SYMBOLS], counts -> {
      int[] symbols = new int[framing.tileWidth()];
      return (tile, y, patterns, count) -> {
        int place = y % rows;
        for (int x = 0; x < count; x++) {
          symbols[x] = (place == 0 ? 0 : symbols[x]) | ((int) Long.compress(patterns[x], mask) << (place * bits));
        }
        if (place == rows - 1 || y == tile.rows() - 1) {
          int all = framing.valuesInRow(tile, y - place);
          for (int x = 0; x < all; x++) {
            counts[symbols[x]]++;
          }
        }
      };
    })) {
      for (int symbol = 0; symbol < SymbolCounts.SYMBOLS; symbol++) {
        sums[symbol] += part[symbol];
      }
    }
    return sums;
  }

  /** Where there are too many planes, those that save least become raw. */
  private static void keepPlanes(List<Choice> choices) {
    List<Choice> bySaving = new ArrayList<>(choices.stream().filter(choice -> choice.plane() != null).toList());
    bySaving.sort(Comparator.comparingDouble(choice -> -choice.saved()));
    for (Choice lost : bySaving.subList(Math.min(ExactValues.MOST_PLANES, bySaving.size()), bySaving.size())) {
      choices.replaceAll(choice -> choice == lost ? Choice.raw(lost.group()) : choice);
    }
  }

  /** Bits that are 1 in some value, and bits that are 1 in all values; equal if there are no values. */
  private long[] common(PatternSource source) {
    List<long[]> all = source.read(workers, () -> new long[] {0, -1}, result -> (patterns, count) -> {
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

  /** How often each symbol of some groups of bits occurs. */
  private long[][] counts(PatternSource source, List<Long> masks) {
    long[][] sums = new long[masks.size()][SymbolCounts.SYMBOLS];
    for (long[][] part : source.read(
        workers, () -> new long[masks.size()][SymbolCounts.SYMBOLS], result -> (patterns, count) -> {
          for (int group = 0; group < result.length; group++) {
            SymbolCounts.add(patterns, count, masks.get(group), result[group]);
          }
        })) {
      for (int group = 0; group < sums.length; group++) {
        for (int symbol = 0; symbol < SymbolCounts.SYMBOLS; symbol++) {
          sums[group][symbol] += part[group][symbol];
        }
      }
    }
    return sums;
  }

  private Choice choose(long group, long[] counts, PlaneTrial trial, boolean isUnpredicted) {
    int bits = Long.bitCount(group);
    Choice best = new Choice(group, bits - WORTH, null);
    for (int dropped : promising(bits, counts)) {
      long mask = Long.expand(-1L << dropped, group);
      best = better(best, dropped, SymbolCounts.plane(mask, 1, SymbolCounts.dropLow(counts, dropped)), trial);
    }
    if (isCarried) {
      return best.plane() == null ? Choice.raw(group) : best;
    }
    long exponents = BitGroups.exponents(tensor.dtype());
    if (isUnpredicted && (!tensor.dtype().isFloat() || (group & exponents) != 0)) {
      ExactPlane inOrder = new ExactPlane(group, new byte[0], tensor.dtype() == DType.I8 && bits == 8 ? 128 : 0);
      double cost = trial.bitsByModes(inOrder);
      best = cost < best.bits() - WORTH ? new Choice(group, cost, inOrder) : best;
    }
    return best.plane() == null ? Choice.raw(group) : best;
  }

  private Choice better(Choice best, int dropped, ExactPlane list, PlaneTrial trial) {
    double listBits = 8.0 * list.symbols().length / Math.max(1, framing.values());
    double cost = trial.bits(list) + dropped + (isCarried ? listBits : 0);
    Choice result = cost < best.bits() ? new Choice(best.group(), cost, list) : best;
    if (isCarried && listBits > LONG_LIST) {
      ExactPlane inOrder =
          new ExactPlane(list.mask(), list.rows(), new byte[0], 128 - (1 << (list.bits() - 1)));
      double without = trial.bits(inOrder) + dropped;
      result = without < result.bits() ? new Choice(best.group(), without, inOrder) : result;
    }
    return result;
  }

  /** Numbers of low bits to drop from the symbols; those with the least expected cost come first. */
  private static List<Integer> promising(int bits, long[] counts) {
    double[] expected = new double[bits];
    List<Integer> all = new ArrayList<>();
    for (int dropped = 0; dropped < bits; dropped++) {
      expected[dropped] = SymbolCounts.expectedBits(counts, dropped);
      if (expected[dropped] < bits) {
        all.add(dropped);
      }
    }
    all.sort(Comparator.comparingDouble(dropped -> expected[dropped]));
    return all.subList(0, Math.min(TRIALS, all.size()));
  }
}
