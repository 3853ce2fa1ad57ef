package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.runtime.transform.KvPart;
import org.junit.jupiter.api.Test;

/** Each layout against its own formula of places. */
class KvViewTest {
  private static final int L = 3;
  private static final int T = 11;
  private static final int H = 2;
  private static final int D = 4;
  private static final int N = 4;
  private static final int[] BLOCKS = {4, 0, 2};
  private static final int TOTAL = 5;

  /** A value that says where it is. */
  private static short name(int layer, int part, int token, int head, int channel) {
    return (short) ((((layer * 2 + part) * T + token) * H + head) * D + channel);
  }

  private interface Place {
    long of(int layer, int part, int token, int head, int channel);
  }

  private static MemorySegment room(int values) {
    return MemorySegment.ofArray(new byte[2 * values]);
  }

  private static void fill(List<MemorySegment> segments, Place place) {
    for (int layer = 0; layer < L; layer++) {
      for (int part = 0; part < 2; part++) {
        MemorySegment segment = segments.get(segments.size() == 1 ? 0 : segments.size() == L ? layer : part * L + layer);
        for (int token = 0; token < T; token++) {
          for (int head = 0; head < H; head++) {
            for (int channel = 0; channel < D; channel++) {
              long at = place.of(layer, part, token, head, channel);
              segment.set(LittleEndian.SHORT, 2 * at, name(layer, part, token, head, channel));
            }
          }
        }
      }
    }
  }

  private static void check(KvView view) {
    for (int layer = 0; layer < L; layer++) {
      for (KvPart part : KvPart.values()) {
        MemorySegment rows = room(5 * D);
        view.gather(layer, part, 1, 2, 3, 5, rows, 0);
        for (int i = 0; i < 5 * D; i++) {
          assertThat(rows.get(LittleEndian.SHORT, 2L * i)).isEqualTo(name(layer, part.ordinal(), 3 + i / D, 1, i % D));
        }
        MemorySegment both = room(T * H * D);
        view.gather(layer, part, 0, H, 0, T, both, 0);
        view.scatter(layer, part, 0, H, 0, T, both, 0);
        view.gather(layer, part, 1, 2, 3, 5, rows, 0);
        assertThat(rows.get(LittleEndian.SHORT, 0)).isEqualTo(name(layer, part.ordinal(), 3, 1, 0));
      }
    }
  }

  @Test
  void canonical() {
    MemorySegment data = room(2 * L * T * H * D);
    fill(List.of(data), (l, p, t, h, d) -> ((((long) p * L + l) * T + t) * H + h) * D + d);
    check(KvView.canonical(data, DType.F16, L, T, H, D));
  }

  @Test
  void vllm() {
    MemorySegment[] split = {room(2 * TOTAL * N * H * D), room(2 * TOTAL * N * H * D), room(2 * TOTAL * N * H * D)};
    fill(List.of(split), (l, p, t, h, d) -> ((((long) p * TOTAL + BLOCKS[t / N]) * N + t % N) * H + h) * D + d);
    check(KvView.vllmSplit(split, DType.F16, TOTAL, BLOCKS, T, N, H, D));
    MemorySegment[] packed = {room(2 * TOTAL * N * H * D), room(2 * TOTAL * N * H * D), room(2 * TOTAL * N * H * D)};
    fill(List.of(packed), (l, p, t, h, d) -> (((long) BLOCKS[t / N] * H + h) * N + t % N) * 2 * D + p * D + d);
    check(KvView.vllmPacked(packed, DType.F16, BLOCKS, T, N, H, D));
  }

  @Test
  void sglang() {
    MemorySegment first = room(2 * L * T * H * D);
    fill(List.of(first), (l, p, t, h, d) -> ((((long) p * T + t) * L + l) * H + h) * D + d);
    check(KvView.pageFirst(first, DType.F16, T, L, H, D));
    MemorySegment head = room(2 * TOTAL * H * N * L * D);
    fill(List.of(head), (l, p, t, h, d) -> (((((long) p * TOTAL + BLOCKS[t / N]) * H + h) * N + t % N) * L + l) * D + d);
    check(KvView.pageHead(head, DType.F16, TOTAL, BLOCKS, T, N, L, H, D));
  }

  @Test
  void huggingFace() {
    MemorySegment[] keys = {room(T * H * D), room(T * H * D), room(T * H * D)};
    MemorySegment[] values = {room(T * H * D), room(T * H * D), room(T * H * D)};
    fill(List.of(keys[0], keys[1], keys[2], values[0], values[1], values[2]), (l, p, t, h, d) -> ((long) h * T + t) * D + d);
    check(KvView.huggingFace(keys, values, DType.F16, T, H, D, D));
  }
}
