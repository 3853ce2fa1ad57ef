/**
 * The vocabulary of the codec: what pictures are, what an encoder may use, what a decoder may allocate, how a fault is
 * reported.
 *
 * <p>Reading order: {@link Picture} and {@link PictureFormat} with {@link ChromaFormat} (clause 6.2), {@link VideoSignal}
 * (E.2.1), {@link EncoderConfig}, {@link DecoderLimits}. {@link StreamException} and {@link StreamPosition} carry a fault's
 * syntax element, clause and place. {@link MalformedStreamException} and {@link UnsupportedStreamException} are the only
 * exceptions that leave a decoder.
 *
 * <p>A leaf: it uses no other package of ours, and knows nothing of bits, tensors or files. The way in for callers is
 * {@link llm265.h264.encode.H264IntraEncoder} and {@link llm265.h264.decode.H264IntraDecoder}.
 */
package llm265.h264;
