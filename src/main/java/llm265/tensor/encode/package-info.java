/**
 * What meets a target. docs/encoder.md tells the same in prose, with measurements.
 *
 * <p>Reading order: {@link CodingSettings} states target, tools and pictures. {@link TargetSearch} is the door: it chooses
 * range and method and lets the rate controller of {@code rate} find the step. {@link MethodChooser} and {@code Arranger}
 * compare {@link Candidate}s on excerpts ({@code TensorExcerpt}, {@code ExcerptRows}, {@code PickedColumns}).
 * {@link TensorCoding} codes all tiles with one step; {@link TensorPasses} shows it to the rate controller as a trial.
 *
 * <p>Coding a tile is for {@code picture} and {@code exact}. It knows no decoder.
 */
package llm265.tensor.encode;
