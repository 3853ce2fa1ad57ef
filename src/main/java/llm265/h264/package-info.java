/** The words that every part of the codec shares: pictures, formats, limits, errors. A leaf: imports nothing of ours. */
package llm265.h264;
