package llm265.tensor.exact;

import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.tensor.MemoryStore;
import llm265.tensor.format.TilePasses;
import llm265.tensor.tools.ExactValues;

/** Lossless streams whose bits are kept in a way that is given, which the encoder might not choose. */
public final class WrittenExact {
  private WrittenExact() {}

  /** A stream whose 4:2:0 pictures carry integers. */
  public static byte[] stream(TensorView tensor, ExactValues values) {
    MemoryStore store = new MemoryStore();
    new ExactCoding(tensor, values, ExactCoding.Form.CARRIED, store).code(TilePasses.by(Workers.CALLER));
    return store.toByteArray();
  }
}
