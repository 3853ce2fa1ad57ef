package llm265.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import llm265.checkpoint.ShardPlan;
import llm265.cli.output.Notes;
import llm265.dtype.TensorView;
import llm265.model.CodedModel;
import llm265.model.CodingResult;
import org.apache.spark.broadcast.Broadcast;

/** Has a cluster put coded tensors, and those that are kept, together to files. */
final class ShardWriter {
  private final Cluster cluster;
  private final WorkFolder work;
  private final Broadcast<CodingSession.Spec> spec;

  ShardWriter(Cluster cluster, WorkFolder work, Broadcast<CodingSession.Spec> spec) {
    this.cluster = cluster;
    this.work = work;
    this.spec = spec;
  }

  /**
   * A file to be written.
   *
   * @param begin number of the first tensor
   * @param streams what each has been coded to; null for those that are kept
   * @param bytes of the tensors' data in the file
   */
  private record Shard(String name, int begin, List<CodedStream> streams, long bytes) implements Serializable {}

  /** Writes the files; returns their bytes. */
  long write(CodedModel model, ShardPlan plan, OutputPlace place) throws IOException {
    List<Shard> shards = IntStream.range(0, plan.count()).mapToObj(shard -> shard(model, plan, shard, place)).toList();
    Broadcast<CodingSession.Spec> shared = spec;
    return cluster.run("write " + Notes.count(shards.size(), "file"), shards, Shard::bytes,
            (shard, scratch, figures) -> write(shard, CodingSession.of(shared.value()), scratch, figures))
        .stream().mapToLong(Long::longValue).sum();
  }

  private static Shard shard(CodedModel model, ShardPlan plan, int number, OutputPlace place) {
    List<CodedStream> streams = new ArrayList<>();
    long bytes = 0;
    for (int i = plan.begin(number); i < plan.end(number); i++) {
      CodingResult result = model.coded()[i];
      streams.add(result == null ? null : CodedStream.of(result));
      bytes += model.dataBytes(i);
    }
    return new Shard(place.name(plan.name(number)), plan.begin(number), streams, bytes);
  }

  private static long write(Shard shard, CodingSession session, Scratch scratch, Figures figures) throws IOException {
    Store file = session.work().output(shard.name());
    if (file.exists()) {
      return file.status().length();
    }
    List<TensorView> tensors = new ArrayList<>(session.model().checkpoint().tensors());
    CodingResult[] results = new CodingResult[tensors.size()];
    List<OpenedModel.Fetched> kept = new ArrayList<>();
    try {
      for (int i = 0; i < shard.streams().size(); i++) {
        int number = shard.begin() + i;
        CodedStream stream = shard.streams().get(i);
        if (stream == null) {
          kept.add(session.fetch(number, scratch, figures));
          tensors.set(number, kept.getLast().view());
        } else {
          results[number] = session.read(stream, scratch);
        }
      }
      Path local = scratch.file("output");
      long bytes = CodedModel.of(session.model().checkpoint(), tensors, results).write(
          shard.begin(), shard.begin() + shard.streams().size(), local, TaskThreads.workers());
      session.work().write(file, local);
      figures.written().add(bytes);
      return bytes;
    } finally {
      for (OpenedModel.Fetched tensor : kept) {
        tensor.close();
      }
    }
  }
}
