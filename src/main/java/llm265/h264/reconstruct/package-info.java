/**
 * 8.3 and 8.5.14 joined: prediction plus residual. This is the only place where a sample is made, before deblocking.
 *
 * <p>{@link MacroblockReconstructor} turns a parsed macroblock into samples of the picture. The decoder calls it once per
 * macroblock. The encoder calls its steps one by one, so that both make the same samples. {@code TransformBypass} has the
 * lossless case (8.5.15). {@link TracedReconstructor} is the same with a report of every {@link TracedBlock}, for people who want
 * to see the numbers.
 *
 * <p>It does not know whether a decoder or an encoder calls it, nor which entropy coding was used.
 */
package llm265.h264.reconstruct;
