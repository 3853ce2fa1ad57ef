package llm265.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaCoding;
import llm265.rate.Allocation;
import llm265.rate.Allocator;
import llm265.rate.FileBudget;
import llm265.rate.LayerIndex;
import llm265.rate.RateCurve;
import llm265.tensor.Codec;
import llm265.tensor.analysis.ChannelWeights;
import llm265.tensor.encode.Known;
import llm265.tensor.encode.MethodChoice;
import llm265.tensor.encode.Probed;

/** Shares a file's bytes between its tensors, after coding a little of each. */
final class BudgetPlanner {
  /** The least bits per value that a tensor is planned with: about what the positions of a few large values take. */
  static final double LEAST_BITS = 0.1;

  /**
   * Without weights, the least share of the mean rate for each tensor. A matrix may be scaled down, and the one that takes its
   * output scaled up, without a change to the model. So a small scale alone is no reason to wipe a tensor out.
   */
  static final double LEAST_SHARE = 0.5;

  /**
   * The same where relative errors are shared by what roles count for, but for embeddings that are only read. Of .5, .65 and .8
   * the middle one was best for language models at 2 bits.
   */
  private static final double LEAST_SHARE_OF_ROLE = 0.65;

  /** The greatest rate that a tensor is planned with. */
  static final double GREATEST_BITS = 14;

  /** No stream takes more, whatever the target. */
  private static final double MOST_BITS = 16;

  /** If a tensor's planned rate is this far from the rates where it was measured, it is measured there, too. */
  private static final double FAR = 0.5;

  private static final int ROUNDS = 2;

  /** About so many matrices make a layer of a transformer. */
  private static final int MATRICES_OF_LAYER = 7;

  /** What is left of the divergence of a layer with moments of its inputs, on pictures: .57 at 2 bits and .61 at 3. */
  private static final double CALIBRATED = 0.6;

  /** The same without pictures, by the divergence of whole files: at 2 bits .0263 with 0.6 and .0244 with this. */
  private static final double CALIBRATED_CHUNKS = 0.45;

  /**
   * What embeddings count for, for each layer, that serve as BERT's head: at 3 and at 4 bits BERT-base diverges by .097 and .018
   * with this, by .131 and .025 with 6, as in causal models.
   */
  private static final double MASKED_HEAD = 1;

  /**
   * How far off the rate of a tensor may be, as a share of it, where bits go where they save most. The error hardly
   * depends on a hundredth, and only the file must be met, not the plan.
   */
  private static final double TOLERANCE = 0.01;

  private final ModelSettings settings;
  private final TensorCoder coder;
  private final int[] numbers;
  private final List<TensorView> tensors;
  private final long[] values;
  private final boolean[] pinned;
  /** Tensors that are pinned, or whose size does not depend on the target. */
  private final boolean[] unmovable;
  private final double[] targets;
  private final boolean[] hasWeights;
  private final MethodChoice[] choices;
  private final RateCurve[] curves;
  private final double[] variances;
  /** Tensors that are coded by what they differ by from a base's. */
  private final boolean[] isDelta;

  private BudgetPlanner(ModelSettings settings, TensorCoder coder, List<TensorView> model, int[] numbers) {
    this.settings = settings;
    this.coder = coder;
    this.numbers = numbers;
    tensors = Arrays.stream(numbers).mapToObj(model::get).toList();
    values = tensors.stream().mapToLong(TensorView::count).toArray();
    pinned = new boolean[values.length];
    unmovable = new boolean[values.length];
    targets = new double[values.length];
    hasWeights = new boolean[values.length];
    choices = new MethodChoice[values.length];
    curves = new RateCurve[values.length];
    variances = new double[values.length];
    isDelta = new boolean[values.length];
    for (int i = 0; i < isDelta.length; i++) {
      DeltaCoding delta = settings.delta(tensors.get(i));
      isDelta[i] = delta != null && delta.isWorthItWithLoss();
    }
  }

  /**
   * A plan.
   *
   * @param budget the tensors' shares
   * @param known what is known about each tensor near its share
   */
  record Plan(FileBudget budget, Known[] known) {}

