package llm265.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WorkersTest {
  @Test
  void resultsComeInOrderAndFewAtATime() {
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      AtomicInteger waiting = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      List<Integer> order = new ArrayList<>();
      new Workers(executor, 4)
          .forEachInOrder(
              200,
              i -> {
                most.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                if (i % 7 == 0) {
                  Thread.yield();
                }
                return i;
              },
              (i, result) -> {
                assertThat(result).isEqualTo(i);
                order.add(i);
                waiting.decrementAndGet();
              });

      assertThat(order).hasSize(200).isSorted();
      assertThat(most.get()).isLessThanOrEqualTo(9);
    }
  }

  @Test
  void tasksMayUseTheSameWorkersOnAnExecutorOfOneThread() {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Workers workers = new Workers(executor, 3);
      AtomicInteger sum = new AtomicInteger();
      workers.forEachInOrder(
          10,
          i -> {
            workers.forEachInOrder(10, j -> 1, (j, one) -> sum.addAndGet(one));
            return i;
          },
          (i, result) -> { });

      assertThat(sum.get()).isEqualTo(100);
    }
  }

  @Test
  void executorThatRefusesLeavesTheWorkToTheCaller() {
    Workers workers =
        new Workers(
            task -> {
              throw new RejectedExecutionException();
            },
            8);
    List<Integer> results = new ArrayList<>();
    workers.forEachInOrder(5, i -> i, (i, result) -> results.add(result));

    assertThat(results).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void executorThatNeverRunsAnythingDoesNotBlock() {
    List<Integer> results = new ArrayList<>();
    new Workers(task -> { }, 8).forEachInOrder(5, i -> i, (i, result) -> results.add(result));

    assertThat(results).hasSize(5);
  }

  @Test
  void failureOfTheLeastTaskIsThrownAndNoOthersBegin() {
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      AtomicInteger begun = new AtomicInteger();

      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(
              () ->
                  new Workers(executor, 4)
                      .forEachInOrder(
                          10_000,
                          i -> {
                            begun.incrementAndGet();
                            if (i >= 20) {
                              throw new IllegalStateException("task " + i);
                            }
                            return i;
                          },
                          (i, result) -> { }))
          .withMessage("task 20");
      assertThat(begun.get()).isLessThan(100);
    }
  }

  @Test
  void failureOfTheConsumerIsThrown() {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                Workers.CALLER.forEachInOrder(
                    3,
                    i -> i,
                    (i, result) -> {
                      throw new IllegalStateException("full");
                    }))
        .withMessage("full");
  }

  @Test
  void noThreadsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Workers(Runnable::run, 0));
  }
}
