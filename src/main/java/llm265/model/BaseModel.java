package llm265.model;

import java.nio.file.Path;
import java.util.Optional;
import llm265.checkpoint.Checkpoint;
import llm265.model.delta.RangedTensor;

/** A model that another is told from, whatever it is: its tensors are what it decodes to. */
interface BaseModel extends AutoCloseable {
  Path path();

  /** How many models are told from each other, one after the other, before this one is known: 0 if it stands for itself. */
  int links();

  /** The tensor of a name. */
  Optional<RangedTensor> tensor(String name);

  @Override
  void close();

  /** A checkpoint that stands for itself; closed with it. */
  static BaseModel of(Path path, Checkpoint checkpoint) {
    return new BaseModel() {
      @Override
      public Path path() {
        return path;
      }

      @Override
      public int links() {
        return 0;
      }

      @Override
      public Optional<RangedTensor> tensor(String name) {
        return checkpoint.byName(name).map(RangedTensor::of);
      }

      @Override
      public void close() {
        checkpoint.close();
      }
    };
  }
}
