/**
 * The cost of bins in bits, and levels chosen by rate and distortion. For the encoder only; no decoder needs it.
 *
 * <p>Reading order: {@link BinCost} has the cost of a bin in each state of 9.3.3.2. {@link LevelTrellis} chooses the levels of
 * a block. {@link TrellisKernels} is the contract of its search, {@link ScalarTrellisKernels} the reference.
 *
 * <p>It knows contexts and levels, but no prediction modes: comparing those is for {@code encode}.
 */
package llm265.h264.rate;
