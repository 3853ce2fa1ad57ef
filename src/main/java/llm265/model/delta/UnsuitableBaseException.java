package llm265.model.delta;

/** A base is not the one that a tensor is told from. The message continues a sentence that begins with the tensor. */
public final class UnsuitableBaseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnsuitableBaseException(String message) {
    super(message);
  }
}
