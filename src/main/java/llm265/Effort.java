package llm265;

import llm265.tensor.TensorTools;

/** How much time an encoder takes to save bits; docs/benchmarks.md has what each step earns. Decoding is as fast after each. */
public enum Effort {
  /** Intra_16x16 DC prediction alone. */
  FAST(new TensorTools(1, true, false), false),
  /**
   * Sign patterns, best of 4; rows and columns sorted by scale; the pre-inverse transform for heavy tails; full mode decision for
   * tensors whose neighbouring values resemble each other: each where it pays.
   */
  BALANCED(new TensorTools(4, true, true), true),
  /** The same with the best of 16 sign patterns. */
  BEST(new TensorTools(16, true, true), true),
  /** The same with the best of 64 sign patterns. */
  MAX(new TensorTools(64, true, true), true);

  private final TensorTools tools;
  private final boolean looksForStructure;

  Effort(TensorTools tools, boolean looksForStructure) {
    this.tools = tools;
    this.looksForStructure = looksForStructure;
  }

  TensorTools tools() {
    return tools;
  }

  /** Whether full mode decision is tried on a sample of each tensor. */
  boolean looksForStructure() {
    return looksForStructure;
  }
}
