package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import org.junit.jupiter.api.Test;

/** Decoding a picture that is not kept allocates a few KB, whatever its size. */
class DecodingHeapAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int PICTURES = 8;
  private static final long MOST = 8 << 10;
  private static final long MOST_OF_A_DECODER = 320 << 10;

  /** It built what an encoder alone needs, 550 KB. */
  @Test
  void aNewDecoderMakesNoTablesOfAnEncoder() {
    Picture source = RandomPictures.of(Content.GAUSSIAN, 48, 48, ChromaFormat.YUV420, 1);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, source.format());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    out.writeBytes(encoder.encode(source, 20, 0).slices());
    byte[] stream = out.toByteArray();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 300 && least > MOST_OF_A_DECODER; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, picture -> { });
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isLessThan(MOST_OF_A_DECODER);
  }

  @Test
  void decodingAPictureAllocatesAFewKilobytes() {
    Picture source = RandomPictures.of(Content.GAUSSIAN, 256, 256, ChromaFormat.YUV420, 1);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.WHITE_TENSOR, source.format());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    for (int i = 0; i < PICTURES; i++) {
      out.writeBytes(encoder.encode(source, 20, i).slices());
    }
    byte[] stream = out.toByteArray();
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    int[] decoded = new int[1];
    PictureReceiver receiver = PictureReceiver.passing(picture -> decoded[0]++);
    // Vector kernels allocate until they are compiled.
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 300 && least > PICTURES * MOST; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      decoder.decode(stream, 0, stream.length, receiver);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(decoded[0]).isPositive();
    assertThat(least / PICTURES).as("bytes a picture").isLessThan(MOST);
  }
}
