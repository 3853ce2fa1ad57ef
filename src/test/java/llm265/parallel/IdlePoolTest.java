package llm265.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class IdlePoolTest {
  /** As many as threads could use at once, and two. */
  private static final int MOST = Runtime.getRuntime().availableProcessors() + 2;

  private final IdlePool<String, Object> pool = new IdlePool<>();
  private int made;

  private Object take(String key) {
    return pool.take(key, () -> {
      made++;
      return new Object();
    });
  }

  @Test
  void areaThatWasGivenBackIsTakenAgainOnce() {
    Object area = take("a");
    pool.giveBack("a", area);

    assertThat(take("a")).isSameAs(area);
    assertThat(made).isEqualTo(1);
    assertThat(take("a")).isNotSameAs(area);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void areasOfOtherKeysStayWhereTheyAre() {
    Object area = take("a");
    pool.giveBack("a", area);

    assertThat(take("b")).isNotSameAs(area);
    assertThat(take("a")).isSameAs(area);
  }

  @Test
  void equalKeysNeedNotBeTheSame() {
    Object area = take("a");
    pool.giveBack("abc".substring(0, 1), area);

    assertThat(take("xa".substring(1))).isSameAs(area);
  }

  @Test
  void latestOfAKeyComesFirst() {
    Object first = take("a");
    Object second = take("a");
    Object other = take("b");
    pool.giveBack("a", first);
    pool.giveBack("a", second);
    pool.giveBack("b", other);

    assertThat(take("a")).isSameAs(second);
    assertThat(take("a")).isSameAs(first);
    assertThat(take("b")).isSameAs(other);
  }

  @Test
  void earliestIsLetGoWhereThereAreTooMany() {
    List<Object> areas = new ArrayList<>();
    for (int i = 0; i <= MOST; i++) {
      areas.add(take("a"));
    }
    for (Object area : areas) {
      pool.giveBack("a", area);
    }
    int before = made;
    for (int i = MOST; i > 0; i--) {
      assertThat(take("a")).isSameAs(areas.get(i));
    }
    assertThat(made).isEqualTo(before);
    assertThat(take("a")).isNotSameAs(areas.get(0));
    assertThat(made).isEqualTo(before + 1);
  }

  @Test
  void noTwoThreadsHaveAnAreaAtOnce() throws InterruptedException, ExecutionException {
    Set<Object> inUse = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    CountDownLatch start = new CountDownLatch(4);
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        runs.add(executor.submit(() -> {
          start.countDown();
          start.await();
          for (int i = 0; i < 20_000; i++) {
            Object area = pool.take("a", Object::new);
            assertThat(inUse.add(area)).isTrue();
            inUse.remove(area);
            pool.giveBack("a", area);
          }
          return null;
        }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    }
  }
}
