package llm265.h264.written;

import java.util.SplittableRandom;

/**
 * 9.3.4.2 Which of two legal bins keeps an encoder's bits outstanding, and which resolves them.
 *
 * <p>Bits are outstanding for as long as the interval of the code has one number within it whose bits from there on are a one and
 * zeros: below it they come to 0111, from it on to 1000. Of the two parts of the interval it is in one at most. The bins that
 * stay with it are those of the code that is that number, as long as syntax leaves a choice.
 */
public final class CarrySteering {
  private enum Aim { HOLD, CARRY, NO_CARRY }

  /** Twice the codILow at which a bit is a one. */
  private static final int HALF = 1024;

  private static final int SHORTEST_LONG_RUN = 8;

  private final ReferenceEncodingEngine engine;
  private final SplittableRandom random;
  private Aim aim = Aim.HOLD;
  private int wanted;
  private boolean carries;

  /** Bits outstanding before the bin before. */
  private int before;

  CarrySteering(ReferenceEncodingEngine engine, SplittableRandom random) {
    this.engine = engine;
    this.random = random;
    choose();
  }

  /** The next run: short, or of up to some hundreds of bits; and what is to become of it. */
  private void choose() {
    wanted = random.nextInt(4) == 0 ? 1 + random.nextInt(SHORTEST_LONG_RUN - 1)
        : (SHORTEST_LONG_RUN << random.nextInt(7)) + random.nextInt(SHORTEST_LONG_RUN);
    carries = random.nextBoolean();
  }

  /** Encodes a bin of either value. */
  boolean bin(int ctxIdx) {
    follow();
    int from = 2 * engine.codILow();
    int to = from + 2 * engine.codIRange();
    int boundary = engine.boundary(ctxIdx);
    boolean upper = switch (aim) {
      case HOLD -> holdsAbove(from, boundary, to);
      case CARRY -> true;
      case NO_CARRY -> false;
    };
    int binVal = engine.lowerBin(ctxIdx) ^ (upper ? 1 : 0);
    engine.encode((ctxIdx << 1) | binVal);
    return binVal == 1;
  }

  /** Goes on to the next run where one has ended, as was wanted or not. */
  private void follow() {
    int outstanding = engine.bitsOutstanding();
    if (outstanding == 0 && before > 0) {
      aim = Aim.HOLD;
      choose();
    } else if (outstanding >= wanted) {
      aim = carries ? Aim.CARRY : Aim.NO_CARRY;
    }
    before = outstanding;
  }

  /**
   * Whether the number is in the upper part. At the boundary it ends the run with a carry, or is the end of the lower part: as
   * long as it is, all bits remain outstanding, and no carry comes.
   */
  private boolean holdsAbove(int from, int boundary, int to) {
    int above = coarsest(boundary, Math.min(to, 2 * HALF - 1));
    int below = coarsest(from, boundary);
    return above > below || carries && boundary % HALF == 0;
  }

  /** Encodes a bin that has to have a value. */
  void bin(int ctxIdx, boolean binVal) {
    engine.encode((ctxIdx << 1) | (binVal ? 1 : 0));
  }

  /** The largest power of two that has a multiple above a number and below another, or at the other where no carry is to come. */
  private int coarsest(int from, int to) {
    int last = carries ? to - 1 : to;
    int power = HALF;
    while (power > 1 && last / power * power <= from) {
      power >>= 1;
    }
    return power;
  }
}
