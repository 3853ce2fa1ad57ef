/** 6.4, 7.3.5, 7.4.5: macroblocks, what the pictures remember of them, who neighbours whom, block scans. */
package llm265.h264.macroblock;
