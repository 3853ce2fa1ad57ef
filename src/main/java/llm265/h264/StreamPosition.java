package llm265.h264;

/**
 * Where in a stream a fault was found. Every part may be unknown.
 *
 * @param nalIndex index of the NAL unit in the stream, or -1
 * @param byteOffset offset of that NAL unit's first byte in the stream, or -1
 * @param mbAddr macroblock address within the picture, or -1
 */
public record StreamPosition(int nalIndex, long byteOffset, int mbAddr) {
  public static final StreamPosition UNKNOWN = new StreamPosition(-1, -1, -1);

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (nalIndex >= 0) {
      text.append("NAL unit ").append(nalIndex);
    }
    if (byteOffset >= 0) {
      text.append(text.isEmpty() ? "" : ", ").append("byte ").append(byteOffset);
    }
    if (mbAddr >= 0) {
      text.append(text.isEmpty() ? "" : ", ").append("macroblock ").append(mbAddr);
    }
    return text.toString();
  }
}
