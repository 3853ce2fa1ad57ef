package llm265.view;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Keeps what was asked for last, up to a bound. Threads that ask for one value at a time wait for the first of them to make it.
 *
 * @param <K> key
 * @param <V> value
 */
final class ResourceCache<K, V> {
  /** The weight of a value. */
  @FunctionalInterface
  interface Weight<V> {
    long of(V value);
  }

  private final Map<K, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<K, CompletableFuture<V>> inProgress = new HashMap<>();
  private final long most;
  private final Weight<V> weight;
  private long sum;

  /** @param most weight of all values, unless the newest alone weighs more */
  ResourceCache(long most, Weight<V> weight) {
    this.most = most;
    this.weight = weight;
  }

  /** The value of a key, which is made if it is not there. */
  V get(K key, Function<K, V> make) {
    CompletableFuture<V> own = new CompletableFuture<>();
    CompletableFuture<V> others;
    synchronized (this) {
      V value = values.get(key);
      if (value != null) {
        return value;
      }
      others = inProgress.putIfAbsent(key, own);
    }
    return others == null ? make(key, make, own) : joined(others);
  }

  private V make(K key, Function<K, V> make, CompletableFuture<V> promise) {
    try {
      V value = make.apply(key);
      put(key, value);
      promise.complete(value);
      return value;
    } catch (RuntimeException | Error e) {
      promise.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (this) {
        inProgress.remove(key);
      }
    }
  }

  private static <V> V joined(CompletableFuture<V> promise) {
    try {
      return promise.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** The value of a key, or null. */
  synchronized V get(K key) {
    return values.get(key);
  }

  /** Keeps a value, and forgets old ones. */
  synchronized void put(K key, V value) {
    V before = values.put(key, value);
    sum += weight.of(value) - (before == null ? 0 : weight.of(before));
    var oldest = values.entrySet().iterator();
    while (sum > most && values.size() > 1) {
      sum -= weight.of(oldest.next().getValue());
      oldest.remove();
    }
  }
}
