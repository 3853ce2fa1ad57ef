/**
 * 7.3 Streams of I slices written element by element: a second reading of clauses 6.4, 7.3.4, 7.3.5, 9.2 and 9.3, word by word
 * and slow. It shares with the decoder only the tables of the standard, parameter sets and slice headers.
 *
 * <p>Read {@link llm265.h264.written.MacroblockSyntax}, {@link llm265.h264.written.PictureSyntax}, {@link
 * llm265.h264.written.SliceSyntax} and {@link llm265.h264.written.SyntaxStream}, which hold the elements; then {@link
 * llm265.h264.written.MacroblockLayerWriter} and its two entropy codings. {@code
 * CarrySteering} chooses levels while they are written.
 */
package llm265.h264.written;
