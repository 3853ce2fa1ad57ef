package llm265.quantized;

/**
 * Scales of blocks and one scale of the tensor, or of each matrix of a stack. compressed-tensors divides a block's scale by the
 * global one, ModelOpt multiplies by it; both do so in binary32, before a weight is scaled.
 */
record GlobalScale(GridValues blocks, ScaleGrid global, boolean isDivisor) implements GridValues {
  @Override
  public int columns() {
    return blocks.columns();
  }

  @Override
  public void read(long row, float[] values) {
    float[] scale = new float[1];
    global.read(row, scale);
    blocks.read(row, values);
    for (int i = 0; i < columns(); i++) {
      values[i] = isDivisor ? values[i] / scale[0] : values[i] * scale[0];
    }
  }
}
