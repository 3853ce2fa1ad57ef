/** Checkpoint files: tensors by name, mapped into memory, in the formats that people keep them in. */
package llm265.model;
