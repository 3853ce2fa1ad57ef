import java.util.Random;
import llm265.TensorDecoder;
import llm265.TensorEncoder;

/** Codes a tensor at a rate, looks at what came of it, and decodes a few of its rows alone. */
public class CompressTensor {
  public static void main(String[] arguments) {
    int rows = 512;
    int columns = 768;
    Random random = new Random(1);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.02 * random.nextGaussian());
    }

    byte[] stream = TensorEncoder.atBits(3).encode(values, rows, columns);
    TensorDecoder decoder = TensorDecoder.open(stream);
    System.out.printf("%.3f bits per value, %.2f dB, tools %s%n",
        8.0 * stream.length / values.length, decoder.info().snr(), decoder.info().tools());

    float[] some = decoder.decodeSlices(100, 104);
    System.out.printf("value (100, 0): %.4f was %.4f%n", some[0], values[100 * columns]);
  }
}
