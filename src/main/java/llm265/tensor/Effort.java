package llm265.tensor;

/**
 * How much time an encoder spends to save bits; docs/benchmarks.md has what each step gains. Decoding takes longer only after
 * rotations.
 */
public enum Effort {
  /** Intra_16x16 DC prediction alone; rows and columns sorted by scale where that pays. */
  FAST,
  /**
   * Levels by rate and distortion; the best of 4 sign patterns; rows and columns sorted by scale; the pre-inverse transform
   * for heavy tails; full mode decision for tensors whose neighbouring values resemble each other; a rotation of up to 32
   * reflections to principal axes. Each is used only where it pays.
   */
  BALANCED,
  /** The same with the best of 16 sign patterns, and up to 64 reflections. */
  BEST,
  /** The same with the best of 64 sign patterns, and up to 160 reflections. */
  MAX
}
