/** 9.2, 7.3.5: CAVLC parsing of transform coefficient levels and the macroblock layer with entropy_coding_mode_flag 0. */
package llm265.h264.cavlc;
