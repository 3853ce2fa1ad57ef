package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
  void stringsAreJoinedAndCut() {
    BinString first = new BinString();
    first.decision(3, 1);
    BinString second = new BinString();
    for (int i = 0; i < 3000; i++) {
      second.decision(60, i & 1);
    }
    first.append(second);
    first.append(second, 1, 2);
    assertThat(first.size()).isEqualTo(3002);
    assertThat(first.operation(3001)).isEqualTo((60 << 1) | 1);
    first.truncate(1);
    assertThat(first.size()).isEqualTo(1);
    assertThatIllegalArgumentException().isThrownBy(() -> first.truncate(2));
    first.reset();
    assertThat(first.size()).isZero();
  }
}
