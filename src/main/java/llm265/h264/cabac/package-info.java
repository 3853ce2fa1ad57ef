/**
 * 9.3 CABAC parsing process for slice data, its encoding counterpart, and the macroblock layer of 7.3.5 in both directions.
 *
 * <p>Reading order: {@link ContextVariables} with {@link ContextInitTables}, {@link TransitionTables}, then
 * {@link CabacDecodingEngine} and {@link CabacEncodingEngine} (9.3.3.2, 9.3.4). {@code SyntaxElements}, {@link CtxBlockCat},
 * {@link CtxIdxInc} and {@link LevelStates} choose contexts (9.3.3.1). {@link MacroblockParser} parses macroblock_layer(),
 * {@code ResidualParser} residual(). {@code TracedResidualBlockParser} follows 7.3.5.3.3 statement by statement; read it
 * before the fast pair of {@code SignificanceMap} and {@link ResidualBlockParser}.
 *
 * <p>The other direction: {@link MacroblockWriter} turns a macroblock into a {@link BinString}, with {@link ResidualBins} and
 * {@link LevelKernels} for residual blocks. The engine then codes the bins.
 *
 * <p>It makes no samples and does not choose: the cost of bins is in {@code h264.rate}.
 */
package llm265.h264.cabac;
