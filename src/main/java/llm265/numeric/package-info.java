/** Arithmetic that several rooms share. A leaf. */
package llm265.numeric;
