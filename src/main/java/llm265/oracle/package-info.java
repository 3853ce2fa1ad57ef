/**
 * Our decoder against others: the ffmpeg program, NVDEC through it, dumps that another decoder has made, other streams.
 *
 * <p>Reading order: {@link StreamComparison} compares our pictures with those of an oracle, which is an ffmpeg program
 * ({@link FfmpegDecoder}), another stream ({@link StreamDump}) or a dump in a file. {@code MacroblockAt} finds the syntax
 * elements behind the first sample that differs. With intra-only decoding, {@code FrameSelection} picks the I pictures from a
 * dump of all frames, and {@link LeftOutPictures} counts the others. {@code FetchedFfmpeg} gets an ffmpeg from Maven if the
 * PATH has none.
 *
 * <p>{@link FfmpegCommand} is the one place that knows ffmpeg's options. {@link NvdecDecoder} finds out whether NVDEC can be
 * reached through it, and which streams are for NVDEC; {@link Nv12Dump} takes apart the chroma that it writes.
 *
 * <p>It uses {@code h264} and {@code image} and knows no tensors.
 */
package llm265.oracle;
