/**
 * The bytes of side information: numbers, bits, Golomb-Rice codes. SPEC.md, "Side information".
 *
 * <p>{@link PayloadReader} and {@link PayloadWriter} have the field types of SPEC.md. {@link BitReader} and {@link BitWriter}
 * have bits and Golomb-Rice codes. {@link RawBits} packs the bits of values without gaps.
 *
 * <p>A reader throws only a {@link llm265.h264.MalformedStreamException}, whatever the bytes are. This package does not know
 * which fields a section has; that is for {@code tools} and {@code format}.
 */
package llm265.tensor.payload;
