/**
 * The command line: a class for each subcommand, each a thin caller of the packages below. {@link llm265.cli.Main} has the rules
 * that all share: how arguments become files, what an error looks like, where output goes. What commands print is made in
 * {@link llm265.cli.output}.
 */
package llm265.cli;
