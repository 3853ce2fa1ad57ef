package llm265.parallel;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * Keeps work areas, which are expensive to make, from one call to the next. Holds no more of them than threads could use at
 * once, and drops them when memory is short. Thread-safe.
 *
 * @param <K> what a work area is for: work areas with equal keys can replace each other
 * @param <T> work areas; each is used by one thread at a time
 */
public final class IdlePool<K, T> {
  /** A few more than threads: a thread that works for others may hold two kinds of areas. */
  private static final int MORE = 2;

  private final int most = Runtime.getRuntime().availableProcessors() + MORE;
  /** The latest comes first. */
  private final Deque<Entry<K, T>> idle = new ArrayDeque<>();

  private record Entry<K, T>(K key, SoftReference<T> area) {}

  /** Takes a work area for a key: the one that was given back last, or a new one. */
  public T take(K key, Supplier<T> maker) {
    T area = poll(key);
    return area != null ? area : maker.get();
  }

  private synchronized T poll(K key) {
    for (Iterator<Entry<K, T>> entries = idle.iterator(); entries.hasNext();) {
      Entry<K, T> entry = entries.next();
      T area = entry.area.get();
      if (area == null) {
        entries.remove();
      } else if (entry.key.equals(key)) {
        entries.remove();
        return area;
      }
    }
    return null;
  }

  /** Takes back a work area whose work succeeded. */
  public synchronized void giveBack(K key, T area) {
    idle.addFirst(new Entry<>(key, new SoftReference<>(area)));
    if (idle.size() > most) {
      idle.removeLast();
    }
  }
}
