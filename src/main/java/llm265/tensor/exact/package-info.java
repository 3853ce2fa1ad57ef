/** Tiles bit for bit: which bits of the values are coded, on which planes, and which are raw. SPEC.md, "Exact values". */
package llm265.tensor.exact;
