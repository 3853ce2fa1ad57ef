package llm265.fidelity;

/**
 * What a method makes of a model.
 *
 * @param model computes with the weights that are left
 * @param bits all that is stored for all tensors
 * @param seconds time taken to make it smaller, without what is shared with other methods
 */
public record MethodResult<M>(M model, long bits, double seconds) {}
