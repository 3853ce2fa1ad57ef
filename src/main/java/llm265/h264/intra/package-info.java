/**
 * 8.3 Intra prediction process, from edges that are gathered first.
 *
 * <p>Reading order: {@link IntraEdge} collects the neighbouring samples of a block in one array. Then one class for each kind
 * of block: {@code DirectionalPrediction} with the nine modes as the clauses write them, {@link Intra4x4Prediction} (the same,
 * unrolled), {@link Intra8x8Prediction}, {@link Intra16x16Prediction}, {@link IntraChromaPrediction}. {@link IntraPredModes}
 * says which neighbours a mode needs.
 *
 * <p>Predictors see an edge and a destination. They know nothing of macroblocks, slices or availability.
 */
package llm265.h264.intra;
