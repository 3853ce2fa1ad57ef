/**
 * Streams of I slices made up at random, for every tool that a profile has, and with what makes decoders fail.
 *
 * <p>Reading order: {@link llm265.h264.generate.RandomMacroblockSyntax} and {@link llm265.h264.generate.RandomStream} make up
 * syntax; {@link llm265.h264.generate.StreamRequest} says what is wanted, {@code StreamPlan} what one stream is made of; {@code
 * ConformingStream} holds it to Annex A, {@code BufferTiming} and {@code TimingMessages} to Annex C; {@link
 * llm265.h264.generate.StreamGenerator} adds what a decoder must make of it, and makes streams with a {@link
 * llm265.h264.generate.StreamFault}; {@link llm265.h264.generate.CoverSearch} selects, {@link
 * llm265.h264.generate.StreamFolder} writes.
 */
package llm265.h264.generate;
