/** 7.3.1, 9.1, Annex B and Annex D: from bytes to NAL units to syntax elements, and back. */
package llm265.h264.bitstream;
