package llm265.fidelity;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import llm265.lm.weights.WeightSource;

/** Remembers which tensors are read: those that a model needs. */
public final class ReadWeights implements WeightSource {
  private final WeightSource source;
  private final Set<String> read = new LinkedHashSet<>();

  public ReadWeights(WeightSource source) {
    this.source = source;
  }

  /** The names of the tensors that have been read. */
  public Set<String> needed() {
    return Collections.unmodifiableSet(read);
  }

  @Override
  public Set<String> names() {
    return source.names();
  }

  @Override
  public boolean has(String name) {
    return source.has(name);
  }

  @Override
  public long[] shape(String name) {
    return source.shape(name);
  }

  @Override
  public float[] read(String name) {
    read.add(name);
    return source.read(name);
  }
}
