package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.TextTable;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.distortion.TensorDistortion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 compare}. */
@Command(
    name = "compare",
    description = {
      "Measures how far the tensors of B are from those of A, by name: signal-to-noise ratio 10 log10(variance / MSE), mean "
          + "squared error, greatest error, cosine. A value that is finite in one file alone, or infinite with another sign, is "
          + "infinitely far off; the number of such values is shown.",
      "Each may be an original or a compressed file. A file of one tensor is compared with any other file of one tensor. The "
          + "overall row is about the floating-point tensors of more than one value, where there are any."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "A", description = "The reference: .safetensors, .onnx, .npy, .264, or a model's folder")
  private Path reference;

  @Parameters(index = "1", paramLabel = "B", description = "The other file or folder")
  private Path other;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Map<String, TensorDistortion> distortions = new LinkedHashMap<>();
    TensorDistortion floats = TensorDistortion.NONE;
    TensorDistortion all = TensorDistortion.NONE;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        TensorSet a = TensorSet.open(reference, executor, threads.count());
        TensorSet b = TensorSet.open(other, executor, threads.count())) {
      Notes.unread(spec, reference, a.unread());
      Notes.unread(spec, other, b.unread());
      Map<String, TensorSet.Entry> others = new LinkedHashMap<>();
      b.entries().forEach(entry -> others.put(entry.name(), entry));
      boolean single = a.entries().size() == 1 && b.entries().size() == 1;
      for (TensorSet.Entry entry : a.entries()) {
        TensorSet.Entry counterpart = single ? b.entries().getFirst() : others.remove(entry.name());
        if (counterpart == null) {
          throw new IllegalArgumentException("tensor " + entry.name() + " is missing in " + other);
        }
        try (Arena arena = Arena.ofShared()) {
          TensorView values = entry.values(arena);
          TensorDistortion distortion =
              TensorDistortion.between(values, counterpart.values(arena), new Workers(executor, threads.count()));
          distortions.put(entry.name(), distortion);
          all = all.plus(distortion);
          floats = values.dtype().isReal() && values.count() > 1 ? floats.plus(distortion) : floats;
        }
      }
      if (!single && !others.isEmpty()) {
        throw new IllegalArgumentException(
            "tensor " + others.keySet().iterator().next() + " is missing in " + reference);
      }
    }
    // Token numbers, and constants such as the -3.4e38 of a mask, would count as so much signal that noise in weights would
    // not show.
    TensorDistortion overall = floats.count() > 0 ? floats : all;
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      printJson(out, distortions, overall);
    } else {
      printTable(out, distortions, overall);
    }
    out.flush();
    return 0;
  }

  private static void printTable(PrintWriter out, Map<String, TensorDistortion> distortions, TensorDistortion overall) {
    TextTable table = new TextTable();
    // A column that almost no file needs.
    boolean notFinite = distortions.values().stream().anyMatch(distortion -> distortion.notFinite() > 0);
    List<String> titles = new ArrayList<>(List.of("tensor", "values", "SNR dB", "MSE", "max error", "cosine"));
    if (notFinite) {
      titles.add("NaN or inf in one");
    }
    table.row(titles.toArray(String[]::new));
    distortions.forEach((name, distortion) -> row(table, name, distortion, notFinite));
    row(table, "overall", overall, notFinite);
    table.print(out);
  }

  private static void row(TextTable table, String name, TensorDistortion distortion, boolean notFinite) {
    List<String> cells = new ArrayList<>(List.of(
        name,
        Long.toString(distortion.count()),
        Format.decibels(distortion.snr()),
        figure("%.4g", distortion.meanSquaredError()),
        figure("%.4g", distortion.greatestError()),
        figure("%.6f", distortion.cosine())));
    if (notFinite) {
      cells.add(Long.toString(distortion.notFinite()));
    }
    table.row(cells.toArray(String[]::new));
  }

  private static String figure(String format, double value) {
    return Double.isInfinite(value) ? "inf" : Double.isNaN(value) ? "-" : Format.number(format, value);
  }

  private static void printJson(PrintWriter out, Map<String, TensorDistortion> distortions, TensorDistortion overall)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode tensors = root.putArray("tensors");
    distortions.forEach((name, distortion) -> tensors.add(node(mapper, name, distortion)));
    root.set("overall", node(mapper, null, overall));
    Format.printJson(out, mapper, root);
  }

  /** An exact tensor has snr null and exact true. */
  private static ObjectNode node(ObjectMapper mapper, String name, TensorDistortion distortion) {
    ObjectNode node = mapper.createObjectNode();
    if (name != null) {
      node.put("name", name);
    }
    node.put("values", distortion.count());
    node.put("exact", distortion.isExact());
    node.put("differing", distortion.differing());
    node.put("notFinite", distortion.notFinite());
    Format.put(node, "snr", distortion.snr());
    Format.put(node, "mse", distortion.meanSquaredError());
    Format.put(node, "maxError", distortion.greatestError());
    Format.put(node, "cosine", distortion.cosine());
    return node;
  }
}
