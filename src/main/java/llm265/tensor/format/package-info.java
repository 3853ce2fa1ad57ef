/** The sections of a tensor stream: header, tiles, side information, raw bits. SPEC.md, "Side information". */
package llm265.tensor.format;
