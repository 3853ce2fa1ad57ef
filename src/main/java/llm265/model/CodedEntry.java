package llm265.model;

import java.util.function.Supplier;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.h264.StreamException;

/** What entries of compressed files have in common: the tensor that one stands for, and faults in its bytes that name it. */
abstract class CodedEntry implements CodedTensor {
  final FileEntry tensor;

  CodedEntry(FileEntry tensor) {
    this.tensor = tensor;
  }

  @Override
  public final DType dtype() {
    return tensor.dtype();
  }

  @Override
  public final long[] shape() {
    return tensor.shape().clone();
  }

  /**
   * What reading the entry's bytes gives.
   *
   * @throws ModelFormatException if they are damaged
   */
  static <T> T read(FileEntry tensor, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (StreamException e) {
      throw tensor.fault(": " + e.getMessage(), e);
    }
  }

  /** Reads the entry's bytes; see {@link #read(FileEntry, Supplier)}. */
  void read(Runnable reading) {
    read(tensor, () -> {
      reading.run();
      return null;
    });
  }
}
