package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.model.CompressionReport;
import llm265.model.ModelCompressor;
import llm265.model.ModelDecompressor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the README's Java examples, and holds the README to them. */
class ReadmeExampleTest {
  @Test
  void exampleDoesWhatItSays(@TempDir Path folder) throws IOException {
    float[] values = new float[1024 * 1024];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }

    byte[] stream = TensorEncoder.atBits(3).encode(values, 1024, 1024);
    float[] decoded = TensorDecoder.decode(stream);

    TensorDecoder decoder = TensorDecoder.open(stream);
    double snr = decoder.info().snr();
    float[] rows = decoder.decodeSlices(100, 108);

    assertThat(8.0 * stream.length / values.length).isBetween(2.97, 3.01);
    assertThat(snr).isGreaterThan(15.8);
    assertThat(rows).containsExactly(Arrays.copyOfRange(decoded, 100 * 1024, 108 * 1024));

    Path model = folder.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 1000)) {
      writer.add(TensorView.copyOf("w", new long[] {512, 512}, Arrays.copyOf(values, 512 * 512)));
      writer.commit(Map.of());
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      CompressionReport report = ModelCompressor.atBits(3)
          .withThreads(executor, 4)
          .compress(model, folder.resolve("small.safetensors"));
      ModelDecompressor.create().withThreads(executor, 4)
          .decompress(folder.resolve("small.safetensors"), folder.resolve("again.safetensors"));
      assertThat(report.bitsPerValue()).isBetween(2.95, 3.01);
      assertThat(report.bytes()).isEqualTo(Files.size(folder.resolve("small.safetensors")));
      assertThat(Files.size(folder.resolve("again.safetensors"))).isGreaterThan(512 * 512 * 4);
    }
  }

  @Test
  void exampleOfTheCodecDoesWhatItSays() {
    PictureFormat format = PictureFormat.of8Bit(640, 480, ChromaFormat.YUV420);
    Picture picture = new Picture(format);
    for (int i = 0; i < picture.samples(0).length; i++) {
      picture.samples(0)[i] = (short) (i % 251);
    }

    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE, format);
    EncodedPicture coded = encoder.encode(picture, 27, 0);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(encoder.parameterSets());
    file.writeBytes(coded.slices());

    List<Picture> pictures = H264IntraDecoder.decodeAll(file.toByteArray());
    boolean exact = pictures.getFirst().sameSamples(coded.reconstruction());

    assertThat(pictures).hasSize(1);
    assertThat(exact).isTrue();
  }

  @Test
  void readmeShowsTheseExamples() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String[] all = {
      "byte[] stream = TensorEncoder.atBits(3).encode(values, 1024, 1024);",
      "float[] decoded = TensorDecoder.decode(stream);",
      "TensorDecoder decoder = TensorDecoder.open(stream);",
      "double snr = decoder.info().snr();",
      "float[] rows = decoder.decodeSlices(100, 108);",
      "CompressionReport report = ModelCompressor.atBits(3)",
      "ModelDecompressor.create().withThreads(executor, 4)",
      "PictureFormat format = PictureFormat.of8Bit(640, 480, ChromaFormat.YUV420);",
      "Picture picture = new Picture(format);",
      "H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE, format);",
      "EncodedPicture coded = encoder.encode(picture, 27, 0);",
      "file.writeBytes(encoder.parameterSets());",
      "file.writeBytes(coded.slices());",
      "List<Picture> pictures = H264IntraDecoder.decodeAll(file.toByteArray());",
      "boolean exact = pictures.getFirst().sameSamples(coded.reconstruction());",
    };
    for (String line : all) {
      assertThat(readme).contains(line);
    }
  }
}
