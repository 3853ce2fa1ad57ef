/**
 * Programs of others on this machine: {@link llm265.program.Program} finds and runs them, {@link llm265.program.Maven} has files
 * fetched. A leaf.
 */
package llm265.program;
