package llm265.model.delta;

import llm265.tensor.StreamStore;

/** The part of a store behind a head of some bytes, as a store of its own. */
final class HeadedStore implements StreamStore {
  private final StreamStore store;
  private final byte[] head;

  HeadedStore(StreamStore store, byte[] head) {
    this.store = store;
    this.head = head;
    clear();
  }

  @Override
  public void clear() {
    store.clear();
    store.append(head);
  }

  @Override
  public void append(byte[] bytes) {
    store.append(bytes);
  }

  @Override
  public void overwrite(long position, byte[] bytes) {
    store.overwrite(head.length + position, bytes);
  }

  @Override
  public long size() {
    return store.size() - head.length;
  }
}
