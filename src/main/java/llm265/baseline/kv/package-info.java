/**
 * Published ways of keeping keys and values, to compare with on equal terms: caches that models run with, which give back what a
 * user of the method computes with, and count all bits that it stores.
 *
 * <p>Counted are codes, scales, minima, norms, the filling of last blocks, and 16 bits an element of tokens that a recipe keeps
 * raw. Seeds and sizes do not count. Scales are rounded as they are stored before codes are chosen.
 *
 * <p>Begin with {@link llm265.baseline.kv.KvMethod}, {@link llm265.baseline.kv.KvStore} and
 * {@link llm265.baseline.kv.KvBaselines}, which has the recipes. {@link llm265.baseline.kv.CodedSequence} has what all share:
 * tokens as they come, and a {@link llm265.baseline.kv.CodingPlan} that says when a {@link llm265.baseline.kv.TokenCoder} takes
 * them.
 *
 * <p>Not here: KVQuant, whose tables and thresholds a calibration finds; QServe's SmoothAttention, likewise.
 */
package llm265.baseline.kv;
