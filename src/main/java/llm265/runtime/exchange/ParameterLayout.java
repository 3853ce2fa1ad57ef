package llm265.runtime.exchange;

import java.util.List;

/** Where the parameters of a model lie in one array, one behind the other in this order. */
public record ParameterLayout(List<Parameter> parameters) {
  /**
   * A parameter.
   *
   * @param rows outputs of a matrix; 1 for a vector
   * @param columns inputs of a matrix, or values of a vector
   */
  public record Parameter(String name, int rows, int columns, int offset) {
    public int values() {
      return rows * columns;
    }

    /** Vectors are small, so every method sends them as they are. */
    public boolean isMatrix() {
      return rows > 1 && columns > 1;
    }
  }

  public ParameterLayout {
    parameters = List.copyOf(parameters);
    int offset = 0;
    for (Parameter parameter : parameters) {
      if (parameter.offset() != offset) {
        throw new IllegalArgumentException(
            parameter.name() + " is at " + parameter.offset() + ", behind the one before it is " + offset);
      }
      offset = Math.addExact(offset, Math.multiplyExact(parameter.rows(), parameter.columns()));
    }
  }

  /** Values of all parameters. */
  public int values() {
    return parameters.stream().mapToInt(Parameter::values).sum();
  }
}
