package llm265.h264.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;

/** Slice groups of any map type. */
final class RandomSliceGroups {
  private RandomSliceGroups() {}

  /** Slice groups for pictures of at least two map units. */
  static SliceGroups next(SplittableRandom random, SeqParameterSet sps) {
    int units = sps.picSizeInMapUnits();
    int width = sps.format().widthInMbs();
    int type = random.nextInt(7);
    boolean changes = type >= 3 && type <= 5;
    int groups = changes ? 2 : 2 + random.nextInt(Math.min(7, units - 1));
    List<Integer> runs = new ArrayList<>();
    List<Integer> topLeft = new ArrayList<>();
    List<Integer> bottomRight = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; type == 0 && i < groups; i++) {
      runs.add(1 + random.nextInt(Math.min(units, 2 * width)));
    }
    for (int i = 0; type == 2 && i < groups - 1; i++) {
      int x = random.nextInt(width);
      int y = random.nextInt(units / width);
      topLeft.add(y * width + x);
      bottomRight.add((y + random.nextInt(units / width - y)) * width + x + random.nextInt(width - x));
    }
    for (int i = 0; type == 6 && i < units; i++) {
      ids.add(random.nextInt(groups));
    }
    return new SliceGroups(groups, type, runs, topLeft, bottomRight, changes && random.nextBoolean(),
        changes ? 1 + random.nextInt(units) : 0, ids);
  }

  /** slice_group_change_cycle, which all slices of a picture share. */
  static int changeCycle(SplittableRandom random, SliceGroups groups, SeqParameterSet sps) {
    if (!groups.changes()) {
      return 0;
    }
    int units = sps.picSizeInMapUnits();
    return random.nextInt((units + groups.changeRate() - 1) / groups.changeRate() + 1);
  }
}
