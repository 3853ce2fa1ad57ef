package llm265.cli;

import java.io.PrintWriter;
import llm265.cli.output.Format;
import llm265.model.CompressionReport;
import llm265.tensor.WeightedError;

/**
 * What {@code compress} says at its end.
 *
 * @param output name of what has been written
 * @param original bytes of what has been read
 */
public record CompressionSummary(String output, CompressionReport report, long original) {
  /** @param seconds that it took */
  public void print(PrintWriter out, double seconds, QuantizedInput quantized) {
    long coded = report.tensors().stream().filter(tensor -> tensor.encoded() != null).count();
    long lossy = report.tensors().stream().filter(CompressionReport.Tensor::isLossy).count();
    String lossless = lossy == 0 || lossy == coded ? "" : " (" + (coded - lossy) + " without loss)";
    String rate = report.values() == 0 ? "no values" : Format.number("%.3f bits per value", report.bitsPerValue());
    out.println(Format.number(
        "%s: %d of %d tensors compressed%s, %s%s, %s (%.1f times smaller), %.1f s, %.1f MB/s",
        output, coded, report.tensors().size(), lossless, rate, weightedSnr(), Format.bytes(report.bytes()),
        (double) original / report.bytes(), seconds, original / 1e6 / seconds));
    quantized.gain(report).ifPresent(out::println);
    out.flush();
  }

  private String weightedSnr() {
    WeightedError weighted = report.weighted();
    return weighted.signal() > 0 ? ", weighted SNR " + Format.decibels(weighted.snr()) + " dB" : "";
  }
}
