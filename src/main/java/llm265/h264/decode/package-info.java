/** 7.3.4 and clause 8 in decoding order: slices and pictures out of NAL units. */
package llm265.h264.decode;
