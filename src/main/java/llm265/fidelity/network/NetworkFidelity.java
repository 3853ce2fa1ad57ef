package llm265.fidelity.network;

import java.util.List;
import java.util.function.IntConsumer;
import llm265.network.Network;

/** Compares networks of one kind with an original. Used by one thread at a time. */
public interface NetworkFidelity {
  /**
   * What one of the figures is.
   *
   * @param title for people
   * @param format of the figure
   * @param key for programs, in camelCase
   */
  record Figure(String title, String format, String key) {}

  /** The kind. */
  NetworkKind kind();

  /** What the figures are, in their order. */
  List<Figure> figures();

  /** Index of the figure that says most. */
  int chief();

  /** Whether that figure is drawn on an axis of logarithms. */
  boolean isLogarithmic();

  /** How much is done for each network, in units of {@code progress}. */
  long steps();

  /** What is measured, in one line. */
  String note();

  /**
   * The figures of the original itself. To be called first.
   *
   * @param progress receives numbers of steps that are done
   */
  double[] original(IntConsumer progress);

  /**
   * The figures of another network.
   *
   * @throws IllegalArgumentException if its outputs have another size
   */
  double[] of(Network network, IntConsumer progress);
}
