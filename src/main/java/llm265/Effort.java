package llm265;

import llm265.tensor.encode.TensorTools;

/** How much time an encoder takes to save bits; docs/benchmarks.md has what each step earns. Decoding takes longer only after rotations. */
public enum Effort {
  /** Intra_16x16 DC prediction alone; rows and columns sorted by scale where that pays. */
  FAST(new TensorTools(1, true, false, 0), false, false),
  /**
   * Levels by rate and distortion; sign patterns, best of 4; rows and columns sorted by scale; the pre-inverse transform for
   * heavy tails; full mode decision for tensors whose neighbouring values resemble each other; a rotation of up to 32 reflections
   * to principal axes: each where it pays.
   */
  BALANCED(new TensorTools(4, true, true, 32), true, true),
  /** The same with the best of 16 sign patterns, and up to 64 reflections. */
  BEST(new TensorTools(16, true, true, 64), true, true),
  /** The same with the best of 64 sign patterns, and up to 160 reflections. */
  MAX(new TensorTools(64, true, true, 160), true, true);

  private final TensorTools tools;
  private final boolean looksForStructure;
  private final boolean choosesLevels;

  Effort(TensorTools tools, boolean looksForStructure, boolean choosesLevels) {
    this.tools = tools;
    this.looksForStructure = looksForStructure;
    this.choosesLevels = choosesLevels;
  }

  TensorTools tools() {
    return tools;
  }

  /** Whether levels are chosen by rate and distortion, not rounded. */
  public boolean choosesLevels() {
    return choosesLevels;
  }

  /** Whether full mode decision is tried on a sample of each tensor. */
  public boolean looksForStructure() {
    return looksForStructure;
  }
}
