/**
 * 9.2 CAVLC parsing process for transform coefficient levels, and the macroblock layer of 7.3.5 with entropy_coding_mode_flag
 * 0.
 *
 * <p>Reading order: {@code ResidualBlockParser} (7.3.5.3.2), then {@code PrefixCode} and {@code CodeTables} with Tables 9-5
 * and 9-7 to 9-10, then {@link MacroblockParser}, which mirrors the one in {@code cabac}.
 *
 * <p>It only parses, since our encoder writes CABAC. It makes no samples.
 */
package llm265.h264.cavlc;
