/**
 * Bits that bins would take, and levels chosen for the fewest bits and the least error: {@link llm265.h264.rate.BinCost},
 * {@link llm265.h264.rate.LevelTrellis}. For the encoder alone; no reader needs it.
 */
package llm265.h264.rate;
