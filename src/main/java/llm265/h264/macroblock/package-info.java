/**
 * 6.4, 7.3.5, 7.4.5: the work area of one macroblock, what pictures remember of their macroblocks, neighbours and scans.
 *
 * <p>Reading order: {@link Macroblock} holds the syntax elements and levels of one macroblock; parsers fill it, reconstruction
 * reads it. {@link MbType} interprets mb_type, {@link BlockScan} has the scans. {@link PictureMbState} remembers earlier
 * macroblocks, with an entry that stands for a neighbour that is not available. {@link MbNeighbours} and
 * {@link MbaffNeighbours} find neighbours in it (6.4.9 to 6.4.12). {@link LumaQp}, {@link ChromaQp} and
 * {@link PredIntraPredMode} are small derivations that parsers and writers share.
 *
 * <p>It knows neither bits nor samples.
 */
package llm265.h264.macroblock;
