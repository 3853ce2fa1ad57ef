/**
 * Our decoder against others: the ffmpeg program, dumps that another decoder has made, other streams. Begin with
 * {@link llm265.oracle.StreamComparison}; {@code MacroblockAt} says which syntax elements are behind the first sample that
 * differs.
 */
package llm265.oracle;
