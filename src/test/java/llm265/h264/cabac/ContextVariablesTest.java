package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ContextVariablesTest {
  private static int packed(int pStateIdx, int valMps) {
    return (pStateIdx << 1) | valMps;
  }

  @Test
  void statesFollowEquation95() {
    ContextVariables contexts = new ContextVariables();
    contexts.init(26);
    // ctxIdx 60: (0 * 26 >> 4) + 41 = 41, the less probable half: 63 - 41
    assertThat(contexts.packedState(60)).isEqualTo(packed(22, 0));
    // ctxIdx 85: (-17 * 26 >> 4) + 123 = -28 + 123 = 95, rounded towards minus infinity: 95 - 64
    assertThat(contexts.packedState(85)).isEqualTo(packed(31, 1));
    // ctxIdx 399: (31 * 26 >> 4) + 21 = 71
    assertThat(contexts.packedState(399)).isEqualTo(packed(7, 1));
  }

  @Test
  void preCtxStateIsClippedTo1And126() {
    ContextVariables contexts = new ContextVariables();
    contexts.init(0);
    // ctxIdx 3: n = -15
    assertThat(contexts.packedState(3)).isEqualTo(packed(62, 0));
    // ctxIdx 1023: n = 127
    assertThat(contexts.packedState(1023)).isEqualTo(packed(62, 1));
  }

  @Test
  void sliceQpIsClippedTo0And51() {
    ContextVariables contexts = new ContextVariables();
    ContextVariables clipped = new ContextVariables();
    contexts.init(-12);
    clipped.init(0);
    assertThat(contexts.sameStates(clipped)).isTrue();
    clipped.init(51);
    assertThat(contexts.sameStates(clipped)).isFalse();
    contexts.init(52);
    assertThat(contexts.sameStates(clipped)).isTrue();
  }

  @Test
  void copiesAreIndependent() {
    ContextVariables contexts = new ContextVariables();
    ContextVariables copy = new ContextVariables();
    contexts.init(40);
    copy.copyFrom(contexts);
    assertThat(copy.sameStates(contexts)).isTrue();
    copy.setPackedState(100, contexts.packedState(100) ^ 1);
    assertThat(copy.sameStates(contexts)).isFalse();
  }

  @Test
  void onlyStatesThatAreCanBeSet() {
    ContextVariables contexts = new ContextVariables();
    assertThatIllegalArgumentException().isThrownBy(() -> contexts.setPackedState(60, 128));
    assertThatIllegalArgumentException().isThrownBy(() -> contexts.setPackedState(60, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> contexts.setPackedState(BinString.TERMINATE, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> contexts.setPackedState(1024, 3));
  }
}
