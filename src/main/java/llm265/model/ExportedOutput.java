package llm265.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;
import llm265.parallel.Workers;
import llm265.quantized.TensorSource;
import llm265.quantized.WeightExport;
import llm265.quantized.WeightRows;

/**
 * A matrix that becomes several tensors of a quantized format.
 *
 * @param name of the plain matrix
 * @param rows opens it
 */
record ExportedOutput(String name, WeightExport export, Supplier<WeightRows> rows) implements OutputTensor.AtOnce {
  @Override
  public List<TensorSource.Entry> entries() {
    return export.tensors();
  }

  @Override
  public void write(TensorTarget target, Workers workers) throws IOException {
    export.write(rows.get(), workers, new WeightExport.Sink() {
      private TensorSource.Entry entry;

      @Override
      public void begin(TensorSource.Entry tensor) throws IOException {
        entry = tensor;
        target.begin(tensor.name(), tensor.dtype());
      }

      @Override
      public void write(MemorySegment bytes) throws IOException {
        target.write(bytes);
      }

      @Override
      public void end() {
        target.end(entry.shape());
      }
    });
  }
}
