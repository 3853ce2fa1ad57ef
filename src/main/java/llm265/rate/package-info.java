/** Rate control: picks the quantizer step that hits a rate or a quality, for one tensor, and shares bits between tensors. */
package llm265.rate;
