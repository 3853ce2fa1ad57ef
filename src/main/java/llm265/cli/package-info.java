/** The command line: one class a subcommand, each a thin caller of the public API. */
package llm265.cli;
