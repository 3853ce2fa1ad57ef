package llm265.h264.generate;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import llm265.h264.coverage.Coverage;
import llm265.parallel.Workers;

/**
 * A small set of streams that covers all that many candidates cover: greedily the one that adds most, then without those that
 * the others make needless.
 */
public final class CoverSearch {
  /** Rows of elements whose values no decoding depends on: they are no reason for one more stream. */
  private static final List<String> ANY_VALUE =
      List.of("vui_parameters", "sei_message", "user_data_unregistered", "level_idc", "seq_parameter_set_data level_idc",
          "codIOffset", "slices", "slice_header idr_pic_id", "hrd_parameters", "buffering_period", "pic_timing");

  /** Those of them of which every value counts, though. */
  private static final List<String> COUNTED = List.of("hrd_parameters cpb_cnt_minus1", "pic_timing pic_struct");

  private final Map<String, Integer> items = new HashMap<>();
  private final List<GeneratedStream> candidates = new ArrayList<>();
  private final List<BitSet> covered = new ArrayList<>();

  /**
   * A set.
   *
   * @param streams in the order of their numbers
   * @param coverage what they cover together
   * @param items number of values of all rows
   */
  public record Cover(List<GeneratedStream> streams, Coverage coverage, int items) {}

  private CoverSearch() {}

  /**
   * Searches. Every other candidate does something to excess: what the request names, or all that it can have.
   *
   * @param count number of candidates
   * @param progress told after each candidate
   */
  public static Cover search(StreamRequest request, int count, Workers workers, Runnable progress) {
    CoverSearch search = new CoverSearch();
    workers.forEachInOrder(count, index -> generator(request, index).inDetail(index), (index, stream) -> {
      search.add(stream);
      progress.run();
    });
    return search.cover();
  }

  /** What makes the candidate of a number. */
  static StreamGenerator generator(StreamRequest request, int index) {
    List<Stress> stresses = request.stresses().isEmpty() ? request.possibleStresses() : request.stresses();
    return new StreamGenerator(request.withStresses(
        index % 2 == 0 || stresses.isEmpty() ? List.of() : List.of(stresses.get(index / 2 % stresses.size()))));
  }

  private void add(GeneratedStream stream) {
    BitSet bits = new BitSet();
    for (String row : stream.coverage().rows()) {
      if (ANY_VALUE.stream().anyMatch(row::startsWith) && !COUNTED.contains(row)) {
        continue;
      }
      for (Object value : stream.coverage().values(row)) {
        bits.set(items.computeIfAbsent(row + '\0' + value, item -> items.size()));
      }
    }
    candidates.add(stream);
    covered.add(bits);
  }

  private Cover cover() {
    BitSet missing = new BitSet();
    missing.set(0, items.size());
    List<Integer> chosen = new ArrayList<>();
    while (!missing.isEmpty()) {
      int best = -1;
      int most = 0;
      for (int i = 0; i < covered.size(); i++) {
        BitSet added = (BitSet) covered.get(i).clone();
        added.and(missing);
        if (added.cardinality() > most) {
          most = added.cardinality();
          best = i;
        }
      }
      chosen.add(best);
      missing.andNot(covered.get(best));
    }
    prune(chosen);
    chosen.sort(null);
    Coverage coverage = new Coverage();
    chosen.forEach(index -> coverage.addAll(candidates.get(index).coverage()));
    return new Cover(chosen.stream().map(candidates::get).toList(), coverage, items.size());
  }

  /** Drops streams all of whose items others of the set have, those chosen last first. */
  private void prune(List<Integer> chosen) {
    for (int i = chosen.size() - 1; i >= 0; i--) {
      BitSet others = new BitSet();
      for (int k = 0; k < chosen.size(); k++) {
        if (k != i) {
          others.or(covered.get(chosen.get(k)));
        }
      }
      BitSet own = (BitSet) covered.get(chosen.get(i)).clone();
      own.andNot(others);
      if (own.isEmpty()) {
        chosen.remove(i);
      }
    }
  }
}
