/**
 * 7.3.1, 7.2, 9.1, Annex B and Annex D: from bytes to NAL units to syntax elements, and back.
 *
 * <p>Reading order: {@link ByteStream} finds NAL units (Annex B), {@link NalUnit} has the header and removes emulation
 * prevention bytes (7.3.1), {@link RbspReader} reads u(n), ue(v) and se(v) (7.2, 9.1), {@link RbspWriter} writes them.
 * {@link Sei} parses and writes SEI messages (7.3.2.3); tensor streams keep their side information in them.
 * {@link SyntaxTrace} is the interface to which readers report elements.
 *
 * <p>It knows the form of syntax elements, but not which elements a structure has: that is for {@code syntax}, {@code cabac}
 * and {@code cavlc}.
 */
package llm265.h264.bitstream;
