/** The bytes of side information: numbers, bits, Golomb-Rice codes. SPEC.md, "Side information". */
package llm265.tensor.payload;
