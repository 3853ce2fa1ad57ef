/**
 * 8.7 Deblocking filter process, for pictures of intra macroblocks only: bS is 3 or 4, or the edge is not filtered.
 *
 * <p>Reading order: {@link ScalarDeblockKernels} filters samples across an edge (8.7.2), {@code FilterThresholds} has Tables
 * 8-16 and 8-17, {@link DeblockingParameters} what a slice says. {@link DeblockingFilter} visits the edges of frames and
 * fields, {@link MbaffDeblockingFilter} those of MBAFF frames. {@link DeblockKernels} is the contract for all edges of one
 * direction in a macroblock. {@link StrengthListener} is told which edges are filtered.
 *
 * <p>It runs on finished pictures, and reads only what {@code PictureMbState} keeps.
 */
package llm265.h264.deblock;
