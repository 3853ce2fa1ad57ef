package llm265.rate;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;

/** Shares bits between tensors by how much error they save in each. */
public final class Allocator {
  /**
   * A tensor that gets a share.
   *
   * @param values number of values, 1 or more
   * @param curve its error by rate
   * @param weight weight of its squared error, 0 or more
   * @param layer the layer that it belongs to, if any
   * @param least bits per value that it gets at least, unless there are too few
   */
  public record Tensor(long values, RateCurve curve, double weight, OptionalInt layer, double least) {}

  /** Number of compared places on each curve, per bit. */
  private static final int PLACES_PER_BIT = 32;

  private static final int BISECTIONS = 80;

  /** Number of slopes that are compared before the best is refined. */
  private static final int SLOPES = 64;

  private final List<Tensor> tensors;
  private final double greatest;
  private final double budget;
  private final double freeValues;

  /** Indexed by tensor; false if the rate does not follow the target. */
  private final boolean[] free;

  private Allocator(List<Tensor> tensors, double bits, double greatest) {
    this.tensors = tensors;
    free = new boolean[tensors.size()];
    double left = bits;
    double count = 0;
    for (int i = 0; i < free.length; i++) {
      Tensor tensor = tensors.get(i);
      free[i] = !tensor.curve.isFixed();
      left -= free[i] ? 0 : tensor.curve.fixedBits() * tensor.values;
      count += free[i] ? tensor.values : 0;
    }
    budget = left;
    freeValues = count;
    // If a limit cannot be met, all tensors miss it alike.
    this.greatest = Math.max(greatest, mean());
  }

  /**
   * Shares bits. Tensors with a fixed curve get what they take; the others share the rest.
   *
   * @param allocation {@link Allocation#LINEAR}, {@link Allocation#SLOPE}, or {@link Allocation#RELATIVE} with weights that make
   *     errors relative; {@link Allocation#UNIFORM} shares equally
   * @param bits number of bits for all tensors
   * @param greatest most bits per value for a tensor, unless there are more bits than that allows
   * @return bits per value for each tensor
   */
  public static double[] share(Allocation allocation, List<Tensor> tensors, double bits, double greatest) {
    Allocator allocator = new Allocator(tensors, bits, greatest);
    double[] targets = new double[tensors.size()];
    if (allocator.freeValues > 0) {
      switch (allocation) {
        case UNIFORM -> Arrays.fill(targets, allocator.mean());
        case LINEAR -> allocator.linear(targets);
        case SLOPE, RELATIVE -> allocator.slope(targets);
      }
    }
    for (int i = 0; i < targets.length; i++) {
      targets[i] = allocator.free[i] ? targets[i] : tensors.get(i).curve.fixedBits();
    }
    return targets;
  }

  private double mean() {
    return freeValues == 0 ? 0 : Math.max(0, budget / freeValues);
  }

  /** The least rate of a tensor with which the budget can still be met. */
  private double least(int tensor) {
    return Math.min(tensors.get(tensor).least, mean());
  }

  private void linear(double[] targets) {
    double[] distances = layerDistances();
    double mean = mean();
    double up = Double.POSITIVE_INFINITY;
    double down = Double.POSITIVE_INFINITY;
    for (int i = 0; i < free.length; i++) {
      double above = room(greatest - mean, Math.abs(distances[i]));
      double below = room(mean - least(i), Math.abs(distances[i]));
      up = Math.min(up, distances[i] > 0 ? above : below);
      down = Math.min(down, distances[i] > 0 ? below : above);
    }
    DoubleUnaryOperator error = k -> {
      double sum = 0;
      for (int i = 0; i < free.length; i++) {
        Tensor tensor = tensors.get(i);
        sum += free[i] ? tensor.weight * tensor.values * tensor.curve.error(mean + k * distances[i]) : 0;
      }
      return sum;
    };
    double slope = up == Double.POSITIVE_INFINITY ? 0 : minimum(error, -down, up);
    for (int i = 0; i < targets.length; i++) {
      targets[i] = mean + slope * distances[i];
    }
  }

  /** The slope at which a distance uses a given number of bits. */
  private static double room(double bits, double distance) {
    return distance == 0 ? Double.POSITIVE_INFINITY : Math.max(0, bits) / distance;
  }

