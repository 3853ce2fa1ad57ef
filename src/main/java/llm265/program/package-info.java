/**
 * Other programs on this machine, and files that they fetch.
 *
 * <p>{@link Program} finds programs on the PATH and runs them; {@link WatchedProgram} runs those that may hang, crash or fill the
 * disk. {@link Maven} fetches files through the mvn program, {@link NpmPackage} through npm.
 *
 * <p>A leaf: it does not know which programs others need.
 */
package llm265.program;
