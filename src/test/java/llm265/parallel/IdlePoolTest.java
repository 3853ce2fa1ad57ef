package llm265.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdlePoolTest {
  private final IdlePool<String, Object> pool = new IdlePool<>();

  @Test
  void whatIsGivenBackIsTakenAgainByAnEqualKey() {
    Object area = pool.take("a", Object::new);
    pool.giveBack("a", area);
    assertThat(pool.take("b", Object::new)).isNotSameAs(area);
    assertThat(pool.take(new String("a"), Object::new)).isSameAs(area);
    assertThat(pool.take("a", Object::new)).as("it is in use").isNotSameAs(area);
  }

  @Test
  void theLatestIsTakenFirst() {
    Object first = new Object();
    Object second = new Object();
    pool.giveBack("a", first);
    pool.giveBack("a", second);
    assertThat(pool.take("a", Object::new)).isSameAs(second);
    assertThat(pool.take("a", Object::new)).isSameAs(first);
  }

  @Test
  void noMoreAreKeptThanThreadsCouldUse() {
    List<Object> areas = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      areas.add(new Object());
      pool.giveBack("a", areas.getLast());
    }
    int kept = 0;
    while (areas.contains(pool.take("a", Object::new))) {
      kept++;
    }
    assertThat(kept).isEqualTo(Runtime.getRuntime().availableProcessors() + 2);
  }
}
