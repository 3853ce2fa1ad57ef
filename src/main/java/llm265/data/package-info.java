/**
 * Numbers and bytes without loss, in blocks: bits that say something by interleaved rANS, noise as it is. SPEC.md, "Data files".
 *
 * <p>Read {@link llm265.data.symbol.DataKernels} for what is done to every value, with {@link
 * llm265.data.symbol.ScalarDataKernels} as the reference; {@link llm265.data.symbol.Frequencies} and {@link
 * llm265.data.symbol.SymbolTables} for the entropy coder; {@link llm265.data.BlockLayout} and {@link llm265.data.BlockDecoder}
 * for a block; {@link llm265.data.WordSample} and {@link llm265.data.BlockEncoder} for how it is chosen. {@link
 * llm265.data.DataEncoder} and {@link llm265.data.DataDecoder} are the doors.
 */
package llm265.data;
