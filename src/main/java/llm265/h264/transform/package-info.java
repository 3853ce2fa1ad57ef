/** 8.5 Transform coefficient decoding process, and its counterpart in an encoder: forward transforms, quantization. */
package llm265.h264.transform;
