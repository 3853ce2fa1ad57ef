package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import llm265.baseline.Synthetic;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import llm265.rate.RateTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratedQualityTest {
  private static final int INPUTS = 160;

  @TempDir Path folder;

  @Test
  void weightsOfInputsThatHardlyCountMayLoseNearlyAll() throws IOException {
    Random random = new Random(2);
    float[] weights = new float[96 * INPUTS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    Path model = folder.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 1024)) {
      writer.add(TensorView.copyOf("layer", new long[] {96, INPUTS}, weights));
      writer.commit(Map.of());
    }
    ModelCompressor compressor =
        ModelCompressor.at(new RateTarget.Bits(1.3)).withCalibration(name -> Synthetic.moments(INPUTS, 3));
    CompressionReport.Tensor tensor;
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      tensor = compressor.compress(checkpoint, folder.resolve("out.safetensors")).tensors().getFirst();
    }

    assertThat(tensor.encoded().snr()).isLessThan(ModelCompressor.LEAST_SNR);
    assertThat(tensor.raised()).isFalse();
    assertThat(tensor.encoded().bitsPerValue()).isLessThan(1.4);
  }
}
