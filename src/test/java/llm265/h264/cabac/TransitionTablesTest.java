package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class TransitionTablesTest {
  @Test
  void rangesAreThoseOfTable944() {
    assertThat(TransitionTables.rangeTabLps(0, 0)).isEqualTo(128);
    assertThat(TransitionTables.rangeTabLps(0, 3)).isEqualTo(240);
    assertThat(TransitionTables.rangeTabLps(24, 1)).isEqualTo(50);
    assertThat(TransitionTables.rangeTabLps(62, 0)).isEqualTo(6);
    assertThat(TransitionTables.rangeTabLps(63, 2)).isEqualTo(2);
    CRC32 checksum = new CRC32();
    for (int pStateIdx = 0; pStateIdx < 64; pStateIdx++) {
      for (int q = 0; q < 4; q++) {
        checksum.update(TransitionTables.rangeTabLps(pStateIdx, q));
      }
    }
    assertThat(checksum.getValue()).isEqualTo(0xDB858CD6L);
  }

  @Test
  void transitionsAreThoseOfTable945() {
    CRC32 checksum = new CRC32();
    for (int pStateIdx = 0; pStateIdx < 63; pStateIdx++) {
      checksum.update(TransitionTables.transIdxLps(pStateIdx));
      assertThat(TransitionTables.transIdxMps(pStateIdx)).isEqualTo(Math.min(pStateIdx + 1, 62));
    }
    assertThat(checksum.getValue()).isEqualTo(0x6C919385L);
    assertThat(TransitionTables.transIdxLps(63)).isEqualTo(63);
    assertThat(TransitionTables.transIdxMps(63)).isEqualTo(63);
  }

  @Test
  void theMoreProbableSymbolChangesOnlyInStateZero() {
    assertThat(TransitionTables.nextState(0, 1)).isEqualTo(1);
    assertThat(TransitionTables.nextState(1, 0)).isEqualTo(0);
    for (int state = 2; state < 128; state++) {
      for (int binVal = 0; binVal < 2; binVal++) {
        assertThat(TransitionTables.nextState(state, binVal) & 1).isEqualTo(state & 1);
      }
    }
  }

  @Test
  void contextWordsSayTheSame() {
    for (int state = 0; state < 126; state++) {
      long word = TransitionTables.CONTEXT_WORD[state];
      for (int codIRange = 256; codIRange <= 510; codIRange++) {
        assertThat((word << ((codIRange >>> 3) & 24) >>> 54) & 0xFF)
            .isEqualTo(TransitionTables.rangeTabLps(state >> 1, (codIRange >> 6) & 3));
      }
      int lps = (int) word & 0xFF;
      int mps = (int) (word + 1) & 0xFF;
      assertThat(mps & 1).isEqualTo(state & 1);
      assertThat(lps & 1).isEqualTo(1 - (state & 1));
      assertThat(TransitionTables.DECISION[mps])
          .isEqualTo(TransitionTables.CONTEXT_WORD[TransitionTables.nextState(state, mps & 1)]);
      assertThat(TransitionTables.DECISION[lps])
          .isEqualTo(TransitionTables.CONTEXT_WORD[TransitionTables.nextState(state, lps & 1)]);
    }
  }
}
