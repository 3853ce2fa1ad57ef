package llm265.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;

class RateDistortionTest {
  @Test
  void whatAQualityIsMissedByIsCountedAsBits() {
    assertThat(RateDistortion.bitsAt(16, new RatePoint(3, 16))).isEqualTo(3);
    assertThat(RateDistortion.bitsAt(16, new RatePoint(3, 15.97))).isCloseTo(3.005, within(1e-4));
    assertThat(RateDistortion.bitsAt(16, new RatePoint(3, 16.03))).isCloseTo(2.995, within(1e-4));
  }

  @Test
  void aQualityThatIsOutOfReachCostsAllThatIsMissing() {
    assertThat(RateDistortion.bitsAt(46.0206, new RatePoint(7, 40))).isCloseTo(8, within(1e-6));
  }

  @Test
  void betterThanWasAskedForEarnsNextToNothing() {
    assertThat(RateDistortion.bitsAt(10, new RatePoint(2, 40))).isGreaterThan(1.98);
    assertThat(RateDistortion.bitsAt(10, new RatePoint(2, Double.POSITIVE_INFINITY))).isGreaterThan(1.98);
  }

  @Test
  void savingIsAShareOfTheOthersBits() {
    assertThat(new RateDistortion.Saving("", 1, new OwnCoding(Codec.H264, Effort.BEST), 4, 22, 3.8).share())
        .isCloseTo(0.05, within(1e-12));
  }

  @Test
  void savingsAreSummedByEffortAndRate() {
    List<RateDistortion.Summary> summaries = RateDistortion.summarize(List.of(
        new RateDistortion.Saving("a", 100, new OwnCoding(Codec.H264, Effort.FAST), 2, 10, 1.5),
        new RateDistortion.Saving("a", 100, new OwnCoding(Codec.H264, Effort.BEST), 2, 10, 1),
        new RateDistortion.Saving("a", 100, new OwnCoding(Codec.H264, Effort.FAST), 3, 16, 2.7),
        new RateDistortion.Saving("b", 300, new OwnCoding(Codec.H264, Effort.FAST), 2, 10, 1.9)));

    assertThat(summaries).extracting(RateDistortion.Summary::coding).containsExactly(
        new OwnCoding(Codec.H264, Effort.FAST), new OwnCoding(Codec.H264, Effort.BEST), new OwnCoding(Codec.H264, Effort.FAST));
    assertThat(summaries).extracting(RateDistortion.Summary::peerBits).containsExactly(2.0, 2.0, 3.0);
    // 150 + 570 bits in place of 800.
    assertThat(summaries.getFirst().share()).isCloseTo(0.1, within(1e-9));
    assertThat(summaries.getFirst().least().source()).isEqualTo("b");
    assertThat(summaries.get(1).share()).isCloseTo(0.5, within(1e-9));
  }
}
