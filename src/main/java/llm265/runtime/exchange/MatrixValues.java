package llm265.runtime.exchange;

import java.util.List;
import llm265.runtime.exchange.ParameterLayout.Parameter;
import llm265.runtime.message.Segments;

/** The matrices of a model, which are compressed, one behind the other; what is left are vectors, which are sent as they are. */
final class MatrixValues {
  private final List<Parameter> matrices;
  private final List<Parameter> vectors;
  private final Segments segments;

  /** @throws IllegalArgumentException if there are no matrices */
  MatrixValues(ParameterLayout layout) {
    matrices = layout.parameters().stream().filter(Parameter::isMatrix).toList();
    vectors = layout.parameters().stream().filter(parameter -> !parameter.isMatrix()).toList();
    segments = Segments.of(matrices.stream().mapToInt(Parameter::values).toArray());
  }

  List<Parameter> matrices() {
    return matrices;
  }

  List<Parameter> vectors() {
    return vectors;
  }

  /** A segment for each matrix. */
  Segments segments() {
    return segments;
  }

  void gather(float[] all, float[] values) {
    for (int i = 0; i < matrices.size(); i++) {
      System.arraycopy(all, matrices.get(i).offset(), values, segments.begin(i), matrices.get(i).values());
    }
  }

  void scatter(float[] values, float[] all) {
    for (int i = 0; i < matrices.size(); i++) {
      System.arraycopy(values, segments.begin(i), all, matrices.get(i).offset(), matrices.get(i).values());
    }
  }
}
