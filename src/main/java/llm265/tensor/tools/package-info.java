/**
 * What lies between levels and values: a class for each section of SPEC.md. Each tool is parsed, written, applied and undone
 * in one place.
 *
 * <p>Reading order: {@link OutlierList} with {@link NotFiniteRuns}, {@link ScaleClasses}, {@link Rotation} with
 * {@link RotationKernels}, {@link SignPatterns}, {@link ChannelScales} with {@link Channels}, {@link PreInverse},
 * {@link ExactValues} with {@link ExactPlane}. The sections of SPEC.md have the same titles.
 *
 * <p>Tools do not decide when they are used; that is for {@code encode}. They know no streams.
 */
package llm265.tensor.tools;
