/** The front door: tensors and whole models in, standard H.264 streams out, and back. */
package llm265;
