package llm265.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResourceCacheTest {
  private final ResourceCache<String, byte[]> cache = new ResourceCache<>(10, bytes -> bytes.length);

  @Test
  void whatWasAskedForLastIsKeptUpToTheBound() {
    byte[] first = cache.get("first", key -> new byte[6]);
    cache.get("second", key -> new byte[4]);
    assertThat(cache.get("first", key -> new byte[1])).isSameAs(first);
    cache.get("third", key -> new byte[3]);
    assertThat(cache.get("second")).isNull();
    assertThat(cache.get("first")).isSameAs(first);
  }

  @Test
  void threadsShareOneMaking() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<byte[]>> asked = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        asked.add(threads.submit(() -> cache.get("key", key -> {
          made.incrementAndGet();
          begun.countDown();
          return new byte[2];
        })));
      }
      begun.await();
      for (Future<byte[]> each : asked) {
        assertThat(each.get()).isSameAs(cache.get("key"));
      }
    }
    assertThat(made).hasValue(1);
  }

  @Test
  void afterAFailureItIsTriedAgain() {
    assertThatThrownBy(() -> cache.get("key", key -> {
      throw new IllegalStateException("first");
    })).hasMessage("first");
    assertThat(cache.get("key", key -> new byte[] {7})).containsExactly(7);
  }
}
