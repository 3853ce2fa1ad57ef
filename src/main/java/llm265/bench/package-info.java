/**
 * What the codec is measured against: rate and distortion of simple quantizers, of other encoders, of our own tools one by one.
 * Behind {@code llm265 bench}; nothing else needs it.
 */
package llm265.bench;
