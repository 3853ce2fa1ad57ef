package llm265.h264.encode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.transform.LevelScale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Coding a macroblock allocates nothing. */
class SliceEncoderHeapAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource(value = Content.class, names = {"GAUSSIAN", "EDGES", "NOISE"})
  void codingMacroblocksAllocatesNothing(Content content) {
    Picture source = RandomPictures.of(content, 160, 160, ChromaFormat.YUV420, 1);
    Picture reconstruction = new Picture(source.format());
    PictureMbState state = new PictureMbState(10, 10);
    MacroblockReconstructor reconstructor = new MacroblockReconstructor(source.format());
    reconstructor.useParameters(LevelScale.FLAT, 0, 0);
    reconstructor.begin(reconstruction);
    for (EncoderConfig config : new EncoderConfig[] {
        EncoderConfig.TENSOR, EncoderConfig.WHITE_TENSOR, EncoderConfig.TENSOR.withLevelTrellis(true),
        EncoderConfig.WHITE_TENSOR.withLevelTrellis(true), EncoderConfig.TENSOR.withLossless(true)}) {
      reconstructor.useTransformBypass(config.lossless());
      SliceEncoder encoder =
          new SliceEncoder(config, source.format(), state, reconstructor, new QuantizerScales(LevelScale.FLAT, 8, 0), 0);
      // Buffers and tables are made on first use, and the vector kernels allocate until they are compiled.
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 2000 && least > 0; i++) {
        state.clear();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        encoder.encode(source, null, reconstruction, 0, 0, 100, config.lossless() ? 0 : 20, null);
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("bytes for 100 macroblocks").isZero();
    }
  }
}
