/** Models in the operations of PyTorch, which only the profile "training" has the natives of. */
package llm265.reference.torch;
