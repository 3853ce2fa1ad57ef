/** 8.3 and 8.5.14: prediction plus residual. The only place where a sample is made; decoder and encoder both call it. */
package llm265.h264.reconstruct;
