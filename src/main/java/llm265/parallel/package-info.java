/**
 * Work on several threads.
 *
 * <p>{@link Workers} runs numbered tasks on the caller's executor: results in order, bounded memory, no deadlock when nested.
 * {@link IdlePool} keeps work areas from one call to the next.
 *
 * <p>A leaf: it knows neither tensors nor pictures.
 */
package llm265.parallel;
