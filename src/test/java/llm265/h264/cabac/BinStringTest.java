package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BinStringTest {
  @Test
  void binsComeBackAsTheyWereAppended() {
    BinString bins = new BinString();
    for (int i = 0; i < 5000; i++) {
      bins.decision(i & 1023, (i >> 1) & 1);
    }
    bins.bypass(1);
    bins.terminate(0);
    assertThat(bins.size()).isEqualTo(5002);
    assertThat(bins.operation(1023)).isEqualTo((1023 << 1) | 1);
    assertThat(bins.operation(4998)).isEqualTo(((4998 & 1023) << 1) | 1);
    assertThat(bins.operation(5000)).isEqualTo((BinString.BYPASS << 1) | 1);
    assertThat(bins.operation(5001)).isEqualTo(276 << 1);
  }

  @Test
  void aStringBeginsAnew() {
    BinString bins = new BinString();
    bins.decision(3, 1);
    bins.reset();
    assertThat(bins.size()).isZero();
    bins.terminate(1);
    assertThat(bins.operation(0)).isEqualTo((276 << 1) | 1);
  }
}
