package llm265.runtime.exchange;

import llm265.runtime.message.Segments;

/** 1-bit Adam's: the sign of each value (0 counts as positive), and for each tensor the root of its mean square as binary32. */
final class SignCompressor implements Compressor {
  private final Segments tensors;

  SignCompressor(Segments tensors) {
    this.tensors = tensors;
  }

  @Override
  public double send(float[] values) {
    for (int i = 0; i < tensors.count(); i++) {
      double squares = 0;
      for (int k = tensors.begin(i); k < tensors.end(i); k++) {
        squares += (double) values[k] * values[k];
      }
      float scale = (float) Math.sqrt(squares / (tensors.end(i) - tensors.begin(i)));
      for (int k = tensors.begin(i); k < tensors.end(i); k++) {
        values[k] = values[k] >= 0 ? scale : -scale;
      }
    }
    return tensors.values() + (double) Float.SIZE * tensors.count();
  }
}
