package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.CarriedLevels;
import llm265.tensor.reconstruct.TileMap;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.tools.TrellisFormat;

/**
 * What the values of a sample took and what errors they have, put together for the whole tensor: by class, each with the share
 * that it has there.
 */
final class SampleSums {
  /** Values of a class that tell what it has on average. */
  private static final int ENOUGH = 256;

  private final double[] values;
  private final double[] bits;
  private final double[] squaredErrors;
  private final double[] shares;
  private final float[] errors;
  private final int count;
  private final double gain;
  private final double slopeBits;
  /** Bits per value of padding and of macroblocks' other elements. */
  private final double otherBits;

  /** Room for the values of a sample. */
  static final class Room {
    private final int[] places;
    private final float[] steps;
    private final float[] errors;

    Room(int values) {
      places = new int[values];
      steps = new float[values];
      errors = new float[values];
    }
  }

  /**
   * @param step that levels were searched with
   * @param room what it holds is used as long as these sums are
   */
  SampleSums(
      CarrierMacroblocks sample, TileMap map, CarrierCosts costs, float[] valueBits, double allBits,
      CarrierCosts.Measurement measurement, Arrangement arrangement, double step, Room room) {
    int classes = costs.classes();
    values = new double[classes];
    bits = new double[classes];
    squaredErrors = new double[classes];
    shares = shares(arrangement, classes);
    count = (int) map.values();
    int[] places = room.places;
    float[] steps = room.steps;
    find(sample, map, places, steps);
    float centre = arrangement.range().centre();
    double unit = unit(sample, places, steps, count, centre);
    gain = unit > 0 ? unit / step : 1;
    errors = room.errors;
    double squares = 0;
    double left = allBits;
    for (int i = 0; i < count; i++) {
      int at = places[i];
      int valueClass = sample.valueClass(at);
      int level = sample.levelOf(at);
      double taken = valueBits[sample.placeOf(at)];
      left -= taken;
      measurement.add(valueClass, sample.quantizer(at), level, taken);
      double deviation = (double) sample.values()[at] - centre;
      double error = deviation - unit * steps[i];
      errors[i] = (float) error;
      values[valueClass]++;
      bits[valueClass] += taken + costs.lowBits(valueClass);
      squaredErrors[valueClass] += error * error;
      double factor = classes == 1 ? 1 : ScaleClasses.factor(TrellisFormat.SCALE_CLASSES_PER_LAW * valueClass);
      squares += deviation * deviation / (factor * factor);
    }
    otherBits = left / Math.max(1, count);
    // Values of the sample may be greater than those of the whole, and take more for it.
    double deviation = Math.sqrt(squares / Math.max(1, count));
    double octaves = deviation > 0 && classes == 1 ? Logarithms.log2(arrangement.range().deviation() / deviation) : 0;
    slopeBits = Math.clamp(octaves, -0.5, 0.5);
  }

  private static double[] shares(Arrangement arrangement, int classes) {
    double[] shares = new double[classes];
    if (classes == 1) {
      shares[0] = 1;
      return shares;
    }
    double[] byScale = ScaleClasses.shares(arrangement.rows(), arrangement.columns());
    for (int i = 0; i < byScale.length; i++) {
      shares[TrellisFormat.classOf(i, classes)] += byScale[i];
    }
    return shares;
  }

  /** Finds each value's place among the macroblocks' values, and its steps. */
  private static void find(CarrierMacroblocks sample, TileMap map, int[] places, float[] steps) {
    int next = 0;
    for (int y = 0; y < map.rows(); y++) {
      int first = CarriedLevels.firstOfRow(map, y);
      int start = map.start(y);
      int[] ranks = map.columnRanks(y);
      for (int x = 0; x < map.count(y); x++) {
        int column = ranks == null ? x : ranks[x];
        steps[next] = sample.steps()[start + column];
        places[next++] = CarriedLevels.place(first, column);
      }
    }
  }

  /** The size of a step with which the errors are least; 0 if there are no steps. */
  private static double unit(CarrierMacroblocks sample, int[] places, float[] steps, int count, float centre) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      products += steps[i] * ((double) sample.values()[places[i]] - centre);
      squares += (double) steps[i] * steps[i];
    }
    return squares == 0 ? 0 : products / squares;
  }

  /**
   * The mean over the whole tensor of what a class has on average. Those of a class of which the sample has too few values to
   * tell are taken to be like those of the nearest one of which it has enough.
   */
  private double mean(double[] sums) {
    double mean = 0;
    double all = 0;
    for (int i = 0; i < sums.length; i++) {
      int like = nearestSeen(i);
      mean += like < 0 ? 0 : shares[i] * sums[like] / values[like];
      all += like < 0 ? 0 : shares[i];
    }
    return all > 0 ? mean / all : Arrays.stream(sums).sum() / Math.max(1, Arrays.stream(values).sum());
  }

  /** Less than 0 if there is none. */
  private int nearestSeen(int valueClass) {
    for (int distance = 0; distance < values.length; distance++) {
      for (int i = valueClass - distance; i <= valueClass + distance; i += Math.max(1, 2 * distance)) {
        if (i >= 0 && i < values.length && values[i] >= ENOUGH) {
          return i;
        }
      }
    }
    return -1;
  }

  /** Bits per value. */
  double rate() {
    double rate = mean(bits) + otherBits;
    return Math.max(0, rate + Math.min(1, rate) * slopeBits);
  }

  /** The size of a step with which the errors are least, over the one that levels were searched with. */
  double gain() {
    return gain;
  }

  double meanSquaredError() {
    return mean(squaredErrors);
  }

  /** Number of the sample's values whose error is beyond a bound. */
  int beyond(double bound) {
    int beyond = 0;
    for (int i = 0; i < count; i++) {
      beyond += Math.abs(errors[i]) > bound ? 1 : 0;
    }
    return beyond;
  }
}
