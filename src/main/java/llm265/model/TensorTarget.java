package llm265.model;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.gguf.GgufWriter;
import llm265.dtype.DType;

/** A file that tensors are written to, one behind the other, each in pieces. */
interface TensorTarget extends Closeable {
  void begin(String name, DType type) throws IOException;

  void write(MemorySegment piece) throws IOException;

  void end(long[] shape);

  /** Makes the file appear. */
  void commit() throws IOException;

  /** A safetensors file with some metadata. */
  static TensorTarget of(SafetensorsWriter writer, Map<String, String> metadata) {
    return new TensorTarget() {
      @Override
      public void begin(String name, DType type) {
        writer.begin(name, type);
      }

      @Override
      public void write(MemorySegment piece) throws IOException {
        writer.write(piece);
      }

      @Override
      public void end(long[] shape) {
        writer.end(shape);
      }

      @Override
      public void commit() throws IOException {
        writer.commit(metadata);
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }

  /** A GGUF file, whose header knows the types and shapes already. */
  static TensorTarget of(GgufWriter writer) {
    return new TensorTarget() {
      @Override
      public void begin(String name, DType type) throws IOException {
        writer.begin(name);
      }

      @Override
      public void write(MemorySegment piece) throws IOException {
        writer.write(piece);
      }

      @Override
      public void end(long[] shape) {
        writer.end();
      }

      @Override
      public void commit() throws IOException {
        writer.commit();
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }
}
