package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import llm265.TensorEncoderTest;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import llm265.moments.InputMoments;
import llm265.rate.Allocation;
import llm265.rate.RateTarget;
import llm265.tensor.encode.Known;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the tensors of a file share its bits. */
class ModelAllocationTest {
  @TempDir Path folder;

  private static TensorView gaussian(String name, double deviation, int rows, int columns) {
    float[] values = TensorEncoderTest.gaussian(rows * columns, name.hashCode());
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) deviation;
    }
    return TensorView.copyOf(name, new long[] {rows, columns}, values);
  }

  private CompressionReport compress(ModelCompressor compressor, TensorView... tensors) throws IOException {
    Path model = folder.resolve("model.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
    return compressor.compress(model, folder.resolve("small.safetensors"));
  }

  private static double bits(CompressionReport report, int tensor) {
    return report.tensors().get(tensor).encoded().bitsPerValue();
  }

  /** Mean squared error of a tensor, by its deviation. */
  private static double error(CompressionReport report, int tensor, double deviation) {
    return deviation * deviation * Math.pow(10, -report.tensors().get(tensor).encoded().snr() / 10);
  }

  private static TensorView[] layers() {
    return new TensorView[] {
      gaussian("layers.0.weight", 0.5, 96, 160), gaussian("layers.1.weight", 1, 96, 160), gaussian("layers.2.weight", 2, 96, 160)
    };
  }

  @ParameterizedTest
  @EnumSource(Allocation.class)
  void fileMeetsItsRateHoweverBitsAreShared(Allocation allocation) throws IOException {
    for (double bits : new double[] {1, 3, 5}) {
      CompressionReport report =
          compress(ModelCompressor.at(new RateTarget.Bits(bits)).withAllocation(allocation), layers());
      assertThat(report.bitsPerValue()).isCloseTo(bits, within(0.005 * bits));
    }
  }

  /** Probes may turn a plane to its axes; with feedback from input to input it stays as it is. */
  @Test
  void whatAProbeChoosesIsNotForCalibratedTensors() {
    ModelSettings settings = ModelSettings.at(new RateTarget.Bits(3));
    InputMoments moments = new InputMoments(new double[160 * 160], new double[160], 10);
    ModelSettings calibrated = settings.with(
        settings.sharing().withMoments(name -> name.equals("layers.1.weight") ? moments : null));
    double bytes = 3 * 96 * 160 * 3 / 8.0;
    Known[] known = LocalPlan.of(calibrated, List.of(layers()), bytes, bytes).known();
    assertThat(known[0].choice()).isNotNull();
    assertThat(known[1].choice()).isNull();
    assertThat(known[1].curve()).isNull();
    assertThat(LocalPlan.of(settings, List.of(layers()), bytes, bytes).known()[1].choice()).isNotNull();
  }

  @Test
  void uniformGivesEachValueTheSame() throws IOException {
    CompressionReport report =
        compress(ModelCompressor.at(new RateTarget.Bits(3)).withAllocation(Allocation.UNIFORM), layers());

    assertThat(bits(report, 0)).isCloseTo(bits(report, 2), within(0.01));
  }

  private static ModelCompressor slope(double bitsPerValue) {
    return ModelCompressor.at(new RateTarget.Bits(bitsPerValue)).withAllocation(Allocation.SLOPE);
  }

  @Test
  void scalesOfTensorsSayNothingIfNothingIsAskedFor() throws IOException {
    CompressionReport report = compress(
        ModelCompressor.at(new RateTarget.Bits(3)), gaussian("large", 100, 96, 160), gaussian("small", 0.01, 96, 160));

    assertThat(bits(report, 0)).isCloseTo(3, within(0.1));
    assertThat(bits(report, 1)).isCloseTo(3, within(0.1));
    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.015));
  }

  @Test
  void slopeMakesTheErrorTheSameEverywhere() throws IOException {
    for (boolean plainSamples : new boolean[] {true, false}) {
      CompressionReport report =
          compress(slope(3.5).withPlainSamples(plainSamples), layers());

      // Low bits begin between the rates that are measured, so that a planned rate is off by some hundredths of a bit.
      double most = plainSamples ? 0.4 : 0.5;
      assertThat(10 * Math.log10(error(report, 0, 0.5) / error(report, 1, 1))).isCloseTo(0, within(most));
      assertThat(10 * Math.log10(error(report, 2, 2) / error(report, 1, 1))).isCloseTo(0, within(most));
      assertThat(bits(report, 2) - bits(report, 0)).isCloseTo(2, within(0.15));
    }
  }

  @Test
  void linearGrowsWithTheLayerWhereThatSavesError() throws IOException {
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Bits(3)).withAllocation(Allocation.LINEAR);
    CompressionReport report = compress(compressor, layers());

    assertThat(bits(report, 1) - bits(report, 0)).isCloseTo(bits(report, 2) - bits(report, 1), within(0.02));
    assertThat(bits(report, 1) - bits(report, 0)).isCloseTo(1, within(0.1));
  }

  @Test
  void noTensorIsWipedOutForBeingSmall() throws IOException {
    CompressionReport report =
        compress(slope(3), gaussian("large", 100, 96, 160), gaussian("small", 0.01, 96, 160));

    assertThat(bits(report, 1)).isCloseTo(1.5, within(0.05));
    assertThat(report.tensors().get(1).encoded().snr()).isGreaterThan(6.5);
    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.015));
  }

  @Test
  void constantsTakeNoBitsFromTheOthers() throws IOException {
    TensorView constant = TensorView.copyOf("constant", new long[] {100, 100}, new float[10_000]);
    CompressionReport report =
        compress(slope(3), constant, gaussian("a", 1, 96, 160), gaussian("b", 2, 96, 160));

    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.015));
    assertThat(bits(report, 2) - bits(report, 1)).isCloseTo(1, within(0.1));
  }

  @Test
  void protectedTensorsHaveTheirOwnRate() throws IOException {
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Bits(3))
        .withProtected(Pattern.compile("s\\.2"), 5)
        .withProtected(Pattern.compile("weight$"), 2);
    List<TensorView> tensors = new ArrayList<>(List.of(layers()));
    tensors.add(gaussian("head", 1, 96, 160));
    CompressionReport report = compress(compressor, tensors.toArray(TensorView[]::new));

    assertThat(bits(report, 0)).isCloseTo(2, within(0.005));
    assertThat(bits(report, 1)).isCloseTo(2, within(0.005));
    assertThat(bits(report, 2)).isCloseTo(5, within(0.01));
    assertThat(report.bitsPerValue()).isCloseTo(3, within(0.015));
  }

  @Test
  void protectedTensorsKeepTheirRateBesideOtherTargets() throws IOException {
    ModelCompressor compressor =
        ModelCompressor.at(new RateTarget.Snr(12)).withProtected(Pattern.compile("layers.1"), 4);
    CompressionReport report = compress(compressor, layers());

    assertThat(bits(report, 1)).isCloseTo(4, within(0.01));
    assertThat(report.tensors().get(0).encoded().snr()).isCloseTo(12, within(0.05));
  }

  @Test
  void protectionThatCannotBeMetIsRefused() {
    ModelCompressor compressor = ModelCompressor.at(new RateTarget.Bits(2));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> compress(compressor.withProtected(Pattern.compile("layers.[01]"), 5), layers()))
        .withMessageContaining("leave -4").withMessageContaining("bits per value");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compress(compressor.withProtected(Pattern.compile(""), 2), layers()))
        .withMessageContaining("none is left");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compress(compressor.withProtected(Pattern.compile("lm_head"), 5), layers()))
        .withMessageContaining("lm_head");
    assertThatIllegalArgumentException().isThrownBy(() -> compressor.withProtected(Pattern.compile("a"), 0));
    assertThatIllegalArgumentException().isThrownBy(() -> compressor.withProtected(Pattern.compile("a"), 14.1));
    assertThat(folder.resolve("small.safetensors")).doesNotExist();
  }
}
