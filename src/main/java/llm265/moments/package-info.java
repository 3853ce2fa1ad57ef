/**
 * Second moments of a linear layer's inputs, and the factor of their inverse, by which errors of some inputs are made up for by
 * those that follow. A leaf.
 */
package llm265.moments;
