package llm265.quantized;

import java.util.Arrays;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;

/** Which scale of its row each column has: in order of columns, or as a tensor {@code g_idx} says that lists them. */
final class ColumnGroups {
  private ColumnGroups() {}

  /** Groups of columns that lie together. */
  static int[] inOrder(int columns, int columnBlock) {
    int[] groups = new int[columns];
    Arrays.setAll(groups, i -> i / columnBlock);
    return groups;
  }

  /**
   * Groups by a list of I32, or null if one of them is -1, which stands for a list that is not in use.
   *
   * @param tensors name what is wrong
   * @param count number of groups
   */
  static int[] listed(NamedTensors tensors, TensorView list, int count) {
    int[] groups = new int[(int) list.count()];
    boolean isUsed = true;
    for (int i = 0; i < groups.length; i++) {
      groups[i] = list.data().get(LittleEndian.INT, 4L * i);
      if (groups[i] < -1 || groups[i] >= count) {
        throw tensors.fault(list.name(), "names group " + groups[i] + " of " + count);
      }
      isUsed &= groups[i] >= 0;
    }
    return isUsed ? groups : null;
  }
}
