package llm265.h264.decode;

import java.util.Arrays;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceGroups;
import llm265.h264.syntax.SliceHeader;

/** 8.2.2 Decoding process for macroblock to slice group map, and the resulting order of macroblocks (8-16). */
final class SliceGroupMap {
  private SliceGroupMap() {}

  /**
   * NextMbAddress( n ) for every n: the next macroblock (with MBAFF, the next pair) of the same slice group. After the last
   * one it is PicSizeInMbs (with MBAFF, half of it).
   *
   * @param groups at least two slice groups of the active picture parameter set
   * @param header any slice header of the picture
   */
  static int[] nextMbAddresses(SliceGroups groups, SeqParameterSet sps, SliceHeader header) {
    byte[] mapUnits = mapUnitToSliceGroup(groups, sps, header.sliceGroupChangeCycle());
    int width = sps.format().widthInMbs();
    boolean unitsAreOfTwoRows =
        !sps.frameMbsOnlyFlag() && !sps.mbAdaptiveFrameFieldFlag() && !header.fieldPicFlag();
    int[] next = new int[unitsAreOfTwoRows ? 2 * mapUnits.length : mapUnits.length];
    int[] nextOfGroup = new int[groups.numSliceGroups()];
    Arrays.fill(nextOfGroup, next.length);
    for (int i = next.length - 1; i >= 0; i--) {
      // (8-17) to (8-19); with MBAFF, an address here is that of a pair.
      int group = mapUnits[unitsAreOfTwoRows ? i / (2 * width) * width + i % width : i];
      next[i] = nextOfGroup[group];
      nextOfGroup[group] = i;
    }
    return next;
  }

  /** mapUnitToSliceGroupMap. */
  static byte[] mapUnitToSliceGroup(SliceGroups groups, SeqParameterSet sps, int sliceGroupChangeCycle) {
    int width = sps.format().widthInMbs();
    byte[] map = new byte[sps.picSizeInMapUnits()];
    int unitsInGroup0 = (int) Math.min((long) sliceGroupChangeCycle * groups.changeRate(), map.length);
    int sizeOfUpperLeftGroup = groups.changeDirectionFlag() ? map.length - unitsInGroup0 : unitsInGroup0;
    switch (groups.mapType()) {
      case 0 -> interleaved(map, groups);
      case 1 -> {
        for (int i = 0; i < map.length; i++) {
          int n = groups.numSliceGroups();
          map[i] = (byte) ((i % width + i / width * n / 2) % n);
        }
      }
      case 2 -> foreground(map, groups, width);
      case 3 -> boxOut(map, groups.changeDirectionFlag(), width, unitsInGroup0);
      case 4 -> {
        for (int i = 0; i < map.length; i++) {
          map[i] = (byte) (i < sizeOfUpperLeftGroup == groups.changeDirectionFlag() ? 1 : 0);
        }
      }
      case 5 -> {
        int height = map.length / width;
        for (int i = 0; i < map.length; i++) {
          int k = i % width * height + i / width;
          map[i] = (byte) (k < sizeOfUpperLeftGroup == groups.changeDirectionFlag() ? 1 : 0);
        }
      }
      default -> {
        for (int i = 0; i < map.length; i++) {
          map[i] = groups.sliceGroupId().get(i).byteValue();
        }
      }
    }
    return map;
  }

  /** 8.2.2.1. */
  private static void interleaved(byte[] map, SliceGroups groups) {
    int i = 0;
    while (i < map.length) {
      for (int group = 0; group < groups.numSliceGroups() && i < map.length; group++) {
        int end = Math.min(map.length, i + groups.runLength().get(group));
        Arrays.fill(map, i, end, (byte) group);
        i = end;
      }
    }
  }

  /** 8.2.2.3: where rectangles overlap, the first covers the others. */
  private static void foreground(byte[] map, SliceGroups groups, int width) {
    Arrays.fill(map, (byte) (groups.numSliceGroups() - 1));
    for (int group = groups.numSliceGroups() - 2; group >= 0; group--) {
      int topLeft = groups.topLeft().get(group);
      int bottomRight = groups.bottomRight().get(group);
      for (int y = topLeft / width; y <= bottomRight / width; y++) {
        Arrays.fill(map, y * width + topLeft % width, y * width + bottomRight % width + 1, (byte) group);
      }
    }
  }

  /**
   * 8.2.2.4. A side of the box that lies on the border of the picture cannot move and is full already, so it is skipped in one
   * step. Hence the number of steps is bounded by the number of map units.
   */
  private static void boxOut(byte[] map, boolean changeDirectionFlag, int width, int unitsInGroup0) {
    int height = map.length / width;
    int direction = changeDirectionFlag ? 1 : 0;
    Arrays.fill(map, (byte) 1);
    int x = (width - direction) / 2;
    int y = (height - direction) / 2;
    int leftBound = x;
    int rightBound = x;
    int topBound = y;
    int bottomBound = y;
    int xDir = direction - 1;
    int yDir = direction;
    int k = 0;
    while (k < unitsInGroup0) {
      if (map[y * width + x] == 1) {
        map[y * width + x] = 0;
        k++;
      }
      if (xDir == -1 && x == leftBound) {
        x = leftBound = Math.max(leftBound - 1, 0);
        xDir = 0;
        yDir = 2 * direction - 1;
      } else if (xDir == 1 && x == rightBound) {
        x = rightBound = Math.min(rightBound + 1, width - 1);
        xDir = 0;
        yDir = 1 - 2 * direction;
      } else if (yDir == -1 && y == topBound) {
        y = topBound = Math.max(topBound - 1, 0);
        xDir = 1 - 2 * direction;
        yDir = 0;
      } else if (yDir == 1 && y == bottomBound) {
        y = bottomBound = Math.min(bottomBound + 1, height - 1);
        xDir = 2 * direction - 1;
        yDir = 0;
      } else {
        x += xDir;
        y += yDir;
        continue;
      }
      if (map[y * width + x] == 0) {
        x = xDir < 0 ? leftBound : xDir > 0 ? rightBound : x;
        y = yDir < 0 ? topBound : yDir > 0 ? bottomBound : y;
      }
    }
  }
}
