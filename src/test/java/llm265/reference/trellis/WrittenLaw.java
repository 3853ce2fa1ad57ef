package llm265.reference.trellis;

import java.util.Random;

/**
 * A law as a stream has it.
 *
 * @param fields alphabet, width, shape, first zero, second zero, first one of kinds 0 and 1
 * @param text what a reader makes of it
 */
record WrittenLaw(int kind, int[] fields, TextLaw text) {
  static WrittenLaw computed(int... fields) {
    return new WrittenLaw(1, fields, text(fields));
  }

  /** The law of kind 0 behind this one. */
  WrittenLaw next() {
    int[] narrower = fields.clone();
    narrower[1] = Math.max(0, narrower[1] - 4);
    return new WrittenLaw(0, narrower, text(narrower));
  }

  private static TextLaw text(int[] f) {
    return TextLaw.computed(f[0], f[1], f[2], f[3], f[4], f[5]);
  }

  static WrittenLaw counted(int alphabet, int[][] frequencies) {
    return new WrittenLaw(2, null, new TextLaw(alphabet, frequencies));
  }

  /** Any law of kind 1 or 2, also with fields at their limits. */
  static WrittenLaw any(Random random) {
    int alphabet = random.nextInt(3);
    if (random.nextInt(3) > 0) {
      return computed(alphabet, limit(random, 0, 159), limit(random, 4, 24), limit(random, 0, 15), limit(random, 0, 15),
          limit(random, 0, 7));
    }
    return counted(alphabet, new int[][] {frequencies(alphabet, random), frequencies(alphabet, random)});
  }

  private static int limit(Random random, int least, int most) {
    return switch (random.nextInt(6)) {
      case 0 -> least;
      case 1 -> most;
      default -> least + random.nextInt(most - least + 1);
    };
  }

  private static int[] frequencies(int alphabet, Random random) {
    int[] frequencies = new int[16];
    int rest = 4096 - 1 - (random.nextInt(3) == 0 ? random.nextInt(4095) : random.nextInt(8));
    // One token may have nearly all slots, or each some.
    int share = 1 + random.nextInt(8);
    for (int i = 0; i < 40; i++) {
      int t = random.nextInt(15);
      int unit = TextLaw.unit(alphabet, t);
      int more = random.nextInt(rest + 1) / share / unit * unit;
      frequencies[t] += more;
      rest -= more;
    }
    frequencies[TextLaw.ESCAPE] = 4096;
    for (int t = 0; t < TextLaw.ESCAPE; t++) {
      frequencies[TextLaw.ESCAPE] -= frequencies[t];
    }
    if (frequencies[TextLaw.ESCAPE] == 4096) {
      frequencies[TextLaw.ESCAPE] = 1;
      frequencies[0] = 4095;
    }
    return frequencies;
  }

  void write(Out out) {
    out.u8(kind);
    if (kind == 1) {
      for (int field : fields) {
        out.u8(field);
      }
    } else if (kind == 2) {
      out.u8(text.alphabet);
      for (int[] ofOne : text.frequencies) {
        for (int t = 0; t < TextLaw.ESCAPE; t++) {
          out.uv(ofOne[t]);
        }
      }
    }
  }
}
