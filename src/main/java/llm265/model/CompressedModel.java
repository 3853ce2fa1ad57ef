package llm265.model;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import llm265.TensorDecoder;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsReader;
import llm265.checkpoint.file.Checksum;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.parallel.Workers;
import llm265.tensor.decode.TensorStream;
import llm265.tensor.format.TensorHeader;

/**
 * An opened compressed model file: its tensors can be inspected and decoded one by one, or in parts.
 *
 * <p>Thread-safe, except for closing while others read.
 */
public final class CompressedModel implements AutoCloseable {
  private final SafetensorsReader file;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * A tensor of the model.
   *
   * @param dtype type of its values, before and after
   * @param shape its dimensions, outermost first
   * @param data its stream, or its values if it is kept
   * @param isStream whether it is a stream
   * @param checksum CRC-32C of the values if it is kept
   */
  public record Tensor(String name, DType dtype, long[] shape, MemorySegment data, boolean isStream, int checksum) {}

  private CompressedModel(SafetensorsReader file) {
    this.file = file;
    ModelIndex index = ModelIndex.parse(file.path(), file.metadata().get(ModelIndex.KEY));
    for (TensorView entry : file.tensors()) {
      tensors.put(entry.name(), tensor(entry, index));
    }
    if (index.coded().size() + index.checksums().size() != tensors.size()) {
      throw new ModelFormatException(file.path(), "the llm265 index names tensors that are not there");
    }
  }

  private Tensor tensor(TensorView entry, ModelIndex index) {
    ModelIndex.Original original = index.coded().get(entry.name());
    Integer checksum = index.checksums().get(entry.name());
    if ((original == null) == (checksum == null)) {
      throw new ModelFormatException(file.path(), "the llm265 index does not say what " + entry + " is");
    }
    if (original == null) {
      return new Tensor(entry.name(), entry.dtype(), entry.shape(), entry.data(), false, checksum);
    }
    if (entry.dtype() != DType.U8 || entry.rank() != 1) {
      throw new ModelFormatException(file.path(), entry + " is not a stream, although the llm265 index says so");
    }
    return new Tensor(entry.name(), original.dtype(), original.shape(), entry.data(), true, 0);
  }

  /** Whether a checkpoint is a compressed model file. */
  public static boolean isCompressed(Checkpoint checkpoint) {
    return checkpoint.isSafetensorsFile() && checkpoint.metadata().containsKey(ModelIndex.KEY);
  }

  /**
   * Opens a file and reads its index; decodes nothing.
   *
   * @throws IOException if it cannot be read
   * @throws ModelFormatException if it is not a compressed model file, or is damaged
   */
  public static CompressedModel open(Path path) throws IOException {
    SafetensorsReader file = SafetensorsReader.open(path);
    try {
      if (!file.metadata().containsKey(ModelIndex.KEY)) {
        throw new ModelFormatException(path, "is not compressed: it has no llm265 index");
      }
      return new CompressedModel(file);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  public Path path() {
    return file.path();
  }

  /** All tensors, in the order of their data. */
  public List<Tensor> tensors() {
    return new ArrayList<>(tensors.values());
  }

  /** The metadata of the model, without the index. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
    metadata.remove(ModelIndex.KEY);
    return metadata;
  }

  /**
   * A decoder for a tensor that is a stream.
   *
   * @throws IllegalArgumentException if there is no such tensor, or it is kept
   * @throws ModelFormatException if the stream's header is damaged
   */
  public TensorDecoder decoder(String name) {
    stream(name);
    return TensorDecoder.open(tensors.get(name).data());
  }

  /**
   * The values of a tensor that is a stream, as floats.
   *
   * @throws IllegalArgumentException as {@link #decoder}, or if it has too many values for an array
   * @throws ModelFormatException if the stream is damaged
   */
  public float[] decode(String name) {
    return decode(name, Runnable::run, 1);
  }

  /**
   * The same, decoded by several threads.
   *
   * @param executor runs tasks on its threads; not shut down
   * @param threads number of threads at most, the calling one included
   */
  public float[] decode(String name, Executor executor, int threads) {
    try {
      return decoder(name).withThreads(executor, threads).decode();
    } catch (StreamException e) {
      throw damaged(tensors.get(name), e);
    }
  }

  /** The stream of a tensor; see {@link #decoder}. */
  TensorStream stream(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null || !tensor.isStream()) {
      throw new IllegalArgumentException("no tensor named \"" + name + "\" is a stream");
    }
    TensorStream stream;
    try {
      stream = TensorStream.open(tensor.data(), DecoderLimits.DEFAULT);
    } catch (StreamException e) {
      throw damaged(tensor, e);
    }
    TensorHeader header = stream.header();
    if (header.dtype() != tensor.dtype() || !Arrays.equals(header.shape(), tensor.shape())) {
      throw new ModelFormatException(
          file.path(), "tensor \"" + name + "\" is " + header + ", the llm265 index says otherwise");
    }
    return stream;
  }

  /**
   * Checks a tensor: decodes its stream, or compares its checksum.
   *
   * @throws ModelFormatException if it is damaged
   */
  public void verify(Tensor tensor) {
    if (tensor.isStream()) {
      try {
        stream(tensor.name()).verify(Workers.CALLER);
      } catch (StreamException e) {
        throw damaged(tensor, e);
      }
    } else if (Checksum.crc32c(tensor.data()) != tensor.checksum()) {
      throw new ModelFormatException(
          file.path(), "tensor \"" + tensor.name() + "\" is damaged: its CRC-32C does not match");
    }
  }

  /** Turns a fault in a tensor's stream into one of the file. */
  ModelFormatException damaged(Tensor tensor, StreamException fault) {
    return new ModelFormatException(file.path(), "tensor \"" + tensor.name() + "\": " + fault.getMessage(), fault);
  }

  @Override
  public void close() {
    file.close();
  }
}
