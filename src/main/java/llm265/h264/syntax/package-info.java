/** 7.3.2, 7.3.3, 7.4.2, 7.4.3, Annex A and E: parameter sets, slice headers, scaling lists, levels; each parsed and written. */
package llm265.h264.syntax;
