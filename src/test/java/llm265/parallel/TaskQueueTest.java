package llm265.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TaskQueueTest {
  @Test
  void everyTaskHasItsResultHoweverManyThreadsThereAre() {
    for (int threads = 1; threads <= 5; threads++) {
      try (ExecutorService executor = Executors.newFixedThreadPool(2);
          TaskQueue queue = new TaskQueue(new Workers(executor, threads))) {
        List<Future<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          int number = i;
          tasks.add(queue.add(() -> number));
        }
        for (int i = 0; i < 100; i++) {
          assertThat(queue.result(tasks.get(i))).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void noMoreThreadsWorkThanAreAllowed() {
    try (ExecutorService executor = Executors.newFixedThreadPool(8);
        TaskQueue queue = new TaskQueue(new Workers(executor, 3))) {
      AtomicInteger working = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      List<Future<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        tasks.add(queue.add(() -> {
          most.accumulateAndGet(working.incrementAndGet(), Math::max);
          Thread.yield();
          return working.decrementAndGet();
        }));
      }
      tasks.forEach(queue::result);
      assertThat(most.get()).isBetween(1, 3);
    }
  }

  @Test
  void anExecutorThatIsBusyOrFullLeavesTheWorkToTheCaller() {
    try (TaskQueue never = new TaskQueue(new Workers(task -> { }, 4));
        TaskQueue full = new TaskQueue(new Workers(task -> {
          throw new RejectedExecutionException();
        }, 4))) {
      assertThat(never.result(never.add(Thread::currentThread))).isSameAs(Thread.currentThread());
      assertThat(full.result(full.add(Thread::currentThread))).isSameAs(Thread.currentThread());
    }
  }

  @Test
  void theCallerWorksOnLaterTasksWhileItWaits() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch later = new CountDownLatch(1);
    try (ExecutorService executor = Executors.newSingleThreadExecutor();
        TaskQueue queue = new TaskQueue(new Workers(executor, 2))) {
      Future<Integer> first = queue.add(() -> {
        begun.countDown();
        await(later);
        return 1;
      });
      await(begun);
      // Only the caller is left to run it, and the first ends with it.
      queue.add(() -> {
        later.countDown();
        return 2;
      });
      assertThat(queue.result(first)).isEqualTo(1);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatATaskThrowsItsResultThrows() {
    try (TaskQueue queue = new TaskQueue(CommonPool.workers(3))) {
      IllegalArgumentException fault = new IllegalArgumentException();
      StackOverflowError error = new StackOverflowError();
      Future<?> first = queue.add(() -> {
        throw fault;
      });
      Future<?> second = queue.add(() -> {
        throw error;
      });
      Future<Integer> third = queue.add(() -> 3);
      assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> queue.result(first)).isSameAs(fault);
      assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> queue.result(second)).isSameAs(error);
      assertThat(queue.result(third)).isEqualTo(3);
    }
  }

  @Test
  void theEndDropsWhatWaitsAndWaitsForWhatRuns() {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      try (TaskQueue queue = new TaskQueue(new Workers(executor, 2))) {
        queue.add(() -> {
          begun.countDown();
          for (int i = 0; i < 1000; i++) {
            Thread.yield();
          }
          return ended.incrementAndGet();
        });
        await(begun);
        for (int i = 0; i < 5; i++) {
          queue.add(() -> ended.addAndGet(100));
        }
      }
      int atTheEnd = ended.get();
      assertThat(atTheEnd % 100).isEqualTo(1);
      executor.close();
      assertThat(ended).hasValue(atTheEnd);
    }
  }

  @Test
  void anInterruptIsKept() {
    try (TaskQueue queue = new TaskQueue(new Workers(task -> { }, 2))) {
      Thread.currentThread().interrupt();
      assertThat(queue.result(queue.add(() -> 7))).isEqualTo(7);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
