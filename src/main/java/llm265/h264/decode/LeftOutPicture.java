package llm265.h264.decode;

import java.util.List;

/**
 * A coded picture that is not decoded, since it has slices other than I slices.
 *
 * @param index its number in the stream; for a field, the number of its frame
 * @param byteOffset offset of its first slice NAL unit in the stream
 * @param field whether it is a field
 * @param sliceTypes the types of its slices, named as in Table 7-6 and in its order: P, B, I, SP, SI
 */
public record LeftOutPicture(int index, long byteOffset, boolean field, List<String> sliceTypes) {
  public LeftOutPicture {
    sliceTypes = List.copyOf(sliceTypes);
  }
}
