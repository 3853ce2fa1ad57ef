package llm265;

import llm265.tensor.TensorTools;

/** How much time an encoder takes to save bits; docs/benchmarks.md has what each step earns. Decoding is as fast after each. */
public enum Effort {
  /** Intra_16x16 DC prediction alone. */
  FAST(1, false),
  /** Sign patterns, best of 4; full mode decision for tensors whose neighbouring values resemble each other. */
  BALANCED(4, true),
  /** Sign patterns, best of 16. */
  BEST(16, true),
  /** Sign patterns, best of 64. */
  MAX(64, true);

  private final TensorTools tools;
  private final boolean looksForStructure;

  Effort(int signPatterns, boolean looksForStructure) {
    this.tools = new TensorTools(signPatterns);
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
