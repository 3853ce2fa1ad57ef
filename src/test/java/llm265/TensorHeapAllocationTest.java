package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import llm265.kernel.KernelLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Small tensors, such as pages of a KV cache, do not build encoders and decoders anew with each call.
 *
 * <p>It runs with scalar kernels alone: what is built for a call is the same with all kernels, and in one JVM of ten C2
 * leaves vectors of a whole encoder on the heap for good.
 */
@EnabledIfSystemProperty(named = KernelLoader.PROPERTY, matches = "scalar")
class TensorHeapAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int VALUES = 8192;

  /** With encoders made anew it was 1,660 KB. */
  private static final long MOST_OF_ENCODING = 1100 << 10;

  /** With decoders made anew it was 690 KB. */
  private static final long MOST_OF_DECODING = 150 << 10;

  private static long least(Runnable work, long enough) {
    long least = Long.MAX_VALUE;
    // The first calls make what later ones use.
    for (int i = 0; i < 300 && least > enough; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void whatCodingNeedsWaitsForTheNextCall() {
    float[] values = TensorEncoderTest.gaussian(VALUES, 3);
    TensorEncoder encoder = TensorEncoder.atBits(3);
    assertThat(least(() -> encoder.encode(values, 64, 128), MOST_OF_ENCODING)).isLessThan(MOST_OF_ENCODING);
    byte[] stream = encoder.encode(values, 64, 128);
    assertThat(least(() -> TensorDecoder.decode(stream), MOST_OF_DECODING)).isLessThan(MOST_OF_DECODING);
  }
}
