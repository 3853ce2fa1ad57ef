/** From decoded samples to levels, and where in the tensor the values of a tile lie. SPEC.md, "From samples to values". */
package llm265.tensor.reconstruct;
