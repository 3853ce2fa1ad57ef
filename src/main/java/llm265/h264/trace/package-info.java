/**
 * The syntax of a stream, element by element and bin by bin, as {@code inspect --trace} prints it: {@link
 * llm265.h264.trace.StreamTrace} reads the stream with the decoder's own parsers, {@link llm265.h264.trace.SyntaxText} writes
 * lines. docs/trace.md fixes the form.
 */
package llm265.h264.trace;
