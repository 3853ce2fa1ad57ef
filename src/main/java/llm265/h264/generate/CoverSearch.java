package llm265.h264.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import llm265.h264.coverage.Coverage;
import llm265.parallel.Workers;

/**
 * A small set of streams that covers all that many candidates cover: greedily the one that adds most, then without those that
 * the others make needless. Where rows whose values are known lack some, more candidates do to excess what such rows need.
 */
public final class CoverSearch {
  /** Rows of elements whose values no decoding depends on: they are no reason for one more stream. */
  private static final List<String> ANY_VALUE =
      List.of("vui_parameters", "sei_message", "user_data_unregistered", "level_idc", "seq_parameter_set_data level_idc",
          "codIOffset", "slices", "slice_header idr_pic_id", "hrd_parameters", "buffering_period", "pic_timing");

  /** Those of them of which every value counts, though. */
  private static final List<String> COUNTED = List.of("hrd_parameters cpb_cnt_minus1", "pic_timing pic_struct");

  /** Candidates that are directed at an excess have numbers from here on, a thousand for each. */
  private static final int DIRECTED = 10_000;
  private static final int OF_EACH = 1_000;

  /** Rounds of directed candidates, and candidates for an excess in each. */
  private static final int ROUNDS = 12;
  private static final int IN_A_ROUND = 2;

  /** Width and height of most of their pictures in macroblocks, unless the request has its own. */
  private static final int SIDE = 8;

  /** What candidates must do to excess for a row, by the beginning of its name. */
  private static final Map<String, Stress> NEEDED = Map.ofEntries(
      Map.entry("coeff_token", Stress.TABLES), Map.entry("total_zeros", Stress.TABLES), Map.entry("run_before", Stress.TABLES),
      Map.entry("level_prefix", Stress.CODES), Map.entry("mb_qp_delta", Stress.QP), Map.entry("qp_prime_y", Stress.QP),
      Map.entry("index", Stress.QP), Map.entry("pairs of MBAFF", Stress.MBAFF), Map.entry("pcm_alignment", Stress.PCM),
      Map.entry("pic_timing", Stress.TIMING), Map.entry("sps_scaling", Stress.SCALING), Map.entry("pps_scaling", Stress.SCALING),
      Map.entry("scales of", Stress.SCALING),
      Map.entry("crop_", Stress.CROPPING), Map.entry("end_of_slice", Stress.SLICES), Map.entry("codIRange", Stress.ARITHMETIC),
      Map.entry("pStateIdx", Stress.ARITHMETIC), Map.entry("renormalization", Stress.ARITHMETIC),
      Map.entry("outstanding", Stress.ARITHMETIC), Map.entry("boundary", Stress.ARITHMETIC));

  private final Map<String, Integer> items = new HashMap<>();
  private final Coverage all = new Coverage();
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
   * @param count number of candidates, less than 10,000; as many directed ones at most come on top of them
   * @param progress told after each candidate
   */
  public static Cover search(StreamRequest request, int count, Workers workers, Runnable progress) {
    CoverSearch search = new CoverSearch();
    int[] numbers = IntStream.range(0, count).toArray();
    CoverageTargets targets = CoverageTargets.of(request);
    for (int round = 0; numbers.length > 0 && round <= ROUNDS; round++) {
      int[] now = numbers;
      workers.forEachInOrder(now.length, i -> generator(request, now[i]).inDetail(now[i]), (index, stream) -> {
        search.add(stream);
        progress.run();
      });
      int left = 2 * count - search.candidates.size();
      numbers = Arrays.stream(search.directed(request, targets, round)).limit(left).toArray();
    }
    return search.cover();
  }

  /** Numbers of the candidates of the next round. */
  private int[] directed(StreamRequest request, CoverageTargets targets, int round) {
    Set<Stress> possible = EnumSet.noneOf(Stress.class);
    possible.addAll(request.stresses().isEmpty() ? request.possibleStresses() : request.stresses());
    Set<Stress> needed = EnumSet.noneOf(Stress.class);
    for (CoverageTargets.Row row : targets.table(all)) {
      if (!row.missing().isEmpty()) {
        NEEDED.forEach((name, stress) -> needed.addAll(
            row.name().startsWith(name) && possible.contains(stress) ? Set.of(stress) : Set.of()));
      }
    }
    return needed.stream().mapToInt(stress -> DIRECTED + OF_EACH * stress.ordinal() + IN_A_ROUND * round)
        .flatMap(first -> IntStream.range(first, first + IN_A_ROUND)).toArray();
  }

  /** What makes the candidate of a number. */
  static StreamGenerator generator(StreamRequest request, int index) {
    if (index >= DIRECTED) {
      Stress stress = Stress.values()[(index - DIRECTED) / OF_EACH];
      return new StreamGenerator(directed(request, stress, index % OF_EACH));
    }
    List<Stress> stresses = request.stresses().isEmpty() ? request.possibleStresses() : request.stresses();
    return new StreamGenerator(request.withStresses(
        index % 2 == 0 || stresses.isEmpty() ? List.of() : List.of(stresses.get(index / 2 % stresses.size()))));
  }

  /** A request for large pictures that do something to excess, with the tools that it takes in turn. */
  private static StreamRequest directed(StreamRequest request, Stress stress, int index) {
    List<Tool> inTurn = switch (stress) {
      case QP -> List.of(Tool.CABAC, Tool.CAVLC);
      case TIMING -> List.of(Tool.PROGRESSIVE, Tool.FIELDS, Tool.FRAME);
      case TABLES -> List.of(Tool.YUV420, Tool.YUV422);
      default -> List.of();
    };
    List<Tool> allowed = inTurn.stream().filter(request::allows).toList();
    Set<Tool> tools = EnumSet.noneOf(Tool.class);
    tools.addAll(request.tools());
    if (!allowed.isEmpty() && !request.names(Tool.PLANES)) {
      Tool tool = allowed.get(index % allowed.size());
      tools.removeIf(named -> named.kind() == tool.kind());
      tools.add(tool);
    }
    // Few columns bring the edges of picture and slice close to each pair.
    int least = request.profile() == GeneratedProfile.NVDEC ? 3 : 1;
    int width = stress == Stress.MBAFF ? least + index % 5 : SIDE;
    int height = stress == Stress.MBAFF ? 3 * SIDE : SIDE;
    boolean sized = request.widthInMbs() > 0;
    return new StreamRequest(request.profile(), request.seed(), tools, sized ? request.widthInMbs() : width,
        sized ? request.heightInMbs() : height, request.cropRight(), request.cropBottom(), List.of(stress));
  }

  private void add(GeneratedStream stream) {
    all.addAll(stream.coverage());
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
