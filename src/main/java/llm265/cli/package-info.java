/**
 * The command line: one class for each subcommand, each a thin caller of the packages below.
 *
 * <p>Reading order: {@link Main} has the rules that all commands share: how arguments become files, how an error is printed,
 * what the exit status means. Then any command, such as {@code CompressCommand}. {@link llm265.cli.output} makes what commands
 * print.
 *
 * <p>Commands parse options, call a library class and print. No other package uses this one.
 */
package llm265.cli;
