/** 8.7 Deblocking filter process, for pictures that consist of intra macroblocks. */
package llm265.h264.deblock;
