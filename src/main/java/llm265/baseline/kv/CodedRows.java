package llm265.baseline.kv;

import java.util.Arrays;

/** Rows of successive tokens as readers get them: as they came until a {@link TokenCoder} takes them. Used by one thread. */
public final class CodedRows {
  private static final int RAW_BITS = 16;

  private final int width;
  private final CodingPlan plan;
  private final TokenCoder coder;
  private float[] rows = {};
  private int length;
  private int coded;
  private long bits;

  /** @param width number of elements of a token */
  public CodedRows(int width, CodingPlan plan, TokenCoder coder) {
    this.width = width;
    this.plan = plan;
    this.coder = coder;
    coded = plan.sinks();
  }

  /** Appends tokens, {@code count x width}. */
  public void append(int count, float[] more) {
    int needed = Math.multiplyExact(length + count, width);
    if (needed > rows.length) {
      rows = Arrays.copyOf(rows, Math.max(needed, 2 * rows.length));
    }
    System.arraycopy(more, 0, rows, length * width, count * width);
    length += count;
    if (plan.atOnce()) {
      codeUntil(length);
    }
  }

  /** Ends a pass: codes units that are old enough now. */
  public void advance() {
    int units = Math.max(0, length - plan.recent() - coded) / plan.unit();
    codeUntil(coded + units * plan.unit());
  }

  private void codeUntil(int end) {
    while (coded < end) {
      int count = Math.min(plan.unit(), end - coded);
      bits += coder.code(rows, coded * width, count, coded);
      coded += count;
    }
  }

  /** Copies some elements of each of the first tokens, {@code tokens x count}. */
  public void read(int first, int count, int tokens, float[] out) {
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(rows, token * width + first, out, token * count, count);
    }
  }

  /** What they take now. */
  public KvSize size() {
    long codedTokens = Math.max(0, coded - plan.sinks());
    return new KvSize((long) length * width, bits, coder.sideBits(), RAW_BITS * (length - codedTokens) * width);
  }
}
