package llm265.h264.decode;

/**
 * The place of a picture in output order (C.4.5).
 *
 * @param sequence counts the pictures that come after all earlier ones in output order: IDR pictures, and those with
 *     memory_management_control_operation 5
 * @param picOrderCnt PicOrderCnt( ) of the frame or field (8-1), after memory_management_control_operation 5
 */
public record OutputOrder(int sequence, long picOrderCnt) implements Comparable<OutputOrder> {
  @Override
  public int compareTo(OutputOrder other) {
    return sequence != other.sequence
        ? Integer.compare(sequence, other.sequence) : Long.compare(picOrderCnt, other.picOrderCnt);
  }

  /** The place of the frame whose first field this is. */
  OutputOrder withSecondField(OutputOrder second) {
    return second.sequence == sequence && second.picOrderCnt < picOrderCnt ? second : this;
  }
}
