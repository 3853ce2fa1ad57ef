/**
 * 7.3.4, 7.4.1.2, clause 8 and C.4: NAL units to pictures, in decoding order and then in output order.
 *
 * <p>Reading order: {@link H264IntraDecoder} is the door, {@link DecodingMode} and {@link PictureReceiver} its two settings.
 * {@link CodedPictureReader} collects the slices of a picture, with {@code ParameterSets}. {@link PictureDecoder} decodes a
 * picture, {@link FieldOrFrameDecoder} each frame, field or colour plane of it, {@code SliceDecoder} each slice.
 * {@code PictureOrderCounts} (8.2.1) and {@code OutputQueue} (C.4.5.3) bring pictures into output order;
 * {@code ParallelDecoding} decodes several at a time.
 *
 * <p>It parses no macroblock and makes no sample itself, and knows nothing of the encoder.
 */
package llm265.h264.decode;
