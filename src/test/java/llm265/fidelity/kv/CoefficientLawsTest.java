package llm265.fidelity.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import llm265.baseline.kv.PageStatistics;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.IdentityTransform;
import org.junit.jupiter.api.Test;

class CoefficientLawsTest {
  @Test
  void classesAreQuartersOfAnOctave() {
    assertThat(CoefficientLaws.classOf(CoefficientLaws.deviation(17))).isEqualTo(17);
    assertThat(CoefficientLaws.classOf(2 * CoefficientLaws.deviation(17))).isEqualTo(21);
    assertThat(CoefficientLaws.classOf(0)).isZero();
  }

  /** Rates and errors of pages of normal coefficients: 6 dB a bit, and .1 to .25 bits above Shannon's bound. */
  @Test
  void pagesAreNearShannonsBound() {
    int channels = 64;
    int tokens = 256;
    SplittableRandom random = new SplittableRandom(3);
    float[] means = new float[channels];
    float[] deviations = new float[channels];
    float[] rows = new float[tokens * channels];
    for (int i = 0; i < channels; i++) {
      means[i] = i % 7 - 3;
      deviations[i] = 0.5f + i % 5;
    }
    double bound = 0;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) (means[i % channels] + deviations[i % channels] * random.nextGaussian());
    }
    float[] read = rows.clone();
    PageStatistics statistics = new PageStatistics();
    CoefficientModel model = new CoefficientModel(new IdentityTransform(channels), means, deviations);
    int bytes = new PageCoder(CoefficientLaws.usual(), statistics).code(model, 0.5f, read, 0, tokens, 0);
    double error = 0;
    for (int i = 0; i < rows.length; i++) {
      error += (read[i] - rows[i]) * (read[i] - rows[i]) / (double) rows.length;
    }
    for (float deviation : deviations) {
      bound += 0.5 * Math.log(deviation * deviation / error) / Math.log(2) / channels;
    }
    double rate = 8.0 * bytes / rows.length;
    assertThat(error).isCloseTo(0.28 * 0.25, within(0.02));
    assertThat(rate - bound).isBetween(0.08, 0.25);
    assertThat(statistics.meanBytes()).isEqualTo(bytes);
    assertThat(statistics.bytes99()).isEqualTo(bytes);
    assertThat(statistics.decodeRate()).isPositive();
  }
}
