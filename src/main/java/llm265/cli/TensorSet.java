package llm265.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import llm265.TensorDecoder;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.UnreadTensor;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;
import llm265.h264.StreamException;
import llm265.model.CodedTensor;
import llm265.model.CompressedModel;
import llm265.parallel.Workers;

/** Provides the tensors of a file or folder of any kind; what is coded is decoded on demand. */
final class TensorSet implements AutoCloseable {
  private final AutoCloseable file;
  private final List<Entry> entries = new ArrayList<>();
  private List<UnreadTensor> unread = List.of();

  /** A tensor without its values. */
  record Named(String name, DType dtype, long[] shape) {
    long values() {
      return Shape.count(shape);
    }
  }

  /** A tensor by name; its values may have to be decoded. */
  interface Entry {
    String name();

    /** The values, in memory that lives as long as the arena. */
    TensorView values(Arena arena);
  }

  private record Plain(TensorView tensor) implements Entry {
    @Override
    public String name() {
      return tensor.name();
    }

    @Override
    public TensorView values(Arena arena) {
      return tensor;
    }
  }

  /** A tensor of a compressed model. */
  private record Coded(CompressedModel.Tensor tensor, Workers workers) implements Entry {
    @Override
    public String name() {
      return tensor.name();
    }

    @Override
    public TensorView values(Arena arena) {
      CodedTensor coded = tensor.coded();
      if (tensor.isKept()) {
        return new TensorView(tensor.name(), tensor.dtype(), tensor.shape(), coded.whole(workers));
      }
      MemorySegment data = arena.allocate(tensor.dtype().byteSize(Shape.count(tensor.shape())), 8);
      coded.decode(0, data, workers);
      return new TensorView(tensor.name(), tensor.dtype(), tensor.shape(), data);
    }
  }

  /** A single stream. */
  private record Stream(Path path, String name, TensorDecoder decoder) implements Entry {
    @Override
    public TensorView values(Arena arena) {
      long[] shape = decoder.info().shape();
      MemorySegment data = arena.allocate(decoder.info().dtype().byteSize(Shape.count(shape)), 8);
      try {
        decoder.decodeInto(data);
      } catch (StreamException e) {
        throw new ModelFormatException(path, "tensor \"" + name + "\": " + e.getMessage(), e);
      }
      return new TensorView(name, decoder.info().dtype(), shape, data);
    }
  }

  private TensorSet(AutoCloseable file) {
    this.file = file;
  }

  /** Opens a checkpoint, a compressed model, a folder of one of them, or a single stream. */
  static TensorSet open(Path path, Executor executor, int threads) throws IOException {
    return open(path, null, executor, threads);
  }

  /** @param base what tensors are told from; null for what the file names */
  static TensorSet open(Path path, Path base, Executor executor, int threads) throws IOException {
    if (Arguments.isStream(path)) {
      Arena arena = Arena.ofShared();
      TensorSet set = new TensorSet(arena::close);
      try {
        TensorDecoder decoder = TensorDecoder.open(InputFile.mapStream(path, arena)).withThreads(executor, threads);
        set.entries.add(new Stream(path, Arguments.stem(path), decoder));
        return set;
      } catch (StreamException e) {
        set.close();
        throw new ModelFormatException(path, e.getMessage(), e);
      } catch (IOException | RuntimeException e) {
        set.close();
        throw e;
      }
    }
    Checkpoint checkpoint = Checkpoint.open(path);
    if (!CompressedModel.isCompressed(checkpoint)) {
      TensorSet set = new TensorSet(checkpoint);
      set.unread = checkpoint.unread();
      checkpoint.tensors().forEach(tensor -> set.entries.add(new Plain(tensor)));
      return set;
    }
    close(checkpoint);
    CompressedModel model = CompressedModel.open(path, base);
    TensorSet set = new TensorSet(model);
    Workers workers = new Workers(executor, threads);
    model.tensors().forEach(tensor -> set.entries.add(new Coded(tensor, workers)));
    return set;
  }

  List<Entry> entries() {
    return entries;
  }

  /** The tensors of the file that are not read. */
  List<UnreadTensor> unread() {
    return unread;
  }

  @Override
  public void close() {
    close(file);
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
