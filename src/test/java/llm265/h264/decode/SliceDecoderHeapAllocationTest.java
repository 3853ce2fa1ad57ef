package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;
import llm265.h264.transform.LevelScale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decoding a macroblock allocates nothing. */
class SliceDecoderHeapAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource(value = Content.class, names = {"GAUSSIAN", "EDGES", "NOISE"})
  void decodingMacroblocksAllocatesNothing(Content content) {
    Picture source = RandomPictures.of(content, 160, 160, ChromaFormat.YUV420, 1);
    for (EncoderConfig config : new EncoderConfig[] {EncoderConfig.TENSOR, EncoderConfig.WHITE_TENSOR}) {
      CodedPicture coded = coded(source, config);
      PictureMbState state = new PictureMbState(10, 10);
      MacroblockReconstructor reconstructor = new MacroblockReconstructor(source.format());
      reconstructor.useParameters(LevelScale.FLAT, 0, 0);
      reconstructor.begin(new Picture(source.format()));
      SliceDecoder decoder = new SliceDecoder();
      // Vector kernels allocate until they are compiled.
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 2000 && least > 0; i++) {
        state.clear();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int decoded = decoder.decode(coded.slices().getFirst(), source.format(), false, null, state, reconstructor, null, 0);
        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        assertThat(decoded).isEqualTo(100);
      }
      assertThat(least).as("bytes for 100 macroblocks").isZero();
    }
  }

  private static CodedPicture coded(Picture source, EncoderConfig config) {
    H264IntraEncoder encoder = new H264IntraEncoder(config, source.format());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    out.writeBytes(encoder.encode(source, 20, 0).slices());
    List<CodedPicture> pictures = new ArrayList<>();
    CodedPictureReader reader = new CodedPictureReader(DecoderLimits.DEFAULT, DecodingMode.STRICT, pictures::add);
    reader.read(new ByteStream(out.toByteArray()));
    return pictures.getFirst();
  }
}
