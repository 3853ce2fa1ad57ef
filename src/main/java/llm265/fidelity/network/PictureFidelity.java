package llm265.fidelity.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import llm265.image.RgbImage;
import llm265.network.Network;
import llm265.network.Network.Input;
import llm265.network.Network.Output;
import llm265.network.Network.Port;

/**
 * Compares networks that make pictures of pictures, such as super resolution: the PSNR of their pictures against the original's,
 * {@code -10 log10(mean squared difference)} in dB, with samples from 0 to 1 that are not clamped. Layouts are {@code N x 3 x
 * height x width} and {@code N x height x width x 3}.
 */
public final class PictureFidelity implements NetworkFidelity {
  private static final int USUAL_SIZE = 64;
  private static final int CHANNELS = 3;

  private final Network original;
  private final List<RgbImage> pictures;
  private final List<Output> outputs = new ArrayList<>();

  /**
   * An original and pictures.
   *
   * @param pictures none for {@link SyntheticPictures}
   * @throws IllegalArgumentException if the network does not take pictures of three channels, or not of their sizes
   */
  public PictureFidelity(Network original, List<RgbImage> pictures) {
    this.original = original;
    Port input = NetworkPorts.pictures(original);
    boolean planar = isPlanar(input);
    long height = input.shape()[planar ? 2 : 1];
    long width = input.shape()[planar ? 3 : 2];
    if (pictures.isEmpty()) {
      this.pictures = SyntheticPictures.of(width > 0 ? (int) width : USUAL_SIZE, height > 0 ? (int) height : USUAL_SIZE);
    } else {
      this.pictures = List.copyOf(pictures);
      for (RgbImage picture : pictures) {
        if (width > 0 && picture.width() != width || height > 0 && picture.height() != height) {
          throw new IllegalArgumentException("the network takes pictures of " + width + "x" + height + " pixels, one has "
              + picture.width() + "x" + picture.height());
        }
      }
    }
    NetworkPorts.output(original, 4);
  }

  private static boolean isPlanar(Port input) {
    if (input.allows(1, CHANNELS)) {
      return true;
    }
    if (input.allows(3, CHANNELS)) {
      return false;
    }
    throw new IllegalArgumentException(
        "the network takes pictures of the shape " + Arrays.toString(input.shape()) + ", not of three channels");
  }

  @Override
  public NetworkKind kind() {
    return NetworkKind.PICTURES;
  }

  @Override
  public List<Figure> figures() {
    return List.of(
        new Figure("mean PSNR", "%.3f", "meanPsnr"),
        new Figure("least PSNR", "%.3f", "leastPsnr"),
        new Figure("pictures", "%.0f", "pictures"));
  }

  @Override
  public int chief() {
    return 0;
  }

  @Override
  public boolean isLogarithmic() {
    return false;
  }

  @Override
  public long steps() {
    return pictures.size();
  }

  @Override
  public String note() {
    RgbImage first = pictures.getFirst();
    return pictures.size() + " pictures, the first of " + first.width() + "x" + first.height() + " pixels";
  }

  @Override
  public double[] original(IntConsumer progress) {
    for (RgbImage picture : pictures) {
      outputs.add(run(original, picture));
      progress.accept(1);
    }
    return new double[] {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, pictures.size()};
  }

  @Override
  public double[] of(Network network, IntConsumer progress) {
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < pictures.size(); i++) {
      double psnr = psnr(outputs.get(i), run(network, pictures.get(i)));
      sum += psnr;
      least = Math.min(least, psnr);
      progress.accept(1);
    }
    return new double[] {sum / pictures.size(), least, pictures.size()};
  }

  private static Output run(Network network, RgbImage picture) {
    Port input = NetworkPorts.pictures(network);
    boolean planar = isPlanar(input);
    int pixels = picture.width() * picture.height();
    double[] values = new double[CHANNELS * pixels];
    for (int i = 0; i < values.length; i++) {
      values[i] = planar ? picture.samples()[CHANNELS * (i % pixels) + i / pixels] : picture.samples()[i];
    }
    long[] shape = planar
        ? new long[] {1, CHANNELS, picture.height(), picture.width()}
        : new long[] {1, picture.height(), picture.width(), CHANNELS};
    return network.run(List.of(new Input(input.name(), values, shape)), NetworkPorts.output(network, 4).name());
  }

  private static double psnr(Output original, Output other) {
    if (!Arrays.equals(original.shape(), other.shape())) {
      throw new IllegalArgumentException("pictures of the shape " + Arrays.toString(other.shape())
          + " are compared with those of " + Arrays.toString(original.shape()));
    }
    double sum = 0;
    for (int i = 0; i < original.values().length; i++) {
      double difference = original.values()[i] - other.values()[i];
      sum += difference * difference;
    }
    return -10 * StrictMath.log10(sum / original.values().length);
  }
}
