package llm265.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * @param tensors in order
 * @param coded the coded tensors; null for those that are kept
 * @param base name of the model that tensors are told from; null for none
 */
record CodedModel(Map<String, String> metadata, List<TensorView> tensors, CodingResult[] coded, String base) {
  /** Bytes of a tensor's data in the file. */
  long dataBytes(int i) {
    return coded[i] == null ? tensors.get(i).byteSize() : coded[i].stream().size();
  }

  private long[] sizes(int begin, int end) {
    long[] sizes = new long[end - begin];
    for (int i = begin; i < end; i++) {
      sizes[i - begin] = dataBytes(i);
    }
    return sizes;
  }

  private boolean[] areCoded(int begin, int end) {
    boolean[] areCoded = new boolean[end - begin];
    for (int i = begin; i < end; i++) {
      areCoded[i - begin] = coded[i] != null;
    }
    return areCoded;
  }

  /**
   * Bytes of the header of a file of all tensors.
   *
   * @param sizes bytes of each tensor's data
   * @param areCoded which tensors are coded
   */
  long headerBytes(long[] sizes, boolean[] areCoded) {
    Map<String, String> all = withIndex(tensors, areCoded, new int[sizes.length]);
    return HeaderSize.ofFile(HeaderSize.ofJson(all, tensors, sizes, areCoded));
  }

  /** The input's metadata together with the index. */
  private Map<String, String> withIndex(List<TensorView> views, boolean[] areCoded, int[] crcs) {
    Map<String, ModelIndex.Original> streams = new LinkedHashMap<>();
    Map<String, Integer> checksums = new LinkedHashMap<>();
    for (int i = 0; i < crcs.length; i++) {
      TensorView tensor = views.get(i);
      if (areCoded[i]) {
        streams.put(tensor.name(), new ModelIndex.Original(tensor.dtype(), tensor.shape()));
      } else {
        checksums.put(tensor.name(), crcs[i]);
      }
    }
    Map<String, String> all = new LinkedHashMap<>(metadata);
    all.put(ModelIndex.KEY, new ModelIndex(streams, checksums, base).toJson());
    return all;
  }

  /**
   * Writes a compressed file of some tensors.
   *
   * @param begin number of the first tensor
   * @param end number of the tensor after the last
   * @return the file's size
   */
  long write(int begin, int end, Path output, Workers workers) throws IOException {
    boolean[] areCoded = areCoded(begin, end);
    long[] sizes = sizes(begin, end);
    List<TensorView> views = tensors.subList(begin, end);
    Map<String, String> all = withIndex(views, areCoded, checksums(begin, end, workers));
    long header = HeaderSize.ofJson(all, views, sizes, areCoded);
    // The writer adds the two braces itself.
    try (SafetensorsWriter writer = SafetensorsWriter.create(output, header - 2)) {
      for (int i = begin; i < end; i++) {
        writeTensor(writer, i);
      }
      writer.commit(all);
    }
    long bytes = HeaderSize.ofFile(header);
    for (long size : sizes) {
      bytes += size;
    }
    return bytes;
  }

  /**
   * Writes all tensors to a folder: to one file, or to several with an index.
   *
   * @param shardBytes the most bytes of data of a file that has more than one tensor
   * @return bytes of all files of tensors
   */
  long write(Path folder, long shardBytes, Workers workers) throws IOException {
    ShardPlan plan = ShardPlan.of(sizes(0, coded.length), shardBytes);
    Map<String, String> fileOfTensor = new LinkedHashMap<>();
    long bytes = 0;
    long dataBytes = 0;
    for (int shard = 0; shard < plan.count(); shard++) {
      bytes += write(plan.begin(shard), plan.end(shard), folder.resolve(plan.name(shard)), workers);
      for (int i = plan.begin(shard); i < plan.end(shard); i++) {
        fileOfTensor.put(tensors.get(i).name(), plan.name(shard));
        dataBytes += dataBytes(i);
      }
    }
    if (plan.count() > 1) {
      ShardedCheckpoint.writeIndex(folder.resolve(CheckpointFolder.INDEX), dataBytes, fileOfTensor);
    }
    return bytes;
  }

  private void writeTensor(SafetensorsWriter writer, int i) throws IOException {
    TensorView tensor = tensors.get(i);
    if (coded[i] == null) {
      writer.add(tensor);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stream = coded[i].stream().map(arena);
      writer.begin(tensor.name(), DType.U8);
      writer.write(stream);
      writer.end(stream.byteSize());
    }
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
