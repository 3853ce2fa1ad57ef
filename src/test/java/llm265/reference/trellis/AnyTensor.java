package llm265.reference.trellis;

import java.util.Arrays;
import java.util.Random;

/** Streams of random fields, also such as no encoder writes. */
public final class AnyTensor {
  private AnyTensor() {}

  /** A stream, the same for the same seed. */
  public static byte[] stream(long seed) {
    Random random = new Random(seed);
    return of(random).write(random);
  }

  /** A small stream of some values with a trellis, the same for the same number of states. */
  public static byte[] smallStream(int stateBits) {
    for (long seed = 1000L * stateBits;; seed++) {
      Random random = new Random(seed);
      WrittenTensor tensor = of(random);
      tensor.stateBits = stateBits;
      byte[] stream = tensor.write(random);
      boolean hasLevels = tensor.tiles.stream().allMatch(tile -> tile.step != 0);
      if (hasLevels && tensor.plane().count() > 600 && stream.length > 2000 && stream.length < 10_000) {
        return stream;
      }
    }
  }

  static WrittenTensor of(Random random) {
    WrittenTensor tensor = new WrittenTensor();
    tensor.type = new int[] {0, 1, 2, 16}[random.nextInt(4)];
    tensor.tileWidth = 48 + 16 * random.nextInt(2);
    tensor.tileHeight = 16 + 16 * random.nextInt(2);
    tensor.viewColumns = 1 + random.nextInt(random.nextBoolean() ? 40 : 110);
    long viewRows = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(random.nextBoolean() ? 10 : 60);
    tensor.shape = new long[] {viewRows, tensor.viewColumns};
    if (random.nextInt(5) == 0) {
      tensor.shape = new long[] {1 + random.nextInt((int) (tensor.viewColumns * (viewRows + 1)))};
    } else if (viewRows > 0 && random.nextInt(3) == 0) {
      tensor.flags |= TextTensor.TRANSPOSED;
    }
    boolean whole = tensor.shape.length == 2 && viewRows > 0;
    if (whole && tensor.plane().rows() <= tensor.tileHeight && random.nextInt(2) == 0) {
      rotation(tensor, random);
    } else if (random.nextInt(3) == 0) {
      channels(tensor, random);
    }
    tensor.classParameter = new int[] {0, 2, 7, 255}[random.nextInt(4)];
    if (random.nextBoolean()) {
      tensor.flags |= TextTensor.COLUMNS_BY_SCALE;
      tensor.columnClasses = classes(tensor.plane().columns(), tensor.classParameter, random);
    }
    if (random.nextBoolean()) {
      tensor.flags |= TextTensor.ROWS_BY_SCALE;
      tensor.rowClasses = classes(tensor.plane().rows(), tensor.classParameter, random);
    }
    tensor.stateBits = new int[] {0, 2, 3, 4, 5, 6, 7, 8}[random.nextInt(8)];
    tensor.chunkSteps = new int[] {1, 2, 7, 65_536}[random.nextInt(4)];
    laws(tensor, random);
    tensor.withTiles(random, random.nextInt(3) == 0 ? 0.3 : 0);
    for (int t = 0; t < tensor.tiles.size(); t++) {
      tile(tensor, t, random);
    }
    return tensor;
  }

