package llm265.book;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * What the worked examples and the answers of the book must say: texts by id, each computed by the code that the book is about.
 */
final class Figures {
  private final Map<String, Callable<String>> byId = new LinkedHashMap<>();

  static Figures ofAllChapters() {
    Figures figures = new Figures();
    BitFigures.addTo(figures);
    SyntaxFigures.addTo(figures);
    PredictionFigures.addTo(figures);
    TransformFigures.addTo(figures);
    CavlcFigures.addTo(figures);
    CabacFigures.addTo(figures);
    MacroblockFigures.addTo(figures);
    DeblockingFigures.addTo(figures);
    RateFigures.addTo(figures);
    TensorFigures.addTo(figures);
    TrellisFigures.addTo(figures);
    RuntimeFigures.addTo(figures);
    return figures;
  }

  void put(String id, Callable<String> text) {
    if (byId.put(id, text) != null) {
      throw new IllegalArgumentException(id);
    }
  }

  Map<String, Callable<String>> byId() {
    return byId;
  }
}
