package llm265.h264.cabac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import llm265.h264.MalformedStreamException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CabacDecodingEngineTest {
  private static CabacDecodingEngine start(byte[] data, ContextVariables contexts) {
    CabacDecodingEngine engine = new CabacDecodingEngine();
    engine.initContexts(contexts);
    engine.init(Arrays.copyOf(data, data.length + CabacDecodingEngine.SLACK), 0, data.length);
    return engine;
  }

  /** Random bytes are a stream of bins too, with all that is rare in a real one. */
  @Property(tries = 300)
  void binsAreThoseOfTheFlowcharts(@ForAll long seed, @ForAll @IntRange(min = 2, max = 400) int size) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] data = new byte[size];
    random.nextBytes(data);
    data[0] &= 0x7F;
    ContextVariables contexts = CabacEncodingEngineTest.randomContexts(random);
    CabacDecodingEngine engine = start(data, contexts);
    ReferenceDecodingEngine reference = new ReferenceDecodingEngine(data, contexts);
    assertThat(engine.bitPosition()).isEqualTo(9);
    while (reference.bitPosition() < 8 * size) {
      int kind = random.nextInt(8);
      if (kind == 0) {
        assertThat(engine.decodeBypass()).isEqualTo(reference.decodeBypass());
      } else if (kind == 1) {
        int bin = engine.decodeTerminate();
        assertThat(bin).isEqualTo(reference.decodeTerminate());
        if (bin != 0) {
          break;
        }
      } else {
        int ctxIdx = 60 + random.nextInt(20);
        assertThat(engine.decodeDecision(ctxIdx)).isEqualTo(reference.decodeDecision(ctxIdx));
      }
      assertThat(engine.bitPosition()).isEqualTo(reference.bitPosition());
    }
  }

  @Property(tries = 200)
  void encodedBinsAreDecoded(
      @ForAll long seed, @ForAll @IntRange(max = 3000) int count, @ForAll @IntRange(max = 16) int skew) {
    SplittableRandom random = new SplittableRandom(seed);
    ContextVariables contexts = CabacEncodingEngineTest.randomContexts(random);
    BinString bins = CabacEncodingEngineTest.randomBins(random, count, skew, contexts);
    bins.terminate(1);
    ContextVariables encoderContexts = new ContextVariables();
    encoderContexts.copyFrom(contexts);
    CabacEncodingEngine encoder = new CabacEncodingEngine();
    encoder.init();
    encoder.encode(bins, encoderContexts);

    CabacDecodingEngine engine = start(encoder.toByteArray(), contexts);
    for (int i = 0; i < bins.size(); i++) {
      int ctxIdx = bins.operation(i) >> 1;
      int bin = switch (ctxIdx) {
        case BinString.BYPASS -> engine.decodeBypass();
        case BinString.TERMINATE -> engine.decodeTerminate();
        default -> engine.decodeDecision(ctxIdx);
      };
      assertThat(bin).as("bin %d", i).isEqualTo(bins.operation(i) & 1);
    }
    engine.checkNotOverread();
    // The last bit read is rbsp_stop_one_bit, in the last byte.
    assertThat((engine.bitPosition() + 7) >> 3).isEqualTo(encoder.size());
  }

  @Test
  void offsetsThatNoEncoderMakesAreMalformed() {
    for (int offset = 510; offset < 512; offset++) {
      byte[] data = {(byte) (offset >> 1), (byte) (offset << 7), 0};
      assertThatExceptionOfType(MalformedStreamException.class)
          .isThrownBy(() -> start(data, new ContextVariables()))
          .satisfies(e -> assertThat(e.clause()).isEqualTo("9.3.1.2"));
    }
    start(new byte[] {(byte) (509 >> 1), (byte) 0x80}, new ContextVariables());
  }

  @Test
  void lessThanNineBitsAreMalformed() {
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> start(new byte[1], new ContextVariables()));
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> new CabacDecodingEngine().init(new byte[20], 10, 5));
  }

  @Test
  void missingSlackIsTheCallersMistake() {
    CabacDecodingEngine engine = new CabacDecodingEngine();
    assertThatIllegalArgumentException().isThrownBy(() -> engine.init(new byte[10], 0, 7));
    assertThatIllegalArgumentException().isThrownBy(() -> engine.init(new byte[10], -1, 5));
    engine.init(new byte[10], 0, 6);
  }

  @Test
  void readingPastTheEndIsFoundOutAndBounded() {
    byte[] data = new byte[40];
    CabacDecodingEngine engine = start(data, new ContextVariables());
    for (int bits = 9; bits < 320; bits++) {
      engine.decodeBypass();
    }
    engine.checkNotOverread();
    engine.decodeBypass();
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(engine::checkNotOverread)
        .satisfies(e -> assertThat(e.syntaxElement()).isEqualTo("slice_data"));
    for (int i = 0; i < 100_000; i++) {
      engine.decodeBypass();
    }
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(engine::checkNotOverread);
  }

  @Test
  void pcmSamplesThatAreNotThereAreMalformed() {
    CabacEncodingEngine encoder = new CabacEncodingEngine();
    encoder.init();
    BinString bins = new BinString();
    bins.terminate(1);
    encoder.encode(bins, new ContextVariables());
    byte[] data = Arrays.copyOf(encoder.buffer(), encoder.size() + 255);
    CabacDecodingEngine engine = start(data, new ContextVariables());
    assertThat(engine.decodeTerminate()).isEqualTo(1);
    engine.startPcm();
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> engine.readPcmSamples(new short[768], 0, 256, 8))
        .satisfies(e -> assertThat(e.syntaxElement()).isEqualTo("pcm_sample"));
  }
}
