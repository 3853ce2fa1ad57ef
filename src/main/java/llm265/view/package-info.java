/**
 * What there is to see in a stream, as named resources for a page: samples, macroblocks, syntax elements, every step of their
 * decoding, tensors. docs/view.md has the names.
 *
 * <p>Reading order: {@link Resources} is the contract, {@link StreamView} the door. {@code StreamContents} finds the pictures,
 * {@code PictureWalk} decodes one with the decoder's own parsers and processes for a {@code PictureVisitor}. {@code
 * PictureAnalysis} fills the overlays, {@code DetailPass} takes down single macroblocks.
 *
 * <p>{@code TensorResources} has values and side information of a tensor. {@link SecondInput} is something to compare with, and
 * {@code FirstDifference} compares.
 *
 * <p>It computes no sample and parses no element itself, and knows nothing of pages.
 */
package llm265.view;
