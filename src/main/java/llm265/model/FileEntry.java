package llm265.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;

/**
 * An entry of a compressed model file, and the tensor that it stands for.
 *
 * @param file the file that it is in
 * @param name the tensor's name
 * @param dtype type of the tensor's values
 * @param shape the tensor's dimensions
 * @param data what the file has of it
 */
record FileEntry(Path file, String name, DType dtype, long[] shape, MemorySegment data) {
  ModelFormatException fault(String problem, RuntimeException cause) {
    return new ModelFormatException(file, "tensor \"" + name + "\"" + problem, cause);
  }
}
