package llm265.fidelity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import llm265.checkpoint.file.OutputFile;
import llm265.lm.layer.LayerObserver;
import llm265.lm.layer.LinearLayer;
import llm265.lm.weights.ModelFolder;
import llm265.model.CalibrationFile;
import llm265.moments.InputMoments;
import llm265.parallel.Workers;

/**
 * Measures the second moments of the inputs of all linear layers of a model's blocks.
 *
 * <p>Sums of an input with n elements are n^2 doubles. If those of all do not fit, the model reads the text several times, and
 * each pass sums up as many inputs as fit. The result does not depend on that, since no sum knows of another.
 *
 * <p>What a pass has finished is kept in a folder beside the output. A run with the same model and text goes on there.
 */
public final class Calibrator {
  /** Part of the heap that sums may take. */
  private static final int HEAP_PART = 3;

  /** Greatest number of inputs whose moments are an array of bytes when they are written. */
  private static final int MOST_INPUTS = 23_170;

  private final ModelFolder folder;
  private final TokenWindows text;
  private final Workers workers;
  private final long memory;

  /** @param text what the model reads */
  public Calibrator(ModelFolder folder, TokenWindows text, Workers workers) {
    this(folder, text, workers, Runtime.getRuntime().maxMemory() / HEAP_PART);
  }

  /** @param memory bytes that the sums of a pass may take; each pass sums up at least one input */
  Calibrator(ModelFolder folder, TokenWindows text, Workers workers, long memory) {
    this.folder = folder;
    this.text = text;
    this.workers = workers;
    this.memory = memory;
  }

  /** Sees how far it is. */
  public interface Listener {
    /** Sees nothing. */
    Listener NONE = new Listener() { };

    /** So many tokens are to be read, by all passes together. Called once, before the first. */
    default void begin(long tokens) { }

    /** So many tokens more have been read. */
    default void step(int tokens) { }
  }

  /**
   * Measures, and writes a {@link CalibrationFile}.
   *
   * @param output the file; the folder of what is unfinished has its name and {@code .part}
   * @throws IOException if it cannot be written
   * @throws llm265.checkpoint.file.ModelFormatException if the model is damaged or not supported
   * @throws IllegalArgumentException if a layer has too many inputs, or their moments are not finite
   */
  public void write(Path output, Listener listener) throws IOException {
    // It is better to find out now than after all the work that the output cannot be written.
    OutputFile.create(output).close();
    ObservedModel model = ObservedModel.load(folder, workers);
    Map<String, String> groups = new LinkedHashMap<>();
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (LinearLayer layer : model.linearLayers()) {
      if (layer.inFeatures() > MOST_INPUTS) {
        throw new IllegalArgumentException(layer.name() + ": moments of " + layer.inFeatures() + " inputs are too many");
      }
      groups.put(layer.name(), layer.group());
      sizes.put(layer.group(), layer.inFeatures());
    }
    CalibrationParts parts = CalibrationParts.open(output, CalibrationDigest.of(folder, text), List.copyOf(sizes.keySet()));
    List<Set<String>> passes = passes(parts.missing(), sizes);
    listener.begin(passes.size() * text.tokens());
    for (Set<String> pass : passes) {
      run(model, pass, parts, listener);
    }
    try {
      CalibrationFile.write(output, groups, group -> read(parts, group), text.tokens());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    parts.remove();
  }

  private static InputMoments read(CalibrationParts parts, String group) {
    try {
      return parts.read(group);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shares inputs out among passes, in their order. */
  private List<Set<String>> passes(List<String> groups, Map<String, Integer> sizes) {
    List<Set<String>> passes = new ArrayList<>();
    long left = 0;
    for (String group : groups) {
      long bytes = (long) sizes.get(group) * sizes.get(group) * Double.BYTES;
      if (passes.isEmpty() || bytes > left) {
        passes.add(new LinkedHashSet<>());
        left = memory;
      }
      passes.getLast().add(group);
      left -= bytes;
    }
    return passes;
  }

  private void run(ObservedModel model, Set<String> groups, CalibrationParts parts, Listener listener) throws IOException {
    MomentsCollector collector = collect(model, groups, text, workers, listener);
    for (String group : groups) {
      parts.write(group, collector.moments(group));
    }
  }

  /** Has a model read a text, and sums up the inputs of some groups of layers. */
  static MomentsCollector collect(
      ObservedModel model, Set<String> groups, TokenWindows text, Workers workers, Listener listener) {
    MomentsCollector collector = new MomentsCollector(groups::contains, workers);
    model.observe().accept(collector);
    try {
      for (int[] window : text.windows()) {
        model.read().accept(window);
        listener.step(window.length);
      }
    } finally {
      model.observe().accept(LayerObserver.NONE);
    }
    return collector;
  }
}
