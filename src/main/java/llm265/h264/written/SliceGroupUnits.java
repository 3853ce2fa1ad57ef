package llm265.h264.written;

import java.util.Arrays;
import java.util.stream.IntStream;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;

/** 8.2.2 read word by word: which macroblocks, or pairs of an MBAFF frame, each slice group has. */
public final class SliceGroupUnits {
  private SliceGroupUnits() {}

  /**
   * The macroblocks, or pairs, of each slice group in order of addresses; groups without any are left out.
   *
   * @param groups null for one group
   * @param field whether the picture is a field
   */
  public static int[][] groups(SliceGroups groups, SeqParameterSet sps, boolean field, int sliceGroupChangeCycle) {
    boolean mbaff = sps.mbAdaptiveFrameFieldFlag() && !field;
    int units = sps.format().sizeInMbs() / (field || mbaff ? 2 : 1);
    if (groups == null) {
      return new int[][] {IntStream.range(0, units).toArray()};
    }
    int width = sps.format().widthInMbs();
    int[] map = mapUnits(groups, width, sps.picSizeInMapUnits(), sliceGroupChangeCycle);
    // 8.2.2.8: a map unit is two rows of a frame of an interlaced sequence without MBAFF
    boolean twoRows = !sps.frameMbsOnlyFlag() && !mbaff && !field;
    return IntStream.range(0, groups.numSliceGroups())
        .mapToObj(group -> IntStream.range(0, units)
            .filter(i -> map[twoRows ? i / (2 * width) * width + i % width : i] == group).toArray())
        .filter(group -> group.length > 0).toArray(int[][]::new);
  }

  /**
   * mapUnitToSliceGroupMap.
   *
   * @param units PicSizeInMapUnits
   * @param cycle slice_group_change_cycle
   */
  public static int[] mapUnits(SliceGroups groups, int width, int units, int cycle) {
    int[] map = new int[units];
    int height = units / width;
    int inGroup0 = Math.min(cycle * groups.changeRate(), units);
    int direction = groups.changeDirectionFlag() ? 1 : 0;
    int upperLeft = direction == 1 ? units - inGroup0 : inGroup0;
    switch (groups.mapType()) {
      case 0 -> {
        for (int i = 0; i < units; ) {
          for (int group = 0; group < groups.numSliceGroups() && i < units; i += groups.runLength().get(group++)) {
            Arrays.fill(map, i, Math.min(units, i + groups.runLength().get(group)), group);
          }
        }
      }
      case 1 -> Arrays.setAll(map, i -> (i % width + i / width * groups.numSliceGroups() / 2) % groups.numSliceGroups());
      case 2 -> {
        Arrays.fill(map, groups.numSliceGroups() - 1);
        for (int group = groups.numSliceGroups() - 2; group >= 0; group--) {
          foreground(map, width, groups.topLeft().get(group), groups.bottomRight().get(group), group);
        }
      }
      case 3 -> boxOut(map, width, height, direction, inGroup0);
      case 4 -> Arrays.setAll(map, i -> i < upperLeft ? direction : 1 - direction);
      case 5 -> Arrays.setAll(map, i -> i % width * height + i / width < upperLeft ? direction : 1 - direction);
      default -> Arrays.setAll(map, i -> groups.sliceGroupId().get(i));
    }
    return map;
  }

  private static void foreground(int[] map, int width, int topLeft, int bottomRight, int group) {
    for (int y = topLeft / width; y <= bottomRight / width; y++) {
      Arrays.fill(map, y * width + topLeft % width, y * width + bottomRight % width + 1, group);
    }
  }

  /** 8.2.2.4. */
  private static void boxOut(int[] map, int width, int height, int direction, int inGroup0) {
    Arrays.fill(map, 1);
    int x = (width - direction) / 2;
    int y = (height - direction) / 2;
    int left = x;
    int right = x;
    int top = y;
    int bottom = y;
    int xDir = direction - 1;
    int yDir = direction;
    int vacant;
    for (int k = 0; k < inGroup0; k += vacant) {
      vacant = map[y * width + x];
      map[y * width + x] = 0;
      if (xDir == -1 && x == left) {
        left = Math.max(left - 1, 0);
        x = left;
        xDir = 0;
        yDir = 2 * direction - 1;
      } else if (xDir == 1 && x == right) {
        right = Math.min(right + 1, width - 1);
        x = right;
        xDir = 0;
        yDir = 1 - 2 * direction;
      } else if (yDir == -1 && y == top) {
        top = Math.max(top - 1, 0);
        y = top;
        xDir = 1 - 2 * direction;
        yDir = 0;
      } else if (yDir == 1 && y == bottom) {
        bottom = Math.min(bottom + 1, height - 1);
        y = bottom;
        xDir = 2 * direction - 1;
        yDir = 0;
      } else {
        x += xDir;
        y += yDir;
      }
    }
  }
}
