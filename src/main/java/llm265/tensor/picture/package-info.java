/** Tiles as H.264 pictures: samples, sign patterns, fit. */
package llm265.tensor.picture;
