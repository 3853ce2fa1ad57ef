package llm265.h264.written;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import llm265.h264.cabac.BinString;
import llm265.h264.cabac.ContextVariables;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CarrySteeringTest {
  /** Bits as they are told of: each known bit, and behind it those that hung on it. */
  private final StringBuilder told = new StringBuilder();
  private final int[] longest = new int[2];

  private ReferenceEncodingEngine engine() {
    ContextVariables contexts = new ContextVariables();
    contexts.init(26);
    return new ReferenceEncodingEngine(contexts, (count, bit) -> {
      told.append(bit).append(Integer.toString(1 - bit).repeat(count));
      longest[bit] = Math.max(longest[bit], count);
    });
  }

  @Test
  void freeBinsHoldHundredsOfBitsBothWays() {
    ReferenceEncodingEngine engine = engine();
    CarrySteering steering = new CarrySteering(engine, new SplittableRandom(1));
    for (int i = 0; i < 20_000; i++) {
      steering.bin(i % 3 == 0 ? BinString.BYPASS : 60 + i % 11);
    }
    assertThat(longest[0]).isBetween(256, 600);
    assertThat(longest[1]).isBetween(256, 600);
  }

  /** Without a choice runs are as long as chance makes them. */
  @Test
  void binsThatAreGivenHoldFew() {
    ReferenceEncodingEngine engine = engine();
    CarrySteering steering = new CarrySteering(engine, new SplittableRandom(1));
    SplittableRandom bins = new SplittableRandom(2);
    for (int i = 0; i < 20_000; i++) {
      steering.bin(i % 3 == 0 ? BinString.BYPASS : 60 + i % 11, bins.nextBoolean());
    }
    assertThat(Math.max(longest[0], longest[1])).isBetween(4, 40);
  }

  /** What is told of outstanding bits is what the code has; the first bit of an encoder is never written (9.3.4.2). */
  @Property(tries = 50)
  void theBitsToldAreThoseOfTheCode(@ForAll long seed) {
    told.setLength(0);
    ReferenceEncodingEngine engine = engine();
    CarrySteering steering = new CarrySteering(engine, new SplittableRandom(seed));
    for (int i = 0; i < 500; i++) {
      steering.bin(i % 2 == 0 ? BinString.BYPASS : 60 + i % 11);
    }
    steering.bin(BinString.TERMINATE, true);
    StringBuilder code = new StringBuilder("0");
    for (byte b : engine.toByteArray()) {
      code.append(String.format("%8s", Integer.toBinaryString(b & 0xFF)).replace(' ', '0'));
    }
    assertThat(code.toString()).startsWith(told.toString());
    assertThat(told).hasSizeGreaterThan(300);
  }
}
