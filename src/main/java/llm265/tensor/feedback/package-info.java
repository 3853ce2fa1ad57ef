/**
 * Error feedback along the inputs of a layer: while a matrix is coded, inputs that follow make up for the errors of those before,
 * as far as the second moments of the layer's input allow. Decoders know nothing of it.
 *
 * <p>Read {@link llm265.tensor.feedback.FeedbackFactor}, then {@link llm265.tensor.feedback.BlockFeedback}.
 */
package llm265.tensor.feedback;