  private static void laws(WrittenTensor tensor, Random random) {
    tensor.laws.clear();
    int count = random.nextInt(25) == 0 ? 127 : 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 6);
    for (int i = 0; i < count; i++) {
      boolean may = i > 0 && tensor.laws.getLast().kind() != 2;
      tensor.laws.add(may && random.nextInt(3) > 0 ? tensor.laws.getLast().next() : WrittenLaw.any(random));
    }
  }

  private static int[] classes(long count, int parameter, Random random) {
    int[] classes = new int[(int) count];
    Arrays.fill(classes, random.nextInt(64));
    int spread = 1 + random.nextInt(64);
    for (int i = 0; i < count && parameter != 255; i++) {
      classes[i] = random.nextInt(spread);
    }
    return classes;
  }

  private static void rotation(WrittenTensor tensor, Random random) {
    tensor.flags |= TextTensor.ROTATION;
    tensor.reflections = new int[random.nextInt(4)][(int) tensor.plane().rows()];
    for (int[] reflection : tensor.reflections) {
      for (int i = 0; i < reflection.length; i++) {
        reflection[i] = random.nextInt(9) == 0 ? random.nextInt(65_535) - 32_767 : random.nextInt(63) - 31;
      }
      reflection[0] = 32_767;
    }
  }

  private static void channels(WrittenTensor tensor, Random random) {
    tensor.flags |= TextTensor.CHANNELS;
    tensor.channelRun = 1 + random.nextInt(30);
    tensor.channelClasses = classes(1 + random.nextInt(60), tensor.classParameter, random);
    if (random.nextBoolean()) {
      tensor.flags |= TextTensor.BLOCKS;
      int blocks = 1 + random.nextInt(5);
      tensor.blockChannels = 1 + random.nextInt(9);
      tensor.channelClasses = classes(blocks * tensor.blockChannels, tensor.classParameter, random);
      tensor.channelBlock = Math.max(1, Math.ceilDiv(tensor.plane().count(), blocks)) + random.nextInt(3);
    }
  }

  private static void tile(WrittenTensor tensor, int number, Random random) {
    WrittenTensor.Tile tile = tensor.tiles.get(number);
    tile.tail = random.nextBoolean() ? 255 : random.nextInt(5);
    tile.offset = (float) random.nextGaussian();
    tile.step = random.nextInt(6) == 0 ? 0 : (float) (Math.exp(random.nextGaussian()) * (random.nextInt(5) - 2.5));
    if (!tensor.has(TextTensor.ROTATION) && random.nextInt(10) == 0) {
      // Some values are greater than their type can hold.
      tile.step = Math.clamp(tile.step, -1, 1) * 1e38f;
    }
    int[] places = tensor.plane().places(number);
    boolean[] taken = new boolean[places.length];
    if (!tensor.has(TextTensor.ROTATION) && places.length > 0 && random.nextInt(3) == 0) {
      runs(tensor, tile, taken, random);
    }
    if (random.nextBoolean()) {
      int kind = tensor.has(TextTensor.ROTATION) ? 0 : tensor.type;
      for (int i = 0; i < places.length; i++) {
        if (!taken[i] && random.nextInt(20) == 0) {
          tile.outliers.add(new long[] {places[i], outlier(kind, random)});
        }
      }
    }
  }

  /** Exponents near each other, since a Rice code of a long way is long. */
  private static long outlier(int kind, Random random) {
    long sign = random.nextInt(2);
    return switch (kind) {
      case 0 -> (sign << 31) + ((100L + random.nextInt(40)) << 23) + random.nextInt(1 << 23);
      case 1 -> (sign << 15) + ((long) random.nextInt(31) << 10) + random.nextInt(1 << 10);
      case 2 -> (sign << 15) + ((random.nextInt(20) == 0 ? 255L : random.nextInt(256)) << 7) + random.nextInt(1 << 7);
      default -> (sign << 63) + ((1000L + random.nextInt(40)) << 52) + (random.nextLong() & ((1L << 52) - 1));
    };
  }

  private static void runs(WrittenTensor tensor, WrittenTensor.Tile tile, boolean[] taken, Random random) {
    tile.runPatterns = new long[1 + random.nextInt(16)];
    for (int i = 0; i < tile.runPatterns.length; i++) {
      long payload = random.nextInt(100);
      tile.runPatterns[i] = switch (tensor.type) {
        case 0 -> 0x7F80_0000L | payload;
        case 1 -> 0xFC00L | payload;
        case 2 -> 0x7F80L | payload;
        default -> 0xFFF0_0000_0000_0000L | payload;
      };
    }
    int next = random.nextInt(taken.length);
    while (next < taken.length && tile.runs.size() < 40) {
      int length = Math.min(1 + random.nextInt(6), taken.length - next);
      tile.runs.add(new int[] {next, length, random.nextInt(tile.runPatterns.length)});
      Arrays.fill(taken, next, next + length, true);
      next += length + 1 + random.nextInt(20);
    }
  }
}
