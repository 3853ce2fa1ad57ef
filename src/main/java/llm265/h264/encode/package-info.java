/**
 * The encoder: mode decision by rate and distortion, then slices and pictures.
 *
 * <p>Reading order: {@link H264IntraEncoder} is the door. {@code SliceEncoder} writes slice data (7.3.4). {@code ModeDecision}
 * chooses what a macroblock becomes, with {@code Intra16x16Search}, {@code IntraNxNSearch} and {@code ChromaSearch}; they
 * share a {@code MacroblockContext}. {@code LosslessDecision} is its counterpart with transform bypass.
 * {@code QuantizerScales}, {@code LumaRounding} and {@code KindExploration} are single ideas, each with its measurements.
 *
 * <p>Samples come from {@code reconstruct}, bins from {@code cabac}. It knows no tensors: QPs, also for each macroblock, come
 * from the caller.
 */
package llm265.h264.encode;
