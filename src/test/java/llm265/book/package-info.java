/**
 * The course in docs/book, held to the code: its streams are made here, its traces are printed anew, and every worked example and
 * answer is computed.
 */
package llm265.book;
