/** What lies between levels and values, a class a section of SPEC.md: each is parsed, written, done and undone in one place. */
package llm265.tensor.tools;
