/**
 * The parts of lossless coding that several formats share: interleaved rANS of symbols with frequencies, and bytes with numbers
 * and bits. SPEC.md, "Symbols in lanes".
 *
 * <p>Read {@link llm265.data.symbol.DataKernels}, with {@link llm265.data.symbol.ScalarDataKernels} as the reference, then
 * {@link llm265.data.symbol.Frequencies} and {@link llm265.data.symbol.SymbolTables}.
 */
package llm265.data.symbol;
