package llm265.runtime;

import java.util.Arrays;
import llm265.runtime.kv.CellEncoder;

/**
 * What a sequence takes: all bytes, by what they are for.
 *
 * @param tokens of the sequence
 * @param values of all tokens, layers, keys and values
 * @param codedValues of those, values of cells
 * @param pages that there are, without those that were evicted
 * @param evicted pages
 * @param payloadBytes of bodies of cells
 * @param sideBytes of headers, sizes and checksums of pages, and the context record
 * @param contextBytes of those, the context record
 * @param rawBytes of sinks and of the tail
 * @param paddingBytes that fill slots
 * @param worstPageBytes of the largest page
 * @param p99PageBytes that one page of a hundred goes beyond
 * @param lastResorts cells that are coded in a fixed width, since nothing else did fit
 */
public record KvStatistics(
    int tokens, long values, long codedValues, int pages, int evicted, long payloadBytes, long sideBytes, long contextBytes,
    long rawBytes, long paddingBytes, long worstPageBytes, long p99PageBytes, int lastResorts) {

  static KvStatistics of(KvCells cells, KvSequence sequence) {
    KvSpec spec = cells.spec();
    long payload = 0;
    long padding = 0;
    long all = 0;
    long coded = 0;
    int evicted = 0;
    int lastResorts = 0;
    long[] sizes = new long[sequence.entries().size()];
    int pages = 0;
    for (KvSequence.Entry entry : sequence.entries()) {
      KvPage page = entry.page();
      if (page == null) {
        evicted++;
        continue;
      }
      sizes[pages++] = page.bytes().byteSize();
      all += page.bytes().byteSize();
      padding += page.paddingBytes();
      coded += spec.tokenValues() * cells.format().codedTokens(entry.firstToken(), page.tokens());
      for (int cell = 0; cell < page.cells(); cell++) {
        payload += page.bodyBytes(cell);
        lastResorts += CellEncoder.isLastResort(page.kind(cell)) ? 1 : 0;
      }
    }
    long context = sequence.context() == null ? 0 : sequence.context().length();
    long raw = sequence.sinks().bytes() + sequence.tail().bytes();
    sizes = Arrays.copyOf(sizes, pages);
    Arrays.sort(sizes);
    return new KvStatistics(
        sequence.tokens(), sequence.tokens() * spec.tokenValues(), coded, pages, evicted, payload,
        all - payload - padding + context, context, raw, padding, pages == 0 ? 0 : sizes[pages - 1],
        pages == 0 ? 0 : sizes[Math.min(pages - 1, (int) Math.ceil(0.99 * pages) - 1)], lastResorts);
  }

  /** All bytes. */
  public long bytes() {
    return payloadBytes + sideBytes + rawBytes + paddingBytes;
  }

  /** Bits a value, of all values and bytes. */
  public double bitsPerValue() {
    return values == 0 ? 0 : 8.0 * bytes() / values;
  }

  /** Bits a value of cells: all bytes but those of raw tokens. */
  public double codedBitsPerValue() {
    return codedValues == 0 ? 0 : 8.0 * (bytes() - rawBytes) / codedValues;
  }
}
