/**
 * What the command line says, and how: numbers and tables, notes and errors of one line, progress, traces of streams. Nothing
 * here knows a command. Begin with {@link llm265.cli.output.Format}, {@link llm265.cli.output.TextTable} and
 * {@link llm265.cli.output.ErrorLine}.
 */
package llm265.cli.output;
