/**
 * 7.3.2, 7.3.3, 7.4, Annexes A and E: parameter sets, slice headers, scaling lists, levels. Each structure is a record that is
 * parsed and written in one place.
 *
 * <p>Reading order: {@link SeqParameterSet} with {@link VuiParameters} and {@link HrdParameters}, {@link PicParameterSet} with
 * {@link SliceGroups}, {@link ScalingMatrix} (as sent) and {@link ScalingLists} (after the fall-back rules). Slice headers
 * come in two parts: {@link SliceOpening} is the same for all slice types, {@link SliceHeader} has the rest for I slices,
 * {@link InterSliceHeader} skips the rest for others. {@link ProfileLevel} has the limits of Annex A. {@link StreamListing}
 * lists the headers of a stream, with {@code SeiPayloads}; {@link IdrSequence} makes one stream of single pictures.
 *
 * <p>It knows no slice data. It checks every value against its range, so that later code need not.
 */
package llm265.h264.syntax;
