/**
 * Which tools of I slices streams make use of: for each row of a table the values that occur.
 *
 * <p>Read {@link llm265.h264.coverage.Coverage} and {@link llm265.h264.coverage.StreamCoverage}. What that finds comes from
 * {@code ParameterCoverage} (parameter sets, slice headers, NAL units) and {@code MacroblockCoverage}; in detail also from {@code
 * NeighbourCoverage} (prediction modes by availability, MBAFF), {@code EdgeCoverage} (edges of the deblocking filter) and {@code
 * CodeCoverage} (every syntax element, code and bin) with {@code ArithmeticCoverage} (carries, boundaries).
 */
package llm265.h264.coverage;
