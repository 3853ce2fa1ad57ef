/** How far the values of one tensor are from those of another. SPEC.md, "Distortion". */
package llm265.tensor.distortion;
