package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.written.ReferenceEncodingEngine;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

public class CabacEncodingEngineTest {
  /**
   * Random bins: {@code skew} is the share, of 16, of bins that follow the more probable symbol of their context, so that
   * all states are visited; the shares of bypass and terminate bins are small.
   */
  public static BinString randomBins(SplittableRandom random, int count, int skew, ContextVariables contexts) {
    ContextVariables states = new ContextVariables();
    states.copyFrom(contexts);
    BinString bins = new BinString();
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(12);
      if (kind == 0) {
        bins.bypass(random.nextInt(2));
      } else if (kind == 1) {
        bins.terminate(0);
      } else {
        int ctxIdx = 60 + random.nextInt(20);
        int valMps = states.packedState(ctxIdx) & 1;
        int binVal = random.nextInt(16) < skew ? valMps : 1 - valMps;
        states.setPackedState(ctxIdx, TransitionTables.nextState(states.packedState(ctxIdx), binVal));
        bins.decision(ctxIdx, binVal);
      }
    }
    return bins;
  }

  public static ContextVariables randomContexts(SplittableRandom random) {
    ContextVariables contexts = new ContextVariables();
    for (int ctxIdx = 60; ctxIdx < 80; ctxIdx++) {
      contexts.setPackedState(ctxIdx, random.nextInt(126));
    }
    return contexts;
  }

  @Property(tries = 300)
  void bitsAreThoseOfTheFlowcharts(
      @ForAll long seed, @ForAll @IntRange(max = 3000) int count, @ForAll @IntRange(max = 16) int skew) {
    SplittableRandom random = new SplittableRandom(seed);
    ContextVariables contexts = randomContexts(random);
    ContextVariables referenceContexts = new ContextVariables();
    referenceContexts.copyFrom(contexts);
    BinString bins = randomBins(random, count, skew, contexts);
    bins.terminate(1);

    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    engine.encode(bins, contexts);
    ReferenceEncodingEngine reference = new ReferenceEncodingEngine(referenceContexts);
    for (int i = 0; i < bins.size(); i++) {
      reference.encode(bins.operation(i));
    }

    assertThat(engine.toByteArray()).isEqualTo(reference.toByteArray());
    assertThat(contexts.sameStates(referenceContexts)).isTrue();
  }

  @Property(tries = 100)
  void bitsDoNotDependOnHowBinsAreCutIntoStrings(@ForAll long seed, @ForAll @IntRange(max = 16) int skew) {
    SplittableRandom random = new SplittableRandom(seed);
    ContextVariables contexts = randomContexts(random);
    ContextVariables sameContexts = new ContextVariables();
    sameContexts.copyFrom(contexts);
    BinString bins = randomBins(random, 500, skew, contexts);
    bins.terminate(1);
    CabacEncodingEngine whole = new CabacEncodingEngine();
    whole.init();
    whole.encode(bins, contexts);

    CabacEncodingEngine parts = new CabacEncodingEngine();
    parts.init();
    BinString part = new BinString();
    for (int from = 0; from < bins.size(); ) {
      int to = Math.min(bins.size(), from + random.nextInt(1, 40));
      part.reset();
      for (int i = from; i < to; i++) {
        part.decision(bins.operation(i) >> 1, bins.operation(i) & 1);
      }
      parts.encode(part, sameContexts);
      from = to;
    }

    assertThat(parts.toByteArray()).isEqualTo(whole.toByteArray());
  }

  /** codILow near its end and a long run of bits that hang on one carry. */
  @Test
  void carryRunsThroughManyBytes() {
    for (int length = 0; length < 300; length++) {
      BinString bins = new BinString();
      ContextVariables contexts = new ContextVariables();
      ContextVariables referenceContexts = new ContextVariables();
      bins.bypass(0);
      for (int i = 0; i < length; i++) {
        bins.bypass(1);
      }
      for (int i = 0; i < 40; i++) {
        bins.decision(60, i & 1);
      }
      bins.terminate(1);
      CabacEncodingEngine engine = new CabacEncodingEngine();
      engine.init();
      engine.encode(bins, contexts);
      ReferenceEncodingEngine reference = new ReferenceEncodingEngine(referenceContexts);
      for (int i = 0; i < bins.size(); i++) {
        reference.encode(bins.operation(i));
      }
      assertThat(engine.toByteArray()).as("%d bins", length).isEqualTo(reference.toByteArray());
    }
  }

  @Test
  void theMostBitsThatBinsInARowCanTake() {
    for (int before = 0; before < 16; before++) {
      BinString bins = new BinString();
      ContextVariables contexts = new ContextVariables();
      ContextVariables referenceContexts = new ContextVariables();
      for (int i = 0; i < before; i++) {
        bins.bypass(i & 1);
      }
      for (int ctxIdx = 300; ctxIdx < 400; ctxIdx++) {
        contexts.setPackedState(ctxIdx, 62 << 1);
        referenceContexts.setPackedState(ctxIdx, 62 << 1);
        bins.decision(ctxIdx, 1);
      }
      bins.terminate(1);
      CabacEncodingEngine engine = new CabacEncodingEngine();
      engine.init();
      engine.encode(bins, contexts);
      ReferenceEncodingEngine reference = new ReferenceEncodingEngine(referenceContexts);
      for (int i = 0; i < bins.size(); i++) {
        reference.encode(bins.operation(i));
      }
      assertThat(engine.toByteArray()).as("%d bins before", before).isEqualTo(reference.toByteArray());
    }
  }

  @Test
  void emptySliceIsOneTerminatingBin() {
    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    BinString bins = new BinString();
    bins.terminate(1);
    engine.encode(bins, new ContextVariables());

    // codILow is 508, 1 1111 1100 in nine bits, of which the last becomes rbsp_stop_one_bit.
    assertThat(engine.toByteArray()).containsExactly(0xFE, 0x80);
  }

  @Test
  void pcmSamplesFollowOnAByteAndCodingGoesOn() {
    SplittableRandom random = new SplittableRandom(5);
    short[] samples = new short[768];
    byte[] bytes = new byte[384];
    for (int i = 0; i < 384; i++) {
      samples[i] = (short) random.nextInt(256);
      bytes[i] = (byte) samples[i];
    }
    ContextVariables contexts = new ContextVariables();
    ContextVariables referenceContexts = new ContextVariables();
    CabacEncodingEngine engine = new CabacEncodingEngine();
    ReferenceEncodingEngine reference = new ReferenceEncodingEngine(referenceContexts);
    engine.init();
    for (int round = 0; round < 20; round++) {
      BinString bins = randomBins(random, random.nextInt(30), 12, contexts);
      bins.terminate(1);
      engine.encode(bins, contexts);
      for (int i = 0; i < bins.size(); i++) {
        reference.encode(bins.operation(i));
      }
      engine.encodePcm(samples, 8, 128, 8);
      reference.writePcm(bytes);
    }
    assertThat(Arrays.copyOf(engine.buffer(), engine.size())).isEqualTo(reference.toByteArray());
  }

  @Test
  void samplesOfMoreThanEightBitsArePacked() {
    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    BinString bins = new BinString();
    bins.terminate(1);
    engine.encode(bins, new ContextVariables());
    int start = engine.size();
    short[] samples = new short[768];
    samples[0] = 0x3FF;
    samples[1] = 0x155;
    samples[2] = 0x2AA;
    samples[3] = 1;
    engine.encodePcm(samples, 10, 0, 8);

    assertThat(engine.size()).isEqualTo(start + 320);
    assertThat(Arrays.copyOfRange(engine.buffer(), start, start + 5)).containsExactly(0xFF, 0xD5, 0x5A, 0xA8, 0x01);
  }

  @Test
  void bitCountGrowsToTheSizeOfTheData() {
    SplittableRandom random = new SplittableRandom(9);
    ContextVariables contexts = randomContexts(random);
    BinString bins = randomBins(random, 10_000, 12, contexts);
    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    engine.encode(bins, contexts);
    long bits = engine.bitCount();
    bins.reset();
    bins.terminate(1);
    engine.encode(bins, contexts);

    assertThat(8L * engine.size() - bits).isBetween(9L, 17L);
  }

  @Test
  void callsOutOfOrderAreRefused() {
    CabacEncodingEngine engine = new CabacEncodingEngine();
    engine.init();
    ContextVariables contexts = new ContextVariables();
    assertThatIllegalStateException().isThrownBy(engine::toByteArray);
    assertThatIllegalStateException().isThrownBy(() -> engine.encodePcm(new short[768], 8, 128, 8));
    BinString bins = new BinString();
    bins.terminate(1);
    engine.encode(bins, contexts);
    assertThatIllegalStateException().isThrownBy(() -> engine.encode(bins, contexts));
  }
}
