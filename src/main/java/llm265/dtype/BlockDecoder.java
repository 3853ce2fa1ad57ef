package llm265.dtype;

/** Makes values of the blocks of one type. No state; any thread may use it. */
interface BlockDecoder {
  /**
   * Decodes a block.
   *
   * @param bytes the block begins at {@code at}
   * @param values receives the block's values from {@code to} on
   */
  void decode(byte[] bytes, int at, float[] values, int to);

  /** The binary16 at a place. */
  static float half(byte[] bytes, int at) {
    return Float.float16ToFloat((short) (bytes[at] & 0xFF | (bytes[at + 1] << 8)));
  }

  /** The 32 bits at a place. */
  static int word(byte[] bytes, int at) {
    return bytes[at] & 0xFF | ((bytes[at + 1] & 0xFF) << 8) | ((bytes[at + 2] & 0xFF) << 16) | (bytes[at + 3] << 24);
  }
}