  /** Layer of each tensor less the mean layer of all values; 0 for tensors without a layer. */
  private double[] layerDistances() {
    double count = 0;
    double sum = 0;
    for (int i = 0; i < free.length; i++) {
      Tensor tensor = tensors.get(i);
      if (free[i] && tensor.layer.isPresent()) {
        count += tensor.values;
        sum += (double) tensor.values * tensor.layer.getAsInt();
      }
    }
    double[] distances = new double[free.length];
    for (int i = 0; i < free.length && count > 0; i++) {
      OptionalInt layer = tensors.get(i).layer;
      distances[i] = free[i] && layer.isPresent() ? layer.getAsInt() - sum / count : 0;
    }
    return distances;
  }

  /** Finds where a function is least: compares some places, and refines the best between its neighbours. */
  private static double minimum(DoubleUnaryOperator function, double from, double to) {
    double best = 0;
    double least = function.applyAsDouble(0);
    double width = (to - from) / SLOPES;
    for (int i = 0; i <= SLOPES && width > 0; i++) {
      double x = from + i * width;
      double value = function.applyAsDouble(x);
      if (value < least) {
        best = x;
        least = value;
      }
    }
    double left = Math.max(from, best - width);
    double right = Math.min(to, best + width);
    for (int i = 0; i < BISECTIONS / 2; i++) {
      double third = (right - left) / 3;
      if (function.applyAsDouble(left + third) <= function.applyAsDouble(right - third)) {
        right -= third;
      } else {
        left += third;
      }
    }
    double refined = (left + right) / 2;
    return function.applyAsDouble(refined) < least ? refined : best;
  }

  /**
   * Lagrange's method. For a given price of a bit, each tensor takes the rate with the least sum of error and price. Bisection
   * finds the price. The shares at the last two prices are mixed so that they meet the budget exactly.
   */
  private void slope(double[] targets) {
    double[][] errors = new double[free.length][];
    double highest = 0;
    for (int i = 0; i < free.length; i++) {
      if (free[i]) {
        errors[i] = errors(i);
        highest = Math.max(highest, errors[i][0]);
      }
    }
    if (highest == 0) {
      Arrays.fill(targets, mean());
      return;
    }
    // Logarithms of the price: at the first, all tensors take the most; at the last, no saving is worth the price, and all
    // take the least.
    double cheap = StrictMath.log(highest) - 150;
    double dear = StrictMath.log(highest) + StrictMath.log(2 * PLACES_PER_BIT) + 1;
    double[] most = take(errors, StrictMath.exp(cheap));
    double[] fewest = take(errors, StrictMath.exp(dear));
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (cheap + dear) / 2;
      double[] taken = take(errors, StrictMath.exp(middle));
      if (total(taken) > budget) {
        cheap = middle;
        most = taken;
      } else {
        dear = middle;
        fewest = taken;
      }
    }
    double low = total(fewest);
    double high = total(most);
    double share = high > low ? Math.clamp((budget - low) / (high - low), 0, 1) : 0;
    for (int i = 0; i < targets.length; i++) {
      targets[i] = fewest[i] + share * (most[i] - fewest[i]);
    }
  }

  private int places(int tensor) {
    return Math.max(1, (int) Math.ceil((greatest - least(tensor)) * PLACES_PER_BIT));
  }

  private double bitsAt(int tensor, int place) {
    double least = least(tensor);
    return least + (greatest - least) * place / places(tensor);
  }

  /** Weighted error of a value at each place, from the least rate to the greatest. */
  private double[] errors(int tensor) {
    double[] errors = new double[places(tensor) + 1];
    for (int place = 0; place < errors.length; place++) {
      errors[place] = tensors.get(tensor).weight * tensors.get(tensor).curve.error(bitsAt(tensor, place));
    }
    return errors;
  }

  private double[] take(double[][] errors, double price) {
    double[] taken = new double[free.length];
    for (int i = 0; i < free.length; i++) {
      if (!free[i]) {
        continue;
      }
      int best = 0;
      double lowest = Double.POSITIVE_INFINITY;
      double from = least(i);
      double width = (greatest - from) / (errors[i].length - 1);
      for (int place = 0; place < errors[i].length; place++) {
        double cost = errors[i][place] + price * (from + place * width);
        if (cost < lowest) {
          lowest = cost;
          best = place;
        }
      }
      taken[i] = bitsAt(i, best);
    }
    return taken;
  }

  private double total(double[] taken) {
    double sum = 0;
    for (int i = 0; i < taken.length; i++) {
      sum += taken[i] * tensors.get(i).values;
    }
    return sum;
  }
}
