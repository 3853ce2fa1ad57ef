/** 9.3 CABAC parsing process for slice data, its encoder, and 7.3.5 the macroblock layer in both directions. */
package llm265.h264.cabac;