  /**
   * Makes the plan.
   *
   * @param coder measures tensors
   * @param model all tensors
   * @param numbers those that are compressed, at least one
   * @param budgetBytes bytes for all of them
   * @param fileBytes bytes of the whole file
   * @throws IllegalArgumentException if pinned tensors make the budget impossible
   */
  static Plan plan(
      ModelSettings settings, TensorCoder coder, List<TensorView> model, int[] numbers, double budgetBytes, double fileBytes) {
    BudgetPlanner planner = new BudgetPlanner(settings, coder, model, numbers);
    double left = planner.pin(8 * budgetBytes);
    planner.share(left);
    FileBudget budget = new FileBudget(planner.values, planner.targets, planner.unmovable, budgetBytes, fileBytes);
    return new Plan(budget, IntStream.range(0, numbers.length).mapToObj(planner::known).toArray(Known[]::new));
  }

  /** With weights or moments there is less to choose from than in the probe, which works without them. */
  private Known known(int i) {
    boolean isMeasured =
        curves[i] != null && !curves[i].isFixed() && !hasWeights[i] && !settings.hasMoments(tensors.get(i));
    boolean isFree = isMeasured && settings.sharing().allocation() != Allocation.LINEAR;
    return new Known(isMeasured ? choices[i] : null, isFree ? curves[i] : null, TOLERANCE, 1);
  }

  /** Gives pinned tensors their bits and returns how many are left. */
  private double pin(double bits) {
    double left = bits;
    double open = 0;
    for (int i = 0; i < pinned.length; i++) {
      OptionalDouble pin = settings.pinned(tensors.get(i));
      pinned[i] = pin.isPresent();
      unmovable[i] = pinned[i];
      if (pin.isPresent()) {
        targets[i] = pin.getAsDouble();
        left -= targets[i] * values[i];
      } else {
        open += values[i];
      }
    }
    if (!settings.sharing().pins().isEmpty()) {
      requirePossible(left, open);
    }
    return left;
  }

  private static void requirePossible(double left, double open) {
    if (open == 0) {
      throw new IllegalArgumentException(
          "every compressed tensor has its own rate: none is left to meet the file's");
    }
    if (left < LEAST_BITS * open) {
      throw new IllegalArgumentException(
          "tensors with their own rates leave " + rounded(left / open) + " bits per value to the others, which need "
          + LEAST_BITS);
    }
    if (left > MOST_BITS * open) {
      throw new IllegalArgumentException(
          "tensors with their own rates leave " + rounded(left / open) + " bits per value to the others, which can use "
              + MOST_BITS);
    }
  }

  private static double rounded(double bits) {
    return Math.rint(100 * bits) / 100;
  }

  private void share(double bits) {
    int[] open = IntStream.range(0, pinned.length).filter(i -> !pinned[i]).toArray();
    double mean = Math.max(bits, 0) / Arrays.stream(open).mapToDouble(i -> values[i]).sum();
    double[] given = weights();
    // Weights by sensitivity are of squared errors, and say all that there is to say.
    boolean isRelative =
        settings.sharing().allocation() == Allocation.RELATIVE && IntStream.of(open).noneMatch(i -> hasWeights[i]);
    boolean isByRole = isRelative && settings.sharing().divergences().isEmpty();
    for (int i : open) {
      targets[i] = mean;
    }
    if (settings.sharing().allocation() == Allocation.UNIFORM || open.length == 1) {
      return;
    }
    Curves look = new Curves(open);
    for (int round = 0; round < ROUNDS && look.measure(); round++) {
      double[] weights = isByRole ? relative() : isRelative ? divergent(open) : given;
      List<Allocator.Tensor> shares = Arrays.stream(open).mapToObj(i ->
          new Allocator.Tensor(
              values[i], curves[i], weights[i], LayerIndex.of(tensors.get(i).name()), least(i, mean, isByRole))).toList();
      double[] shared = Allocator.share(
          settings.sharing().allocation(), shares, bits, Math.min(GREATEST_BITS, settings.coding().mostBits()));
      for (int p = 0; p < open.length; p++) {
        targets[open[p]] = shared[p];
      }
    }
  }

  /** The fewest bits per value of a tensor. */
  private double least(int i, double mean, boolean isByRole) {
    // What is left of a difference from a base is small even without any bits.
    if (hasWeights[i] || isDelta[i]) {
      return LEAST_BITS;
    }
    boolean isFloorOfRole = isByRole && TensorRole.of(tensors.get(i).name()) != TensorRole.EMBEDDING;
    return Math.max(LEAST_BITS, (isFloorOfRole ? LEAST_SHARE_OF_ROLE : LEAST_SHARE) * mean);
  }

