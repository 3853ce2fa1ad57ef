/**
 * Other programs on this machine, and files from Maven repositories.
 *
 * <p>{@link Program} finds programs on the PATH and runs them. {@link Maven} fetches files through the mvn program.
 *
 * <p>A leaf: it does not know which programs others need.
 */
package llm265.program;
