package llm265.h264.encode;

/** The plain reading of {@link DistortionKernels}. */
public final class ScalarDistortionKernels implements DistortionKernels {
  @Override
  public long subtract(
      short[] source,
      int sourceOffset,
      int sourceStride,
      short[] prediction,
      int predictionOffset,
      int predictionStride,
      int width,
      int height,
      int shift,
      int[] residual) {
    long sum = 0;
    for (int y = 0; y < height; y++) {
      int from = sourceOffset + y * sourceStride;
      int predicted = predictionOffset + y * predictionStride;
      for (int x = 0; x < width; x++) {
        int difference = source[from + x] - (prediction[predicted + x] << shift);
        residual[y * width + x] = difference;
        sum += (long) difference * difference;
      }
    }
    return sum;
  }

  @Override
  public long squaredError(
      short[] a, int aOffset, int aStride, short[] b, int bOffset, int bStride, int width, int height,
      int shift) {
    long sum = 0;
    for (int y = 0; y < height; y++) {
      int rowA = aOffset + y * aStride;
      int rowB = bOffset + y * bStride;
      for (int x = 0; x < width; x++) {
        int difference = a[rowA + x] - (b[rowB + x] << shift);
        sum += (long) difference * difference;
      }
    }
    return sum;
  }
}
