package llm265.h264.syntax;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.2.2: the slice groups of a picture parameter set (flexible macroblock ordering). Elements that belong to other map types
 * are empty, false or 0.
 *
 * @param numSliceGroups num_slice_groups_minus1 + 1, 2 to 8
 * @param mapType slice_group_map_type, 0 to 6
 * @param runLength type 0: run_length_minus1 + 1, one per slice group
 * @param topLeft type 2: top_left, one per slice group except the last
 * @param bottomRight type 2: bottom_right, one per slice group except the last
 * @param changeDirectionFlag types 3 to 5: slice_group_change_direction_flag
 * @param changeRate types 3 to 5: SliceGroupChangeRate, 1 to PicSizeInMapUnits
 * @param sliceGroupId type 6: slice_group_id, one per map unit
 */
public record SliceGroups(
    int numSliceGroups,
    int mapType,
    List<Integer> runLength,
    List<Integer> topLeft,
    List<Integer> bottomRight,
    boolean changeDirectionFlag,
    int changeRate,
    List<Integer> sliceGroupId) {

  private static final String CLAUSE = "7.4.2.2";

  public SliceGroups {
    runLength = List.copyOf(runLength);
    topLeft = List.copyOf(topLeft);
    bottomRight = List.copyOf(bottomRight);
    sliceGroupId = List.copyOf(sliceGroupId);
  }

  static SliceGroups parse(RbspReader reader, int numSliceGroups, SeqParameterSet sps) {
    int picSizeInMapUnits = sps.picSizeInMapUnits();
    int mapType = reader.readUe("slice_group_map_type", CLAUSE, 6);
    List<Integer> runLength = new ArrayList<>();
    List<Integer> topLeft = new ArrayList<>();
    List<Integer> bottomRight = new ArrayList<>();
    List<Integer> sliceGroupId = new ArrayList<>();
    boolean changeDirectionFlag = false;
    int changeRate = 0;
    switch (mapType) {
      case 0 -> {
        for (int i = 0; i < numSliceGroups; i++) {
          runLength.add(1 + reader.readUe(reader.indexed("run_length_minus1", i), CLAUSE, picSizeInMapUnits - 1));
        }
      }
      case 2 -> {
        for (int i = 0; i < numSliceGroups - 1; i++) {
          topLeft.add(reader.readUe(reader.indexed("top_left", i), CLAUSE, picSizeInMapUnits - 1));
          bottomRight.add(reader.readUe(reader.indexed("bottom_right", i), CLAUSE, picSizeInMapUnits - 1));
          checkRectangle(topLeft.get(i), bottomRight.get(i), sps.format().widthInMbs());
        }
      }
      case 3, 4, 5 -> {
        if (numSliceGroups != 2) {
          throw new MalformedStreamException(
              "slice_group_map_type", CLAUSE, mapType + " with " + numSliceGroups + " slice groups, not 2");
        }
        changeDirectionFlag = reader.readFlag("slice_group_change_direction_flag");
        changeRate = 1 + reader.readUe("slice_group_change_rate_minus1", CLAUSE, picSizeInMapUnits - 1);
      }
      case 6 -> parseSliceGroupIds(reader, numSliceGroups, picSizeInMapUnits, sliceGroupId);
      default -> {
        // 1, dispersed: no more elements
      }
    }
    return new SliceGroups(
        numSliceGroups, mapType, runLength, topLeft, bottomRight, changeDirectionFlag, changeRate, sliceGroupId);
  }

  private static void checkRectangle(int topLeft, int bottomRight, int picWidthInMbs) {
    if (topLeft > bottomRight || topLeft % picWidthInMbs > bottomRight % picWidthInMbs) {
      throw new MalformedStreamException("top_left", CLAUSE, topLeft + " is not left above " + bottomRight);
    }
  }

  private static void parseSliceGroupIds(
      RbspReader reader, int numSliceGroups, int picSizeInMapUnits, List<Integer> sliceGroupId) {
    int count = 1 + reader.readUe("pic_size_in_map_units_minus1", CLAUSE, picSizeInMapUnits - 1);
    if (count != picSizeInMapUnits) {
      throw new MalformedStreamException(
          "pic_size_in_map_units_minus1", CLAUSE, count - 1 + " is not PicSizeInMapUnits - 1");
    }
    int bits = bitsOfSliceGroupId(numSliceGroups);
    for (int i = 0; i < count; i++) {
      int id = reader.readInt(bits, reader.indexed("slice_group_id", i));
      if (id >= numSliceGroups) {
        throw new MalformedStreamException("slice_group_id", CLAUSE, id + " is not in 0.." + (numSliceGroups - 1));
      }
      sliceGroupId.add(id);
    }
  }

  /** Ceil( Log2( num_slice_groups_minus1 + 1 ) ). */
  private static int bitsOfSliceGroupId(int numSliceGroups) {
    return 32 - Integer.numberOfLeadingZeros(numSliceGroups - 1);
  }

  /** Whether slice headers hold slice_group_change_cycle. */
  public boolean changes() {
    return mapType >= 3 && mapType <= 5;
  }

  /** Number of bits of slice_group_change_cycle: Ceil( Log2( PicSizeInMapUnits / SliceGroupChangeRate + 1 ) ), 7.4.3. */
  int bitsOfChangeCycle(int picSizeInMapUnits) {
    return 32 - Integer.numberOfLeadingZeros(maxChangeCycle(picSizeInMapUnits));
  }

  /** Ceil( PicSizeInMapUnits / SliceGroupChangeRate ). */
  int maxChangeCycle(int picSizeInMapUnits) {
    return (picSizeInMapUnits + changeRate - 1) / changeRate;
  }

  void write(RbspWriter writer) {
    writer.writeUe(mapType);
    switch (mapType) {
      case 0 -> runLength.forEach(run -> writer.writeUe(run - 1));
      case 2 -> {
        for (int i = 0; i < topLeft.size(); i++) {
          writer.writeUe(topLeft.get(i));
          writer.writeUe(bottomRight.get(i));
        }
      }
      case 3, 4, 5 -> {
        writer.writeFlag(changeDirectionFlag);
        writer.writeUe(changeRate - 1);
      }
      case 6 -> {
        writer.writeUe(sliceGroupId.size() - 1);
        int bits = bitsOfSliceGroupId(numSliceGroups);
        sliceGroupId.forEach(id -> writer.writeBits(bits, id));
      }
      default -> {
        // 1, dispersed: no more elements
      }
    }
  }
}
