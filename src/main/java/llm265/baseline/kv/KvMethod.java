package llm265.baseline.kv;

/** A way of keeping keys and values. Deterministic; thread-safe, while each of its sequences is used by one thread. */
public interface KvMethod {
  /** The name that a table has for it. */
  String name();

  /** The recipe, in one line. */
  String settings();

  /** Sizes and times of its pages so far; null if it has none that it times. */
  default PageStatistics pages() {
    return null;
  }

  /** Begins a sequence. */
  KvStore begin(KvShape shape);
}
