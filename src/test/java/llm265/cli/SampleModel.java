package llm265.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.NpyFile;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;

/** Builds small checkpoint files, and reads files back as bytes by tensor. */
final class SampleModel {
  private final List<TensorView> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Random random = new Random(265);

  SampleModel metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  SampleModel add(String name, DType type, MemorySegment data, long... shape) {
    tensors.add(new TensorView(name, type, shape, data));
    return this;
  }

  SampleModel floats(String name, DType type, float[] values, long... shape) {
    MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
    for (int i = 0; i < values.length; i++) {
      data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, values[i]);
    }
    return add(name, type, type == DType.F32 ? data : FloatConversion.convert(data, DType.F32, type), shape);
  }

  /** Normally distributed values. */
  SampleModel gaussian(String name, DType type, long... shape) {
    return floats(name, type, gaussian((int) Shape.count(shape)), shape);
  }

  /** Any bits at all. */
  SampleModel bits(String name, DType type, long... shape) {
    byte[] bytes = new byte[(int) type.byteSize(Shape.count(shape))];
    random.nextBytes(bytes);
    return add(name, type, MemorySegment.ofArray(bytes), shape);
  }

  float[] gaussian(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  Path save(Path path) {
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(metadata);
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Saves the only tensor. */
  Path saveNpy(Path path) {
    try (OutputFile file = OutputFile.create(path)) {
      NpyFile.write(file, tensors.getFirst());
      file.commit();
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tensor of a file, in memory of its own. */
  static TensorView tensor(Path path, String name) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      TensorView tensor = checkpoint.byName(name).orElseThrow();
      byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
      return new TensorView(name, tensor.dtype(), tensor.shape(), MemorySegment.ofArray(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bytes(Path path, String name) {
    return tensor(path, name).data().toArray(ValueLayout.JAVA_BYTE);
  }

  static float[] values(Path path, String name) {
    TensorView tensor = tensor(path, name);
    float[] values = new float[Math.toIntExact(tensor.count())];
    tensor.read(0, values, 0, values.length);
    return values;
  }

  static Map<String, String> metadata(Path path) {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return checkpoint.metadata();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of all files of a folder, hidden ones too. */
  static List<String> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