  /** The weight of a squared error in each tensor. Tensors without weights count as much as the others do on average. */
  private double[] weights() {
    double[] weights = new double[values.length];
    double sum = 0;
    double count = 0;
    for (int i = 0; i < weights.length; i++) {
      ChannelWeights channels = settings.weights(tensors.get(i));
      hasWeights[i] = channels != null;
      if (hasWeights[i]) {
        weights[i] = channels.mean();
        sum += weights[i] * values[i];
        count += values[i];
      }
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] = hasWeights[i] ? weights[i] : count == 0 ? 1 : sum / count;
    }
    return weights;
  }

  /** Weights with which squared errors become relative ones, each matrix counting as its role says, whatever its size. */
  private double[] relative() {
    int numbered = 1 + tensors.stream().mapToInt(tensor -> LayerIndex.of(tensor.name()).orElse(0)).max().orElse(0);
    // Where names do not tell.
    int layers = Math.max(numbered, tensors.size() / MATRICES_OF_LAYER);
    boolean hasHead = tensors.stream().anyMatch(tensor -> TensorRole.of(tensor.name()) == TensorRole.HEAD);
    // BERT's, which shares the embeddings.
    boolean hasMaskedHead = tensors.stream().anyMatch(tensor -> tensor.name().startsWith("cls."));
    double[] relative = new double[values.length];
    for (int i = 0; i < relative.length; i++) {
      TensorRole role = TensorRole.of(tensors.get(i).name());
      double weight = switch (role) {
        case HEAD -> role.weight() * layers;
        case TIED_EMBEDDING -> (hasHead ? TensorRole.EMBEDDING : role).weight() * layers;
        case EMBEDDING -> (hasMaskedHead ? MASKED_HEAD : role.weight()) * layers;
        default -> role.weight();
      };
      double calibrated = settings.coding().codec() == Codec.TRINITY ? CALIBRATED_CHUNKS : CALIBRATED;
      weight *= settings.hasMoments(tensors.get(i)) ? calibrated : 1;
      relative[i] = weight / values[i] / Math.max(variances[i], Double.MIN_NORMAL);
    }
    return relative;
  }

  /** Weights with which squared errors become the divergences that they bring. Each grows with its tensor's squared error. */
  private double[] divergent(int[] open) {
    double[] weights = new double[values.length];
    Map<String, MeasuredDivergence> measured = settings.sharing().divergences();
    MeasuredDivergence mean = new MeasuredDivergence(
        measured.values().stream().mapToDouble(MeasuredDivergence::bitsPerValue).average().orElseThrow(),
        measured.values().stream().mapToDouble(MeasuredDivergence::divergence).average().orElseThrow());
    for (int i : open) {
      MeasuredDivergence of = measured.getOrDefault(tensors.get(i).name(), mean);
      weights[i] = of.divergence() / values[i] / Math.max(curves[i].error(of.bitsPerValue()), Double.MIN_NORMAL);
    }
    return weights;
  }

  /** What is known about the tensors' curves. */
  private final class Curves {
    private final int[] open;
    private final List<List<RateCurve.Probe>> probes = new ArrayList<>();

    Curves(int[] open) {
      this.open = open;
      for (int i = 0; i < values.length; i++) {
        probes.add(new ArrayList<>());
      }
    }

    /** Measures tensors at their targets if they are not known well enough there; returns false if there are none. */
    boolean measure() {
      int[] unknown = Arrays.stream(open).filter(i -> !isKnown(i)).toArray();
      Iterator<Integer> next = Arrays.stream(unknown).iterator();
      coder.probe(
          Arrays.stream(unknown).mapToObj(i -> new ProbeJob(numbers[i], targets[i], curves[i])).toList(),
          (job, probed) -> add(next.next(), probed));
      return unknown.length > 0;
    }

    private boolean isKnown(int i) {
      return curves[i] != null
          && (curves[i].isFixed() || probes.get(i).stream().anyMatch(probe -> Math.abs(probe.bits() - targets[i]) <= FAR));
    }

    private void add(int i, Probed probed) {
      variances[i] = probed.variance();
      if (probed.fixed() != null) {
        curves[i] = probed.fixed();
        unmovable[i] = true;
      } else {
        probes.get(i).add(probed.probe());
        curves[i] = RateCurve.through(probes.get(i), settings.coding().pictures().roundingNoise());
        choices[i] = probed.choice();
      }
    }
  }
}
