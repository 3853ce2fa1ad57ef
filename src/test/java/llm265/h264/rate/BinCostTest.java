package llm265.h264.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.CabacEncodingEngine;
import llm265.h264.cabac.CabacEncodingEngineTest;
import llm265.h264.cabac.ContextVariables;
import org.junit.jupiter.api.Test;

class BinCostTest {
  @Test
  void costsAreMinusTheLogarithmsOfTheProbabilities() {
    assertThat(BinCost.ofBin(0, 0)).isEqualTo(BinCost.BIT);
    assertThat(BinCost.ofBin(0, 1)).isEqualTo(BinCost.BIT);
    // pStateIdx 62 is one step before 0.01875: p = 0.01875 / alpha, alpha = 0.0375^(1/63)
    double p = 0.01875 / Math.pow(0.0375, 1 / 63.0);
    assertThat(BinCost.ofBin((62 << 1) | 1, 0)).isEqualTo((int) Math.round(-Math.log(p) / Math.log(2) * 32768));
    assertThat(BinCost.ofBin((62 << 1) | 1, 1)).isEqualTo((int) Math.round(-Math.log(1 - p) / Math.log(2) * 32768));
    for (int state = 2; state < 126; state++) {
      assertThat(BinCost.ofBin(state, state & 1)).isLessThan(BinCost.ofBin(state, 1 - (state & 1)));
      assertThat(BinCost.ofBin(state, state & 1)).isEqualTo(BinCost.ofBin(state ^ 1, 1 - (state & 1)));
    }
  }

  @Test
  void bypassBinsCostOneBitAndTerminationNextToNothing() {
    ContextVariables contexts = new ContextVariables();
    assertThat(BinCost.ofBin(contexts, BinString.BYPASS, 0)).isEqualTo(BinCost.BIT);
    assertThat(BinCost.ofBin(contexts, BinString.BYPASS, 1)).isEqualTo(BinCost.BIT);
    assertThat(BinCost.ofBin(contexts, BinString.TERMINATE, 0)).isBetween(1, BinCost.BIT / 64);
    assertThat(BinCost.ofBin(contexts, BinString.TERMINATE, 1)).isBetween(7 * BinCost.BIT, 8 * BinCost.BIT);
  }

  @Test
  void adaptiveCostFollowsTheStatesAndIsCloseToTheRealSize() {
    SplittableRandom random = new SplittableRandom(11);
    for (int skew = 8; skew <= 16; skew++) {
      ContextVariables contexts = CabacEncodingEngineTest.randomContexts(random);
      ContextVariables counting = new ContextVariables();
      BinString bins = CabacEncodingEngineTest.randomBins(random, 50_000, skew, contexts);
      long cost = BinCost.adaptive(bins, contexts, counting);
      CabacEncodingEngine engine = new CabacEncodingEngine();
      engine.init();
      engine.encode(bins, contexts);

      assertThat(counting.sameStates(contexts)).isTrue();
      double real = engine.bitCount();
      assertThat(cost / (double) BinCost.BIT).isCloseTo(real, within(0.02 * real));
    }
  }

  @Test
  void partsAddUp() {
    SplittableRandom random = new SplittableRandom(12);
    ContextVariables contexts = CabacEncodingEngineTest.randomContexts(random);
    ContextVariables again = new ContextVariables();
    again.copyFrom(contexts);
    BinString bins = CabacEncodingEngineTest.randomBins(random, 1000, 12, contexts);
    assertThat(BinCost.fixed(bins, 0, 400, contexts) + BinCost.fixed(bins, 400, 1000, contexts))
        .isEqualTo(BinCost.fixed(bins, contexts));
    long parts = BinCost.adaptive(bins, 0, 400, contexts) + BinCost.adaptive(bins, 400, 1000, contexts);
    assertThat(parts).isEqualTo(BinCost.adaptive(bins, again));
  }

  @Test
  void fixedCostIsTheSumOverUnchangedContexts() {
    ContextVariables contexts = new ContextVariables();
    contexts.setPackedState(60, 80);
    BinString bins = new BinString();
    for (int i = 0; i < 10; i++) {
      bins.decision(60, 1);
    }
    bins.bypass(1);
    bins.terminate(0);
    long expected = 10L * BinCost.ofBin(80, 1) + BinCost.BIT + BinCost.ofBin(contexts, BinString.TERMINATE, 0);
    assertThat(BinCost.fixed(bins, contexts)).isEqualTo(expected);
    assertThat(contexts.packedState(60)).isEqualTo(80);
  }
}
