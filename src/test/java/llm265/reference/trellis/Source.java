package llm265.reference.trellis;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;

/** Values of many kinds. */
enum Source {
  GAUSSIAN,
  LAPLACE,
  SCALED,
  LOW_RANK,
  WITH_SPECIALS,
  HUGE_OUTLIERS,
  CONSTANT,
  SPARSE,
  NOT_FINITE,
  MASK,
  TINY,
  HUGE,
  OFF_CENTRE;

  private double[] values(int rows, int columns, Random random) {
    double[] ofRow = scales(rows, random);
    double[] ofColumn = scales(columns, random);
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      int y = i / columns;
      int x = i % columns;
      double g = random.nextGaussian();
      values[i] = switch (this) {
        case GAUSSIAN -> g;
        case LAPLACE -> Math.log(random.nextDouble() + 1e-9) * (g < 0 ? 1 : -1);
        case SCALED -> g * ofRow[y] * ofColumn[x];
        case LOW_RANK -> Math.sin(y * 0.21) * ofColumn[x] + Math.cos(y * 0.5) * (x - 9) + 0.02 * g;
        case WITH_SPECIALS -> switch (random.nextInt(60)) {
          case 0 -> Double.NaN;
          case 1 -> Double.NEGATIVE_INFINITY;
          case 2 -> Double.POSITIVE_INFINITY;
          case 3 -> -0.0;
          default -> g;
        };
        case HUGE_OUTLIERS -> random.nextInt(90) == 0 ? 1e30 * g : g;
        case CONSTANT -> 0.1;
        case SPARSE -> random.nextInt(50) == 0 ? g : 0;
        case NOT_FINITE -> g < 0 ? Double.NaN : Double.NEGATIVE_INFINITY;
        case MASK -> x > y ? Double.NEGATIVE_INFINITY : g;
        case TINY -> 1e-40 * g;
        case HUGE -> 1e37 * g;
        case OFF_CENTRE -> 1000 + g;
      };
    }
    return values;
  }

  private static double[] scales(int count, Random random) {
    double[] scales = new double[count];
    for (int i = 0; i < count; i++) {
      scales[i] = Math.exp(random.nextGaussian());
    }
    return scales;
  }

  TensorView tensor(DType type, long[] shape, Random random) {
    int count = (int) Shape.count(shape);
    int columns = shape.length == 0 ? 1 : (int) Math.max(1, shape[shape.length - 1]);
    double[] values = values(Math.ceilDiv(count, columns), columns, random);
    MemorySegment data = MemorySegment.ofArray(new byte[(int) type.byteSize(count)]);
    if (type == DType.F64) {
      for (int i = 0; i < count; i++) {
        data.set(LittleEndian.DOUBLE, 8L * i, values[i]);
      }
    } else {
      float[] floats = new float[count];
      for (int i = 0; i < count; i++) {
        floats[i] = (float) values[i];
      }
      ValueCodec.write(type, data, 0, floats, 0, count);
    }
    return new TensorView("t", type, shape, data);
  }

  /** A shape of dimensions up to a size, mostly of two. */
  static long[] shape(Random random, int most) {
    long[] shape = new long[random.nextInt(8) == 0 ? random.nextInt(4) : 2];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextInt(40) == 0 ? 0 : 1 + random.nextInt(shape.length > 2 ? 20 : most);
    }
    return shape;
  }
}
