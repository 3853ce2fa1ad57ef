package llm265.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import llm265.model.CompressedModel;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.rate.RateTarget;

/** Writes the notes on a compressed model: what missed the target, and why. */
public final class CompressionNotes {
  /** The share of the target by which a file may be larger without a note. */
  private static final double TOLERANCE = 0.02;

  private final CompressionReport report;
  private final RateTarget target;
  private final List<String> notes = new ArrayList<>();

  private CompressionNotes(CompressionReport report, RateTarget target) {
    this.report = report;
    this.target = target;
  }

  public static List<String> of(CompressionReport report, RateTarget target) {
    CompressionNotes notes = new CompressionNotes(report, target);
    notes.addAboutTarget();
    notes.addAboutQuality();
    return notes.notes;
  }

  private void addAboutTarget() {
    boolean anyLossy = report.tensors().stream().anyMatch(CompressionReport.Tensor::isLossy);
    boolean anyCoded = report.tensors().stream().anyMatch(tensor -> tensor.encoded() != null);
    if (report.values() == 0 || target instanceof RateTarget.Lossless && anyCoded) {
      return;
    }
    if (!anyLossy) {
      notes.add((anyCoded ? "no tensor that could lose something" : "nothing is compressed") + ": " + kept());
    } else if (target instanceof RateTarget.Bits bits) {
      if (report.targetOfStreamsAlone()) {
        long exact = report.tensors().stream().filter(tensor -> !tensor.isLossy())
            .mapToLong(CompressionReport.Tensor::bytes).sum();
        notes.add(Format.number(
            "tensors that lose nothing take %.3f bits per value of the file: --bits %s holds for the others alone; %s",
            8.0 * exact / report.values(), plain(bits.bitsPerValue()), kept()));
      } else if (report.bitsPerValue() > (1 + TOLERANCE) * bits.bitsPerValue()) {
        notes.add(Format.number(
            "the file takes %.3f bits per value, more than %s; %s", report.bitsPerValue(), plain(bits.bitsPerValue()), kept()));
      }
    }
  }

  private static String plain(double bits) {
    return bits == Math.rint(bits) ? Long.toString((long) bits) : Double.toString(bits);
  }

  /** The tensors that lost nothing: how many of which types, how many bytes, and why. */
  private String kept() {
    Map<String, List<CompressionReport.Tensor>> groups = report.tensors().stream()
        .filter(tensor -> !tensor.isLossy())
        .collect(Collectors.groupingBy(
            tensor -> tensor.dtype() + (tensor.kept() == null ? " coded without loss" : " kept, " + tensor.kept()),
            LinkedHashMap::new, Collectors.toList()));
    String text = groups.entrySet().stream()
        .map(group -> {
          List<CompressionReport.Tensor> tensors = group.getValue();
          long bytes = tensors.stream().mapToLong(CompressionReport.Tensor::bytes).sum();
          return Notes.count(tensors.size(), "tensor") + " (" + Format.bytes(bytes) + ") of " + group.getKey();
        })
        .collect(Collectors.joining("; "));
    return text.isEmpty() ? "no tensor is kept" : text;
  }

  private void addAboutQuality() {
    List<String> raised = report.tensors().stream().filter(CompressionReport.Tensor::raised)
        .map(CompressionReport.Tensor::name).toList();
    if (!raised.isEmpty()) {
      notes.add(Notes.count(raised.size(), "tensor") + " would have been below " + floor() + " dB and got that much: "
          + names(raised) + "; --force allows less");
    }
    addLow(notes, report.tensors().stream()
        .filter(tensor -> tensor.encoded() != null && isLow(tensor.encoded().snr()))
        .map(CompressionReport.Tensor::name).toList());
  }

  /** What users should know about the tensors of a file with such low quality. */
  public static List<String> ofQuality(CompressedModel model) {
    Map<String, Double> qualities = new LinkedHashMap<>();
    model.tensors().stream().filter(tensor -> !tensor.isKept())
        .forEach(tensor -> qualities.put(tensor.name(), tensor.coded().describe().snr()));
    return ofQuality(qualities);
  }

  /**
   * What users should know about such low quality.
   *
   * @param qualities signal-to-noise ratios of coded tensors in dB, by the tensors' names
   */
  public static List<String> ofQuality(Map<String, Double> qualities) {
    List<String> notes = new ArrayList<>();
    addLow(notes, qualities.entrySet().stream().filter(tensor -> isLow(tensor.getValue())).map(Map.Entry::getKey).toList());
    return notes;
  }

  private static void addLow(List<String> notes, List<String> names) {
    if (!names.isEmpty()) {
      notes.add(Notes.count(names.size(), "tensor") + " with less than " + floor()
          + " dB, of errors with half the energy of the values or more: " + names(names));
    }
  }

  private static boolean isLow(double snr) {
    return snr < ModelCompressor.LEAST_SNR;
  }

  private static String floor() {
    return plain(ModelCompressor.LEAST_SNR);
  }

  private static String names(List<String> names) {
    String some = names.stream().limit(3).map(name -> '"' + name + '"').collect(Collectors.joining(", "));
    return names.size() <= 3 ? some : some + " and " + (names.size() - 3) + " more";
  }
}
