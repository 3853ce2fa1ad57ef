/** Models computed by PyTorch's library. Nothing imports this package, as its library is there only for who trains. */
package llm265.runtime.training.torch;
