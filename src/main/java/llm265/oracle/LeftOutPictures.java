package llm265.oracle;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import llm265.h264.decode.LeftOutPicture;

/** Counts the pictures that --intra-only leaves out, by the types of their slices. */
public final class LeftOutPictures {
  private final Map<String, Integer> byKind = new TreeMap<>();
  private int count;

  public void add(LeftOutPicture picture) {
    String slices = String.join("/", picture.sliceTypes()) + " slices";
    byKind.merge(picture.field() ? "fields of " + slices : "of " + slices, 1, Integer::sum);
    count++;
  }

  public int count() {
    return count;
  }

  /** The number of pictures, and their kinds. */
  @Override
  public String toString() {
    return count + (count == 1 ? " picture" : " pictures") + " left out: " + byKind.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }
}
