import java.nio.file.Path;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.model.ModelDecompressor;

/** Compresses a checkpoint at 3 bits per value, reports on each tensor, and turns it back: CompressModel IN SMALL AGAIN. */
public class CompressModel {
  public static void main(String[] arguments) throws Exception {
    Path input = Path.of(arguments[0]);
    Path small = Path.of(arguments[1]);
    CompressionReport report = ModelCompressor.atBits(3)
        .withProgress(tensor -> System.out.println("done: " + tensor.name()))
        .compress(input, small);
    for (CompressionReport.Tensor tensor : report.tensors()) {
      double bits = 8.0 * tensor.bytes() / tensor.values();
      String quality = tensor.encoded() == null ? "kept: " + tensor.kept() : String.format("%.2f dB", tensor.encoded().snr());
      System.out.printf("%-40s %6.3f bits per value  %s%n", tensor.name(), bits, quality);
    }
    System.out.printf("all, with the header: %.3f bits per value%n", report.bitsPerValue());
    ModelDecompressor.create().decompress(small, Path.of(arguments[2]));
  }
}
