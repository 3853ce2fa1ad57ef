package llm265.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.CheckpointFolder;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.ShardPlan;
import llm265.checkpoint.ShardedCheckpoint;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;

/**
 * A model whose tensors are coded, or are to be: what a compressed file has, and how it is written. All of the model goes to one
 * file, or a range of its tensors to each of several.
 *
 * @param metadata of the input
 * @param source the header of the input, for the first file; null if it has none
 * @param base name of the model that tensors are told from; null for none
 * @param tensors in order
 * @param coded the coded tensors; null for those that are kept
 */
public record CodedModel(
    Map<String, String> metadata, SourceHeader source, String base, List<TensorView> tensors, CodingResult[] coded) {
  /** A tensor as a file has it. */
  private record Part(TensorView tensor, boolean isCoded, boolean isPacked, long bytes) {
    /** Whether its data are bytes to others: those of a stream, or of blocks of values, which safetensors have no type for. */
    boolean isBytes() {
      return isCoded || tensor.dtype().kind() == DType.Kind.BLOCK;
    }

    HeaderSize.Entry entry() {
      return isBytes()
          ? HeaderSize.Entry.ofBytes(tensor.name(), bytes)
          : new HeaderSize.Entry(tensor.name(), tensor.dtype().name(), tensor.shape(), bytes);
    }
  }

  /**
   * A model of which a process knows some results, to write files of them.
   *
   * @param tensors those of the input; only the data of those that are kept and are written is read
   * @param coded null for tensors that are kept, or whose results are not known
   */
  public static CodedModel of(Checkpoint input, List<TensorView> tensors, CodingResult[] coded) {
    return new CodedModel(input.metadata(), SourceHeader.of(input).orElse(null), null, tensors, coded);
  }

  /** Bytes of a tensor's data in the file. */
  public long dataBytes(int i) {
    return coded[i] == null ? tensors.get(i).byteSize() : coded[i].stream().size();
  }

  private boolean isPacked(int i) {
    return coded[i] != null && coded[i].form() == CodingResult.Form.PACKED;
  }

  private List<Part> parts(int begin, int end) {
    return IntStream.range(begin, end).mapToObj(i -> new Part(
        tensors.get(i), coded[i] != null, isPacked(i), dataBytes(i))).toList();
  }

  /**
   * Bytes of a file of all tensors that are not tensors' data, if some of them become other than they are now.
   *
   * @param areCoded which tensors are coded then
   * @param sizes bytes of each tensor's data
   */
  long bytesBesideTensors(boolean[] areCoded, long[] sizes) {
    List<Part> parts =
        IntStream.range(0, sizes.length).mapToObj(i -> new Part(tensors.get(i), areCoded[i], false, sizes[i])).toList();
    long json = HeaderSize.ofJson(withIndex(parts, source, new int[sizes.length]), entries(parts, source));
    return HeaderSize.ofFile(json) + (source == null ? 0 : source.data().byteSize());
  }

  private static List<HeaderSize.Entry> entries(List<Part> parts, SourceHeader first) {
    List<HeaderSize.Entry> entries = new ArrayList<>();
    if (first != null) {
      entries.add(HeaderSize.Entry.ofBytes(first.entry(), first.data().byteSize()));
    }
    parts.forEach(part -> entries.add(part.entry()));
    return entries;
  }

  /** The input's metadata together with the index. */
  private Map<String, String> withIndex(List<Part> parts, SourceHeader first, int[] crcs) {
    Map<String, ModelIndex.Original> originals = new LinkedHashMap<>();
    Map<String, Integer> checksums = new LinkedHashMap<>();
    for (int i = 0; i < crcs.length; i++) {
      TensorView tensor = parts.get(i).tensor;
      if (parts.get(i).isBytes()) {
        originals.put(tensor.name(), new ModelIndex.Original(tensor.dtype(), tensor.shape()));
      }
      if (!parts.get(i).isCoded) {
        checksums.put(tensor.name(), crcs[i]);
      }
    }
    Map<String, String> all = new LinkedHashMap<>(metadata);
    boolean isFirst = first == null && base == null
        && parts.stream().noneMatch(part -> part.isPacked || part.isBytes() && !part.isCoded);
    int version = isFirst ? ModelIndex.FIRST_VERSION : ModelIndex.LATEST_VERSION;
    ModelIndex.Source from = first == null ? null : new ModelIndex.Source(first.format(), first.entry());
    all.put(ModelIndex.KEY, new ModelIndex(version, originals, checksums, from, base).toJson());
    return all;
  }

  /**
   * Writes a compressed file of some tensors.
   *
   * @param begin number of the first tensor
   * @param end number of the tensor after the last
   * @return the file's size
   */
  public long write(int begin, int end, Path output, Workers workers) throws IOException {
    List<Part> parts = parts(begin, end);
    SourceHeader first = begin == 0 ? source : null;
    List<HeaderSize.Entry> entries = entries(parts, first);
    Map<String, String> all = withIndex(parts, first, checksums(begin, end, workers));
    long header = HeaderSize.ofJson(all, entries);
    // The writer adds the two braces itself.
    try (SafetensorsWriter writer = SafetensorsWriter.create(output, header - 2)) {
      if (first != null) {
        writeBytes(writer, first.entry(), first.data());
      }
      for (int i = begin; i < end; i++) {
        writeTensor(writer, i);
      }
      writer.commit(all);
    }
    return HeaderSize.ofFile(header) + entries.stream().mapToLong(HeaderSize.Entry::bytes).sum();
  }

  /**
   * Writes all tensors to a folder: to one file, or to several with an index.
   *
   * @param shardBytes the most bytes of data of a file that has more than one tensor
   * @return bytes of all files of tensors
   */
  long write(Path folder, long shardBytes, Workers workers) throws IOException {
    ShardPlan plan = shards(shardBytes);
    long bytes = 0;
    for (int shard = 0; shard < plan.count(); shard++) {
      bytes += write(plan.begin(shard), plan.end(shard), folder.resolve(plan.name(shard)), workers);
    }
    writeIndex(plan, folder);
    return bytes;
  }

  /**
   * The files of a folder.
   *
   * @param shardBytes the most bytes of data of a file that has more than one tensor
   */
  public ShardPlan shards(long shardBytes) {
    return ShardPlan.of(IntStream.range(0, coded.length).mapToLong(this::dataBytes).toArray(), shardBytes);
  }

  /** Writes the index of several files to their folder; nothing where there is but one. */
  public void writeIndex(ShardPlan plan, Path folder) throws IOException {
    Map<String, String> fileOfTensor = new LinkedHashMap<>();
    long dataBytes = 0;
    for (int shard = 0; shard < plan.count(); shard++) {
      for (int i = plan.begin(shard); i < plan.end(shard); i++) {
        fileOfTensor.put(tensors.get(i).name(), plan.name(shard));
        dataBytes += dataBytes(i);
      }
    }
    if (plan.count() > 1) {
      ShardedCheckpoint.writeIndex(folder.resolve(CheckpointFolder.INDEX), dataBytes, fileOfTensor);
    }
  }

  private void writeTensor(SafetensorsWriter writer, int i) throws IOException {
    TensorView tensor = tensors.get(i);
    if (coded[i] != null) {
      try (Arena arena = Arena.ofConfined()) {
        writeBytes(writer, tensor.name(), coded[i].stream().map(arena));
      }
    } else if (tensor.dtype().kind() == DType.Kind.BLOCK) {
      writeBytes(writer, tensor.name(), tensor.data());
    } else {
      writer.add(tensor);
    }
  }

  private static void writeBytes(SafetensorsWriter writer, String name, MemorySegment data) throws IOException {
    writer.begin(name, DType.U8);
    writer.write(data);
    writer.end(data.byteSize());
  }

  private int[] checksums(int begin, int end, Workers workers) {
    int[] crcs = new int[end - begin];
    workers.forEachInOrder(
        crcs.length,
        i -> coded[begin + i] == null ? Checksum.crc32c(tensors.get(begin + i).data()) : 0,
        (i, crc) -> crcs[i] = crc);
    return crcs;
  }
}
