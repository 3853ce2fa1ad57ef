/**
 * 7.3 Syntax in tabular form: the syntax of a stream, element by element and bin by bin, as {@code inspect --trace} prints it.
 * docs/trace.md fixes the format.
 *
 * <p>Reading order: {@link StreamTrace} reads the stream with the decoder's own parsers, and reports {@link SyntaxElement}s to
 * a {@link SyntaxListener}. {@link SyntaxText} writes them as lines. {@link ElementCollector} makes elements from what parsers
 * report, {@link PictureTracer} decodes slices in bitstream order, {@code MacroblockFilter} selects one macroblock.
 *
 * <p>It is a reader on top of {@code decode}, which does not know it.
 */
package llm265.h264.trace;
