/** The encoder: mode decision by rate and distortion, then the slices that say what was decided. */
package llm265.h264.encode;
