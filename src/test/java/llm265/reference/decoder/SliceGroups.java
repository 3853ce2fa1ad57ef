package llm265.reference.decoder;

import java.util.Arrays;

/** 8.2.2 Decoding process for macroblock to slice group map: which macroblock of a slice follows another. */
final class SliceGroups {
  private final SliceHeader slice;
  private final SequenceParameters sps;
  private final PictureParameters pps;
  private final int picSizeInMapUnits;
  private final int[] mapUnitToSliceGroupMap;

  SliceGroups(SliceHeader slice) {
    this.slice = slice;
    sps = slice.sps;
    pps = slice.pps;
    picSizeInMapUnits = sps.picWidthInMbs * sps.picHeightInMapUnits;
    mapUnitToSliceGroupMap = new int[picSizeInMapUnits];
    if (pps.numSliceGroupsMinus1 > 0) {
      mapUnitToSliceGroupMap();
    }
  }

  /** (8-16): NextMbAddress( n ), for pairs of macroblocks in MBAFF frames. */
  int nextMbAddress(int n) {
    int i = n + 1;
    while (i < slice.picSizeInMbs() && mbToSliceGroupMap(i) != mbToSliceGroupMap(n)) {
      i++;
    }
    return i;
  }

  /** 8.2.2.8: the slice group of a macroblock. A map unit may be a macroblock, a pair, or two macroblocks of two fields. */
  private int mbToSliceGroupMap(int i) {
    if (sps.frameMbsOnlyFlag || slice.fieldPicFlag) {
      return mapUnitToSliceGroupMap[i];
    }
    if (slice.mbaffFrameFlag) {
      return mapUnitToSliceGroupMap[i / 2];
    }
    return mapUnitToSliceGroupMap[i / (2 * sps.picWidthInMbs) * sps.picWidthInMbs + i % sps.picWidthInMbs];
  }

  private void mapUnitToSliceGroupMap() {
    int mapUnitsInSliceGroup0 =
        (int) Math.min((long) slice.sliceGroupChangeCycle * pps.sliceGroupChangeRate, picSizeInMapUnits);
    int sizeOfUpperLeftGroup =
        pps.sliceGroupChangeDirectionFlag ? picSizeInMapUnits - mapUnitsInSliceGroup0 : mapUnitsInSliceGroup0;
    switch (pps.sliceGroupMapType) {
      case 0 -> interleaved();
      case 1 -> dispersed();
      case 2 -> foregroundWithLeftOver();
      case 3 -> boxOut(mapUnitsInSliceGroup0);
      case 4 -> rasterScan(sizeOfUpperLeftGroup);
      case 5 -> wipe(sizeOfUpperLeftGroup);
      default -> System.arraycopy(pps.sliceGroupId, 0, mapUnitToSliceGroupMap, 0, picSizeInMapUnits);
    }
  }

  /** 8.2.2.1. */
  private void interleaved() {
    int i = 0;
    while (i < picSizeInMapUnits) {
      for (int iGroup = 0; iGroup <= pps.numSliceGroupsMinus1 && i < picSizeInMapUnits; iGroup++) {
        for (int j = 0; j <= pps.runLengthMinus1[iGroup] && i + j < picSizeInMapUnits; j++) {
          mapUnitToSliceGroupMap[i + j] = iGroup;
        }
        i += pps.runLengthMinus1[iGroup] + 1;
      }
    }
  }

  /** 8.2.2.2. */
  private void dispersed() {
    int groups = pps.numSliceGroupsMinus1 + 1;
    for (int i = 0; i < picSizeInMapUnits; i++) {
      mapUnitToSliceGroupMap[i] = (i % sps.picWidthInMbs + i / sps.picWidthInMbs * groups / 2) % groups;
    }
  }

  /** 8.2.2.3: rectangles; the group with the smaller number lies in front. */
  private void foregroundWithLeftOver() {
    Arrays.fill(mapUnitToSliceGroupMap, pps.numSliceGroupsMinus1);
    for (int iGroup = pps.numSliceGroupsMinus1 - 1; iGroup >= 0; iGroup--) {
      int yTopLeft = pps.topLeft[iGroup] / sps.picWidthInMbs;
      int xTopLeft = pps.topLeft[iGroup] % sps.picWidthInMbs;
      int yBottomRight = pps.bottomRight[iGroup] / sps.picWidthInMbs;
      int xBottomRight = pps.bottomRight[iGroup] % sps.picWidthInMbs;
      for (int y = yTopLeft; y <= yBottomRight; y++) {
        for (int x = xTopLeft; x <= xBottomRight; x++) {
          mapUnitToSliceGroupMap[y * sps.picWidthInMbs + x] = iGroup;
        }
      }
    }
  }

  /** 8.2.2.4: a box that grows from the middle, along a spiral. */
  private void boxOut(int mapUnitsInSliceGroup0) {
    int width = sps.picWidthInMbs;
    int height = sps.picHeightInMapUnits;
    int direction = pps.sliceGroupChangeDirectionFlag ? 1 : 0;
    Arrays.fill(mapUnitToSliceGroupMap, 1);
    int x = (width - direction) / 2;
    int y = (height - direction) / 2;
    int leftBound = x;
    int rightBound = x;
    int topBound = y;
    int bottomBound = y;
    int xDir = direction - 1;
    int yDir = direction;
    int k = 0;
    while (k < mapUnitsInSliceGroup0) {
      if (mapUnitToSliceGroupMap[y * width + x] == 1) {
        mapUnitToSliceGroupMap[y * width + x] = 0;
        k++;
      }
      if (xDir == -1 && x == leftBound) {
        leftBound = Math.max(leftBound - 1, 0);
        x = leftBound;
        xDir = 0;
        yDir = 2 * direction - 1;
      } else if (xDir == 1 && x == rightBound) {
        rightBound = Math.min(rightBound + 1, width - 1);
        x = rightBound;
        xDir = 0;
        yDir = 1 - 2 * direction;
      } else if (yDir == -1 && y == topBound) {
        topBound = Math.max(topBound - 1, 0);
        y = topBound;
        xDir = 1 - 2 * direction;
        yDir = 0;
      } else if (yDir == 1 && y == bottomBound) {
        bottomBound = Math.min(bottomBound + 1, height - 1);
        y = bottomBound;
        xDir = 2 * direction - 1;
        yDir = 0;
      } else {
        x += xDir;
        y += yDir;
      }
    }
  }

  /** 8.2.2.5. */
  private void rasterScan(int sizeOfUpperLeftGroup) {
    int direction = pps.sliceGroupChangeDirectionFlag ? 1 : 0;
    for (int i = 0; i < picSizeInMapUnits; i++) {
      mapUnitToSliceGroupMap[i] = i < sizeOfUpperLeftGroup ? direction : 1 - direction;
    }
  }

  /** 8.2.2.6: the same, column by column. */
  private void wipe(int sizeOfUpperLeftGroup) {
    int direction = pps.sliceGroupChangeDirectionFlag ? 1 : 0;
    int k = 0;
    for (int x = 0; x < sps.picWidthInMbs; x++) {
      for (int y = 0; y < sps.picHeightInMapUnits; y++) {
        mapUnitToSliceGroupMap[y * sps.picWidthInMbs + x] = k < sizeOfUpperLeftGroup ? direction : 1 - direction;
        k++;
      }
    }
  }
}
