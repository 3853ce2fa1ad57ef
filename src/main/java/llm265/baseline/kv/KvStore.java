package llm265.baseline.kv;

import llm265.lm.layer.KvCache;

/** The cache of one sequence: it takes tokens as they come, gives back what attention reads, and counts its bits. */
public interface KvStore extends KvCache {
  /** What it takes now. */
  KvSize size();
}
