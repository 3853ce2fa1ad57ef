/**
 * What is done to the vectors of a token before they are coded, and undone behind: rotations, channel statistics, rotary
 * embedding, principal axes.
 */
package llm265.runtime.transform;
