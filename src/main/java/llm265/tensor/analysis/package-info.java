/**
 * What an encoder looks at before it codes: statistics, ranges, scales, axes. docs/encoder.md says what it makes of them.
 *
 * <p>Reading order: {@link TensorStatistics} with {@code ValueHistogram}, {@link SampleRange} (which values become samples),
 * {@link ScaleAnalysis} (scales of rows and columns), {@link PrincipalAxes} with {@link RotatedPlane} (rotations),
 * {@link ChannelWeights} with {@link ScaledElements}.
 *
 * <p>It knows no codec: everything here is computed from values alone. All sums are made in a fixed order, since streams
 * depend on them.
 */
package llm265.tensor.analysis;
