/** ISO/IEC 14496-12 and 14496-15: the NAL units of a video track of an .mp4 or .mov file. */
package llm265.h264.container;
