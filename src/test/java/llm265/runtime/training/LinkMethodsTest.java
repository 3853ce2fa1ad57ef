package llm265.runtime.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import llm265.runtime.exchange.TensorLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkMethodsTest {
  private static float[] values() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[256 * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "raw, 16, 16, 45", "codec-3.5, 3.3, 3.7, 17", "codec-rows-3.5, 3.3, 3.7, 17", "codec-plain-3.5, 3.3, 3.7, 17",
    "codec-twice-3.5, 6.6, 7.4, 35", "rtn-token-4, 4.1, 5, 17", "rtn-group-8, 8.1, 9, 40",
    "codec-exact-3.5, 3.3, 4.5, 16"
  })
  void linksSendAtTheirRates(String name, double least, double most, double snr) {
    TensorLink link = LinkMethods.create(name);
    float[] values = values();
    double bits = 0;
    for (int step = 0; step < 4; step++) {
      values = values();
      bits = (double) link.send(values, 256, 64) / values.length;
    }
    assertThat(bits).isBetween(least, most);
    double signal = 0;
    double noise = 0;
    float[] sent = values();
    for (int i = 0; i < sent.length; i++) {
      signal += (double) sent[i] * sent[i];
      noise += ((double) sent[i] - values[i]) * (sent[i] - values[i]);
    }
    assertThat(10 * StrictMath.log10(signal / noise)).isGreaterThan(snr);
  }

  @Test
  void smallGradientsAreLostInScalesOfHalfPrecisionUnlessTheLossIsScaled() {
    float[] values = values();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1e-7f;
    }
    float[] scaled = values.clone();
    LinkMethods.create("rtn-group-8").send(values, 256, 64);
    LinkMethods.create("rtn-group-scaled-8").send(scaled, 256, 64);
    assertThat(values).containsOnly(0);
    float[] sent = values();
    double noise = 0;
    for (int i = 0; i < sent.length; i++) {
      double error = scaled[i] / 1e-7 - sent[i];
      noise += error * error / sent.length;
    }
    assertThat(noise).isLessThan(1e-3);
  }

  @Test
  void unknownNamesAreTold() {
    assertThatIllegalArgumentException().isThrownBy(() -> LinkMethods.create("rwa-3"))
        .withMessageStartingWith("rwa-3 is not raw, or one of codec");
    for (String wrong : new String[] {"RAW", "raw-3", "codec", "codec-", "codec-99", "rtn-token-2.5", "rtn-token-9", "-3", ""}) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> LinkMethods.create(wrong));
    }
  }
}
