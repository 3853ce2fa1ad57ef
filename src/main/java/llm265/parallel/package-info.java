/**
 * Work on several threads: results in order, bounded memory, no deadlock when nested. A leaf: knows no tensors and no pictures.
 */
package llm265.parallel;
