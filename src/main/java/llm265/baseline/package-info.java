/**
 * Published ways of quantizing the weights of linear layers, to compare with on equal terms.
 *
 * <p>Each takes weights, and gives back those that a user of the method computes with, and the bits that the method stores. All
 * bytes count that a receiver needs: codes, scales, zeros, indices, numbers for the whole layer, and the filling of last blocks.
 * Seeds and sizes do not count, nor scales that vanish in a norm's weights. A layer's weights must be finite.
 *
 * <p>Begin with {@link llm265.baseline.LinearGroup}, {@link llm265.baseline.WeightQuantizer} and
 * {@link llm265.baseline.Baselines}. The classes say what a method does and where it differs from its original.
 *
 * <table>
 * <caption>Methods; n is the number of inputs, g the size of a group</caption>
 * <tr><th>name<th>class<th>calibrated on<th>bits a value
 * <tr><td>rtn<td>{@link llm265.baseline.RoundToNearest}, {@link llm265.baseline.UniformFormat}<td>nothing
 *     <td>b + 16/g symmetric, b + (16 + b)/g asymmetric
 * <tr><td>nf4, nf4dq<td>{@link llm265.baseline.NormalFloat4}<td>nothing<td>4.5, 4.127 + 32 a layer
 * <tr><td>mxfp4<td>{@link llm265.baseline.MxFp4}<td>nothing<td>4.25
 * <tr><td>nvfp4<td>{@link llm265.baseline.NvFp4}<td>nothing<td>4.5 + 32 a layer
 * <tr><td>q4_0, q5_0, q8_0<td>{@link llm265.baseline.GgufRounded}<td>nothing; with imatrix mean squares of inputs, but for q8_0
 *     <td>4.5, 5.5, 8.5
 * <tr><td>iq4_nl<td>{@link llm265.baseline.Iq4Nl}<td>nothing; with imatrix mean squares of inputs<td>4.5
 * <tr><td>q4_k, q6_k<td>{@link llm265.baseline.Q4K}, {@link llm265.baseline.Q6K}<td>nothing; with imatrix mean squares of inputs
 *     <td>4.5, 6.5625; 5.5, 8.5
 *     for layers whose rows are no whole super-blocks
 * <tr><td>gptq<td>{@link llm265.baseline.Gptq}<td>second moments of inputs<td>as rtn; with act-order and groups that are not
 *     static, 32 for each input besides
 * <tr><td>awq<td>{@link llm265.baseline.Awq}<td>second moments and mean magnitudes<td>as rtn asymmetric
 * <tr><td>quarot<td>{@link llm265.baseline.QuaRot}<td>nothing; with gptq second moments<td>as rtn
 * <tr><td>qserve<td>{@link llm265.baseline.ProgressiveFormat}<td>nothing; with gptq second moments<td>4 + 12/g + 16/n
 * </table>
 *
 * <p>Not here: SpinQuant's learned rotations, which need gradients of the model; QServe's smoothing.
 */
package llm265.baseline;
