/**
 * Rate control: finds the quantizer step that meets a rate or a quality, for one tensor and for the tensors of a file.
 *
 * <p>Reading order: {@link RateTarget} is what may be asked for, {@link QuantizerPoint} a step. {@link GaussianModel} predicts
 * rate and error; {@link RateController} corrects it by trials until the target is met; {@link LeastSizeSearch} does so for a
 * bound on errors. For a file, {@link RateCurve} is the error of a tensor at each rate, {@link Allocator} shares bits by an
 * {@link Allocation}, {@link FileBudget} redistributes what tensors left over.
 *
 * <p>A leaf: it knows neither tensors nor pictures, only numbers and the interface {@code RateController.Trial}.
 */
package llm265.rate;
