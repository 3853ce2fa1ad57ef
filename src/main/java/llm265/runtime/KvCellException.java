package llm265.runtime;

import llm265.runtime.transform.KvPart;

/** Keys or values cannot be given: their cell is damaged, or its page was evicted. Nothing was written in their place. */
public final class KvCellException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int layer;
  private final KvPart part;
  private final int page;
  private final boolean isEvicted;

  KvCellException(int layer, KvPart part, int page, String problem) {
    super("page " + page + (layer < 0 ? "" : ", layer " + layer + ", " + part) + ": " + problem);
    this.layer = layer;
    this.part = part;
    this.page = page;
    this.isEvicted = false;
  }

  KvCellException(int page) {
    super("page " + page + ": was evicted");
    this.layer = -1;
    this.part = null;
    this.page = page;
    this.isEvicted = true;
  }

  /** The layer; -1 where the whole page is at fault. */
  public int layer() {
    return layer;
  }

  /** Keys or values; null where the page was evicted. */
  public KvPart part() {
    return part;
  }

  /** Number of the page in its sequence; -1 for tokens that are kept as they are. */
  public int page() {
    return page;
  }

  /** Whether the page was evicted; else it is damaged. */
  public boolean isEvicted() {
    return isEvicted;
  }
}
