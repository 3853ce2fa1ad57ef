package llm265.baseline.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodedSequenceTest {
  private static final KvShape SHAPE = new KvShape(1, 2, 3);

  private final List<String> coded = new ArrayList<>();

  /** Negates, at two bits an element. */
  private long code(float[] rows, int at, int tokens, int position) {
    for (int i = at; i < at + tokens * SHAPE.width(); i++) {
      rows[i] = -rows[i];
    }
    coded.add(position + "+" + tokens);
    return 2L * tokens * SHAPE.width();
  }

  private CodedSequence sequence(CodingPlan plan) {
    return new CodedSequence(SHAPE, plan, CodingPlan.behind(1000, 0, 0), () -> this::code, () -> this::code);
  }

  private static float[] keys(CodedSequence sequence, int tokens) {
    float[] keys = new float[tokens * 3];
    sequence.read(0, 1, tokens, keys, new float[tokens * 3]);
    return keys;
  }

  private static void add(CodedSequence sequence, int tokens) {
    float[] rows = new float[tokens * SHAPE.width()];
    Arrays.fill(rows, 1);
    sequence.append(0, tokens, rows, rows);
  }

  @Test
  void unitsAreCodedOnceTheyAreOldEnough() {
    CodedSequence sequence = sequence(CodingPlan.behind(4, 2, 3));
    add(sequence, 8);
    assertThat(keys(sequence, 8)).containsOnly(1);
    sequence.advance(8);
    assertThat(coded).isEmpty();
    add(sequence, 1);
    assertThat(keys(sequence, 9)).containsOnly(1);
    sequence.advance(1);
    assertThat(coded).containsExactly("2+4");
    float[] keys = keys(sequence, 9);
    for (int i = 0; i < keys.length; i++) {
      assertThat(keys[i]).isEqualTo(i / 3 < 2 || i / 3 >= 6 ? 1 : -1);
    }
    // 4 of 9 tokens of keys have 2 bits; all values are raw.
    assertThat(sequence.size()).isEqualTo(new KvSize(9 * 12, 4 * 6 * 2, 0, (5 + 9) * 6 * 16));
    add(sequence, 9);
    sequence.advance(9);
    assertThat(coded).containsExactly("2+4", "6+4", "10+4");
  }

  @Test
  void tokensThatAreCodedAtOnceAreReadSo() {
    CodedSequence sequence = sequence(CodingPlan.all(4));
    add(sequence, 6);
    assertThat(keys(sequence, 6)).containsOnly(-1);
    sequence.advance(6);
    assertThat(coded).containsExactly("0+4", "4+2");
    assertThat(sequence.size().raw()).isEqualTo(6 * 6 * 16);
  }

  @Test
  void plansThatMakeNoSenseAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> CodingPlan.all(0));
    assertThatIllegalArgumentException().isThrownBy(() -> CodingPlan.behind(1, -1, 0));
  }
}
